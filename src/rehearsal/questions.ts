import type { JsonObject } from '#domain/value.ts';
import { type Diagnostic, formatDiagnostic } from '#rules/diagnostic.ts';
import { loadEventFile } from '#rules/event-file.ts';
import type { Rule, Rulebook } from '#rules/rulebook.ts';
import { suggestion } from '#rules/suggest.ts';
import type { Store, StoredEvent } from '#store/store.ts';
import { acceptedEvents } from './accepted-events.ts';
import { type Explanation, explain } from './explain.ts';
import { eventsUpTo, type History, saysTheSame } from './history.ts';
import { exampleMessages, messagesAt, type Picture, type Target } from './render.ts';
import type { TestResult } from './rule-tests.ts';
import { type Loaded, stage } from './stage.ts';

/** The rules file as it was read. Without `checked` it has errors. */
export type RulesAsRead = {
  readonly rulesFile: string;
  readonly checked?: Loaded | undefined;
  readonly diagnostics: readonly Diagnostic[];
};

/** Why a question has no answer. `exitCode` 2: it was asked wrongly. */
export type NoAnswer = { readonly kind: 'none'; readonly message: string; readonly exitCode: 1 | 2 };

/** Gives the text of a file, or throws an Error that says why not. */
export type ReadFile = (path: string) => string;

/** Accepted events and what was decided at each. */
export type Past = History & AsyncDisposable & { readonly decisions: Store['listDecisions'] };

/** An explanation; of an accepted event with the log that was kept then. */
export type Explained = {
  readonly kind: 'answer';
  readonly explanation: Explanation;
  readonly kept?: { readonly log: readonly JsonObject[]; readonly isSame: boolean };
};

/** Explains an event, given by a file or by its number in the inbox. Rejects with what `openPast` and the past reject with. */
export async function askWhy(
  { event, rule }: { readonly event: string; readonly rule?: string | undefined },
  rules: RulesAsRead,
  tools: { readonly readFile: ReadFile; readonly openPast: () => Promise<Past> },
): Promise<Explained | NoAnswer> {
  const { checked } = rules;
  if (checked === undefined) return cannotBeUsed(rules);
  const unknown = rule === undefined ? undefined : findRule(checked.rulebook, rule);
  if (unknown?.kind === 'none') return unknown;
  if (!/^\d+$/.test(event)) {
    const read = readEvents(event, checked.rulebook, tools.readFile);
    return read.kind === 'none'
      ? read
      : { kind: 'answer', explanation: explain(stage(checked), read.events, { rule }) };
  }
  await using past = await tools.openPast();
  const sequence = Number(event);
  const events = await eventsUpTo(past, sequence, checked.rulebook.retentionMs);
  const last = events?.at(-1);
  if (events === undefined || last === undefined) {
    const message = `There is no event ${event}: it never was accepted, or it is older than the retention.`;
    return { kind: 'none', message, exitCode: 1 };
  }
  const log = await past.decisions(sequence);
  const kept = log.filter((entry) => rule === undefined || entry['rule'] === rule);
  const explanation = explain(stage(checked), events, { rule });
  const isSame = saysTheSame(kept, explanation.log, last.receivedAt);
  return { kind: 'answer', explanation, kept: { log: kept, isSame } };
}

export type Rendered = { readonly kind: 'answer'; readonly pictures: readonly Picture[] };

/** Shows the messages of a rule, for an example or for the last event of a file. */
export function askWhatIsSent(
  { rule: id, target, event }: { rule: string; target: Target; event?: string | undefined },
  rules: RulesAsRead,
  { readFile }: { readonly readFile: ReadFile },
): Rendered | NoAnswer {
  const { checked } = rules;
  if (checked === undefined) return cannotBeUsed(rules);
  const found = findRule(checked.rulebook, id);
  if (found.kind === 'none') return found;
  const { rule } = found;
  const configuration = stage(checked);
  if (event === undefined) return { kind: 'answer', pictures: exampleMessages(rule, configuration, target) };
  const read = readEvents(event, checked.rulebook, readFile);
  if (read.kind === 'none') return read;
  const pictures = messagesAt(rule, read.events, configuration, target);
  if (pictures.length > 0) return { kind: 'answer', pictures };
  const command = `npx callboard explain --event ${event} --rule ${id}`;
  return { kind: 'none', message: `${id} sends nothing at this event. Why: ${command}`, exitCode: 1 };
}

/** What all tests of the file came to. `ids` are rules that must be there. */
export function askForTests(
  rules: RulesAsRead & { readonly checked?: { readonly tests: readonly TestResult[] } | undefined },
  ids: readonly string[],
): readonly TestResult[] | NoAnswer {
  const { checked } = rules;
  if (checked === undefined) return cannotBeUsed(rules);
  for (const id of ids) {
    const found = findRule(checked.rulebook, id);
    if (found.kind === 'none') return found;
  }
  return checked.tests;
}

/** A rule that is switched on. */
function findRule(
  { rules, byId }: Pick<Rulebook, 'rules' | 'byId'>,
  id: string,
): { readonly kind: 'rule'; readonly rule: Rule } | NoAnswer {
  const rule = byId.get(id);
  if (rule !== undefined) return { kind: 'rule', rule };
  const ids = rules.map((each) => each.id);
  const hint = suggestion(id, ids) || `; there are ${ids.join(', ')}`;
  return { kind: 'none', message: `There is no rule "${id}" that is switched on${hint}`, exitCode: 2 };
}

function cannotBeUsed({ rulesFile, diagnostics }: RulesAsRead): NoAnswer {
  const errors = diagnostics.filter(({ severity }) => severity === 'error').map(formatDiagnostic);
  return { kind: 'none', message: [...errors, `${rulesFile} cannot be used`].join('\n'), exitCode: 1 };
}

function readEvents(
  file: string,
  { sources }: Rulebook,
  readFile: ReadFile,
): { readonly kind: 'events'; readonly events: readonly StoredEvent[] } | NoAnswer {
  let text: string;
  try {
    text = readFile(file);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown reason';
    const reason = code === 'ENOENT' ? 'it does not exist' : code;
    const message = `${file} cannot be read: ${reason}. Give a file, or the number of an accepted event.`;
    return { kind: 'none', message, exitCode: 2 };
  }
  const { written, diagnostics } = loadEventFile(text, file, sources);
  if (written !== undefined) return { kind: 'events', events: acceptedEvents(written) };
  return { kind: 'none', message: diagnostics.map(formatDiagnostic).join('\n'), exitCode: 1 };
}
