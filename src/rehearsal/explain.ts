import type { EventType } from '#domain/catalogue.ts';
import type { NewDelivery } from '#domain/delivery.ts';
import { plainText } from '#domain/message.ts';
import type { JsonObject } from '#domain/value.ts';
import type { Configuration } from '#engine/run.ts';
import type { Decision, Silence } from '#rules/decide.ts';
import { Memory } from '#rules/memory.ts';
import type { Rule } from '#rules/rulebook.ts';
import type { Finding } from '#rules/where.ts';
import type { StoredEvent } from '#store/store.ts';
import { momentText } from './moments.ts';
import { rehearse, type Scene } from './rehearse.ts';
import { type Stage, tellStages } from './told-stages.ts';

/** What a rule made of an event; all but the first three are silences of the engine. */
export type Verdict = 'fires' | 'conditions do not hold' | 'not asked' | Silence;

/** A message that a rule asks for. */
export type ExplainedDelivery = {
  readonly destination: string;
  readonly state: NewDelivery['state'];
  /** Why it is not sent, or not now. */
  readonly reason?: string | undefined;
  /** When quiet hours end, on the clocks of the rules' zone. */
  readonly until?: string | undefined;
  /** The template, where the words are not in the rule itself. */
  readonly template?: string | undefined;
  /** The first line of the words. */
  readonly words: string;
};

/** What one decision came to. `reason` is for people. */
export type Outcome = {
  readonly verdict: Verdict;
  readonly reason?: string | undefined;
  readonly stages: readonly Stage[];
  readonly deliveries: readonly ExplainedDelivery[];
};

export type ExplainedRule = Outcome & {
  readonly rule: string;
  /** Decides, but sends nothing. */
  readonly isShadow: boolean;
  /** The types of event that it looks at. */
  readonly on: readonly EventType[];
  /** Empty where the rule asks for nothing, and where it was not asked. */
  readonly conditions: readonly Finding[];
  /** Waits that earlier events began and that this event ended. */
  readonly ended: readonly { readonly since: number; readonly reason: string }[];
  /** The event freed a once-key of the rule: it may tell the same again. */
  readonly isFreed: boolean;
  /** What comes of this event when time passes and nothing else happens. */
  readonly later: readonly (Outcome & { readonly at: string })[];
};

/** What rules made of one event, with all moments on the clocks of `timezone`. */
export type Explanation = {
  readonly sequence: number;
  readonly type: EventType;
  /** When it was accepted. */
  readonly at: string;
  readonly timezone: string;
  /** The same news came before: it completes its session, and no rule is asked. */
  readonly isRepeat: boolean;
  /** What tells it from others: room, session and who or what it is about. */
  readonly about: Readonly<Record<string, string>>;
  /** How many events were played before it. */
  readonly earlier: number;
  readonly rules: readonly ExplainedRule[];
  /** Ids of rules that look at other types of event, and had no say otherwise. */
  readonly elsewhere: readonly string[];
  /** The log of decisions, as it is written in earnest; of one rule where one was asked for. */
  readonly log: readonly JsonObject[];
};

export type ExplainOptions = {
  /** Explains this rule only, whether it looks at the event or not. */
  readonly rule?: string | undefined;
};

/**
 * Says what rules make of the last of these events and why, after those before it. It watches a rehearsal, so the decisions are the
 * engine's own; pure. Throws a RangeError without events.
 */
export function explain(
  configuration: Configuration,
  events: readonly StoredEvent[],
  { rule: wanted }: ExplainOptions = {},
): Explanation {
  const event = events.at(-1);
  if (event === undefined) throw new RangeError('there is no event to explain');
  const { timezone, rules } = configuration.rulebook;
  const asked = wanted === undefined ? rules : rules.filter(({ id }) => id === wanted);
  const { explained, log } = watch(configuration, events, event, asked);
  const { type } = event.event.event;
  const told = explained.filter((each) => wanted !== undefined || hasSay(each, type));
  const shown = new Set(told.map(({ rule }) => rule));
  return {
    sequence: event.sequence,
    type,
    at: momentText(event.receivedAt, timezone),
    timezone,
    isRepeat: event.isRepeat,
    about: aboutOf(event),
    earlier: events.length - 1,
    rules: told,
    elsewhere: asked.map(({ id }) => id).filter((id) => !shown.has(id)),
    log: log.filter((entry) => wanted === undefined || entry['rule'] === wanted),
  };
}

function hasSay({ on, ended, isFreed }: ExplainedRule, type: EventType): boolean {
  return on.includes(type) || ended.length > 0 || isFreed;
}

/** Plays the events, and tells what became of the last while the memory is as it left it. */
function watch(
  configuration: Configuration,
  events: readonly StoredEvent[],
  { sequence, event }: StoredEvent,
  rules: readonly Rule[],
): { explained: readonly ExplainedRule[]; log: readonly JsonObject[] } {
  const { timezone } = configuration.rulebook;
  let remembered = new Memory();
  let explained: readonly ExplainedRule[] = [];
  let own: Scene | undefined;
  const onEvent = (_event: StoredEvent, memory: Memory) => (remembered = memory);
  for (const scene of rehearse(configuration, events, { onEvent })) {
    const telling = { scene, memory: remembered, timezone, sequence };
    if (scene.sequence === sequence && scene.finishesEvent) {
      own = scene;
      explained = rules.map((rule) => explainRule(rule, event.event.type, telling));
    } else if (own !== undefined) {
      const facts = own.facts ?? {};
      explained = explained.map((each) => withLater(each, { ...telling, facts }));
    }
  }
  return { explained, log: own?.log ?? [] };
}

type Telling = {
  readonly scene: Scene;
  readonly memory: Memory;
  readonly timezone: string;
  /** Of the event that is explained. */
  readonly sequence: number;
};

function explainRule(rule: Rule, type: EventType, telling: Telling): ExplainedRule {
  const { scene, sequence } = telling;
  const own = scene.decisions.filter((decision) => decision.rule.id === rule.id);
  const decision = own.find((each) => each.sequence === sequence);
  const isAsked = scene.facts !== undefined && rule.on.includes(type);
  const silent = { reason: undefined, stages: [], deliveries: [] };
  const outcome: Outcome =
    decision !== undefined
      ? outcomeOf(decision, scene.facts ?? {}, telling)
      : { verdict: isAsked ? 'conditions do not hold' : 'not asked', ...silent };
  return {
    rule: rule.id,
    isShadow: rule.isShadow,
    on: rule.on,
    ...outcome,
    conditions: isAsked ? rule.where.explain(scene.facts) : [],
    ended: own.flatMap((each) =>
      each.kind === 'silent' && each.sequence !== sequence
        ? [{ since: each.sequence, reason: each.reason }]
        : [],
    ),
    isFreed: scene.memory.freed.some((key) => key.rule === rule.id),
    later: [],
  };
}

/** Adds what a timer made of the event that began it. */
function withLater(rule: ExplainedRule, telling: Telling & { readonly facts: JsonObject }): ExplainedRule {
  const { scene, sequence, timezone, facts } = telling;
  const decision = scene.decisions.find((each) => each.rule.id === rule.rule && each.sequence === sequence);
  if (decision === undefined) return rule;
  const seen = decision.kind === 'fires' ? decision.facts : facts;
  const outcome = { at: momentText(scene.at, timezone), ...outcomeOf(decision, seen, telling) };
  return { ...rule, later: [...rule.later, outcome] };
}

function outcomeOf(
  decision: Decision,
  facts: JsonObject,
  { scene, memory, timezone }: Omit<Telling, 'sequence'>,
): Outcome {
  const { rule } = decision;
  const stages = tellStages({ rule, decision, facts, at: scene.at, memory, timezone });
  if (decision.kind === 'silent')
    return { verdict: decision.why, reason: decision.reason, stages, deliveries: [] };
  const sends = decision.sends.flatMap(({ send }) => send.to.map(() => send));
  const deliveries = scene.deliveries
    .filter((each) => each.rule === rule.id)
    .map((each, index) => explainDelivery(each, sends[index]?.template, timezone));
  return { verdict: 'fires', stages, deliveries };
}

function explainDelivery(
  delivery: NewDelivery,
  template: string | undefined,
  timezone: string,
): ExplainedDelivery {
  const { destination, state, message } = delivery;
  return {
    destination,
    state,
    ...('reason' in delivery && { reason: delivery.reason }),
    ...(delivery.state === 'held' && { until: momentText(delivery.until, timezone) }),
    ...(template !== undefined && { template }),
    words: plainText(message.title) || plainText(message.sentence),
  };
}

const tellingNames = [
  'room',
  'session',
  'participant',
  'recording',
  'artifact',
  'stream',
  'hls',
  'agent',
] as const;

function aboutOf({ event }: StoredEvent): Readonly<Record<string, string>> {
  const ids = tellingNames.map((name) => [name, event[name]?.id] as const);
  return Object.fromEntries(ids.flatMap(([name, id]) => (id === undefined ? [] : [[name, id]])));
}
