import { z } from 'zod';
import { formatDiscord } from '#destinations/discord-format.ts';
import { formatSlack } from '#destinations/slack-format.ts';
import type { EventType } from '#domain/catalogue.ts';
import type { NewDelivery } from '#domain/delivery.ts';
import type { Configuration } from '#engine/run.ts';
import { wordFiring } from '#engine/wording.ts';
import type { Firing } from '#rules/decide.ts';
import type { Rule } from '#rules/rulebook.ts';
import type { StoredEvent } from '#store/store.ts';
import { acceptedEvents } from './accepted-events.ts';
import type { Card } from './card.ts';
import { discordCard } from './discord-card.ts';
import { exampleFacts, typeOf } from './example.ts';
import { rehearse } from './rehearse.ts';
import { slackCard, slackMessage } from './slack-card.ts';
import { wholeText } from './whole-text.ts';

/** As which platform a message is shown; `text` is all of its words, without a platform. */
export const targets = ['slack', 'discord', 'text'] as const;
export type Target = (typeof targets)[number];

/** One message of a rule. */
export type Picture = {
  /** The event it tells about, and where that comes from. */
  readonly about: string;
  /** Destinations that get it like this. */
  readonly to: string;
  /** Why it is not sent. */
  readonly fate?: string | undefined;
  /** What the platform gets, beside the channel; for `text` the message before any platform's format. */
  readonly json: unknown;
  readonly card: (now: Date) => Card;
};

/** What a rule asks for at one event: its messages in the order of `send`. */
type Found = { readonly about: string; readonly firing: Firing; readonly deliveries: readonly NewDelivery[] };

/**
 * The messages of a rule for each type of event it looks at: from the file's own tests where it fires in one, else made up from the
 * catalogue.
 */
export function exampleMessages(
  rule: Rule,
  configuration: Configuration,
  target: Target,
): readonly Picture[] {
  return rule.on.flatMap((type) => {
    const found = fromTests(rule, type, configuration) ?? madeUp(rule, type, configuration);
    return picturesOf(found, configuration, target);
  });
}

/** The messages that the last of these events brings, at once or after a while; empty when the rule does not fire. */
export function messagesAt(
  rule: Rule,
  events: readonly StoredEvent[],
  configuration: Configuration,
  target: Target,
): readonly Picture[] {
  const last = events.at(-1);
  const found = firingsIn(events, rule, configuration).filter(
    ({ firing }) => firing.sequence === last?.sequence,
  );
  const about = String(last?.event.event.type);
  return found.flatMap((each) => picturesOf({ ...each, about }, configuration, target));
}

function fromTests(rule: Rule, type: EventType, configuration: Configuration): Found | undefined {
  const { tests } = configuration.rulebook;
  const byAsking = tests.toSorted((one, other) => Number(asksFor(other, rule)) - Number(asksFor(one, rule)));
  for (const test of byAsking) {
    const firings = firingsIn(acceptedEvents(test), rule, configuration);
    const found = firings.find(({ firing }) => typeOf(firing.facts) === type);
    if (found !== undefined) return { ...found, about: `${type}, from the test "${test.name}"` };
  }
  return undefined;
}

function asksFor({ expect }: Configuration['rulebook']['tests'][number], { id }: Rule): boolean {
  return expect.some(({ rule }) => rule === id);
}

function firingsIn(
  events: readonly StoredEvent[],
  rule: Rule,
  configuration: Configuration,
): readonly Omit<Found, 'about'>[] {
  return [...rehearse(configuration, events)].flatMap(({ decisions, deliveries }) =>
    decisions.flatMap((decision) =>
      decision.kind === 'fires' && decision.rule.id === rule.id
        ? [{ firing: decision, deliveries: deliveries.filter((each) => each.rule === rule.id) }]
        : [],
    ),
  );
}

function madeUp(rule: Rule, type: EventType, configuration: Configuration): Found {
  const facts = exampleFacts(type, rule, configuration.rulebook);
  const sends = rule.sends.map((send) => ({ send, release: { kind: 'now' } as const }));
  const firing: Firing = {
    kind: 'fires',
    rule,
    facts,
    sequence: 1,
    session: 'example/S1',
    occurrence: 'example',
    sends,
  };
  const { deliveries } = wordFiring(firing, configuration);
  return { about: `${type}, a made-up example: no test of the file fires this rule`, firing, deliveries };
}

type Platform = { readonly type: string; readonly isCompact: boolean };

const compactSettings = z.looseObject({ compact: z.boolean().optional() });

function platformOf(destination: string, { rulebook }: Configuration): Platform {
  const { type, settings } = rulebook.destinations.find(({ name }) => name === destination) ?? {};
  const { data } = compactSettings.safeParse(settings);
  return { type: type?.type ?? 'preview', isCompact: data?.compact ?? false };
}

/** One picture for each entry of `send`, and one more where some of its destinations want it compact. */
function picturesOf(
  { about, firing, deliveries }: Found,
  configuration: Configuration,
  target: Target,
): readonly Picture[] {
  const entries = firing.sends.flatMap(({ send }) => send.to.map(() => send.index));
  const bySend = Map.groupBy(deliveries, (delivery) => entries[deliveries.indexOf(delivery)]);
  return [...bySend.values()].flatMap((group) => {
    const placed = group.map((delivery) => ({
      delivery,
      ...platformOf(delivery.destination, configuration),
    }));
    const fitting = placed.filter(({ type }) => type === target);
    const shown = fitting.length > 0 && target !== 'text' ? fitting : placed;
    const byForm = Map.groupBy(shown, ({ isCompact }) => target !== 'text' && isCompact);
    return [...byForm].flatMap(([isCompact, alike]) => {
      const [first] = alike;
      const to = alike.map(({ delivery }) => delivery.destination).join(', ');
      return first === undefined
        ? []
        : [{ about, to, ...fateOf(first.delivery), ...formOf(first.delivery, target, isCompact) }];
    });
  });
}

function fateOf(delivery: NewDelivery): Pick<Picture, 'fate'> {
  return 'reason' in delivery ? { fate: `${delivery.state}: ${delivery.reason}` } : {};
}

function formOf(
  { id, message }: NewDelivery,
  target: Target,
  isCompact: boolean,
): Pick<Picture, 'json' | 'card'> {
  if (target === 'slack') {
    const json = formatSlack(message, { compact: isCompact });
    return { json, card: (now) => slackCard(slackMessage.parse(json), now) };
  }
  if (target === 'discord') {
    const json = formatDiscord(message, { deliveryId: id, compact: isCompact });
    return { json, card: (now) => discordCard(json, now) };
  }
  const [title = '', ...body] = wholeText({ ...message, facts: [], buttons: [] });
  const facts = wholeText({ ...message, title: [], sentence: [], body: [], buttons: [] });
  const buttons = message.buttons.map(({ text: label, url }) => ({ label, url }));
  return {
    json: message,
    card: () => ({ state: '', title, sentence: title, body, facts, buttons }),
  };
}
