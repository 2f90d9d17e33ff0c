import { v5 as uuid } from 'uuid';
import type { Artifact } from '#domain/artifact.ts';
import type { NewDelivery } from '#domain/delivery.ts';
import type { Message } from '#domain/message.ts';
import { type JsonObject, readPath } from '#domain/value.ts';
import type { TemplateLibrary } from '#messages/library.ts';
import { type RenderTools, render } from '#messages/render.ts';
import type { Firing } from '#rules/decide.ts';
import type { SendDecision } from '#rules/release.ts';
import type { Rulebook } from '#rules/rulebook.ts';

/** What wording needs to know of the configuration. */
export type WordingTools = {
  readonly rulebook: Rulebook;
  readonly library: TemplateLibrary;
  /** Where a destination's messages go; `closed` says why they cannot. */
  readonly lane: (destination: string) => { readonly lane: string } | { readonly closed: string };
  readonly artifactLink: RenderTools['artifactLink'];
};

const deliveryNamespace = '5f6d9f0a-9f57-4d1c-8b1e-2f1c6f3a7b10';

/** Words every message of a rule that fires. A message that cannot be worded is dead with its reason; the others go out. */
export function wordFiring(
  firing: Firing,
  tools: WordingTools,
): { readonly deliveries: readonly NewDelivery[]; readonly artifacts: readonly Artifact[] } {
  const { rule, facts, sequence, session, occurrence } = firing;
  const artifacts: Artifact[] = [];
  const deliveries = firing.sends.flatMap((decision) => {
    const { send } = decision;
    const worded = word(send, facts, tools);
    artifacts.push(...worded.artifacts);
    return send.to.map((destination): NewDelivery => {
      const place = tools.lane(destination);
      const delivery = {
        id: uuid(JSON.stringify([rule.id, occurrence, destination, send.index]), deliveryNamespace),
        rule: rule.id,
        eventSequence: sequence,
        session,
        destination,
        lane: 'lane' in place ? place.lane : `closed:${destination}`,
        message: worded.message,
        ...(send.isHigh && { isHigh: true }),
        ...(send.fallback !== undefined && { fallback: send.fallback }),
      };
      if (worded.error !== undefined) return { ...delivery, state: 'dead', reason: worded.error };
      if (rule.isShadow) return { ...delivery, state: 'suppressed', reason: 'shadow' };
      if ('closed' in place) return { ...delivery, state: 'suppressed', reason: place.closed };
      return { ...delivery, ...released(decision) };
    });
  });
  return { deliveries, artifacts };
}

type Released =
  | { readonly state: 'waiting' }
  | { readonly state: 'held'; readonly until: Date; readonly reason: string }
  | { readonly state: 'suppressed'; readonly reason: string };

function released({ release }: SendDecision): Released {
  if (release.kind === 'now') return { state: 'waiting' };
  const reason = `quiet hours: ${release.window}`;
  if (release.kind === 'dropped') return { state: 'suppressed', reason };
  return { state: 'held', until: release.until, reason };
}

type Worded = { readonly message: Message; readonly artifacts: readonly Artifact[]; readonly error?: string };

function word(
  send: SendDecision['send'],
  facts: JsonObject,
  { library, rulebook, artifactLink }: WordingTools,
): Worded {
  const template = library.words(send);
  const name = send.template ?? 'text';
  try {
    if (template === undefined) throw new Error('there is no such template');
    const { message, artifacts } = render(template, facts, {
      timezone: rulebook.timezone,
      linkExpiryMs: send.linkExpiryMs,
      artifactLink,
    });
    const { mentions } = send;
    return { message: mentions === undefined ? message : { ...message, mentions }, artifacts };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { message: emptyMessage(facts), artifacts: [], error: `template ${name}: ${reason}` };
  }
}

function emptyMessage(facts: JsonObject): Message {
  const at = readPath(facts, ['event', 'time']);
  return {
    state: 'failed',
    title: [],
    sentence: [],
    body: [],
    facts: [],
    buttons: [],
    at: typeof at === 'string' ? at : '',
  };
}
