import type { EventType } from '#domain/catalogue.ts';
import type { NewDelivery } from '#domain/delivery.ts';
import type { MeetingEvent } from '#domain/event.ts';
import { plainText } from '#domain/message.ts';
import type { Configuration } from '#engine/run.ts';
import { TemplateLibrary } from '#messages/library.ts';
import { type RehearsalOptions, rehearse, type Scene } from '#rehearsal/rehearse.ts';
import { stage } from '#rehearsal/stage.ts';
import { durationMs, durationText } from '#rules/duration.ts';
import { loadRules } from '#rules/load.ts';
import type { StoredEvent } from '#store/store.ts';

/** A Monday on which nothing is special anywhere. */
export const usualStart = '2026-07-06T10:00:00Z';

/** Reads rules as the program reads them. `head` is what stands beside `rules:`, such as quiet hours. */
export function staged(rules: string, head = ''): Configuration {
  const library = new TemplateLibrary([]);
  const { rulebook, diagnostics } = loadRules({
    text: `version: 1
sources: { meet: { livekit: { keys: { key: "\${SECRET}" } } } }
destinations: { sales: { preview: {} }, ops: { preview: {} } }
${head}
rules:
${rules}`,
    file: 'rules.yaml',
    environment: (name) => (name === 'SECRET' ? 'secret-of-the-tests' : undefined),
    templates: {
      names: library.names,
      describe: (name) => library.describe(name),
      checkText: (text) => {
        const { template, problems } = library.text(text);
        return { uses: template?.uses ?? [], problems };
      },
    },
  });
  if (rulebook === undefined) throw new Error(JSON.stringify(diagnostics));
  return stage({ rulebook, library });
}

/** What tells an event from others; a part given as undefined is left out. */
export type Particulars = {
  readonly session?: string | undefined;
  readonly room?: string | undefined;
  readonly who?: string | undefined;
  readonly more?: Partial<MeetingEvent>;
};

/** Something that happens this long after the start (`5m`), or at a moment (ISO 8601). */
export type Happening = readonly [at: string, type: EventType, particulars?: Particulars];

function momentOf(at: string, start: string): Date {
  return new Date(at.includes('T') ? at : Date.parse(start) + (durationMs(at) ?? 0));
}

/** Happenings as accepted events of the room R1, the session S1 and Anna, where they do not say otherwise. */
export function accepted(happenings: readonly Happening[], start = usualStart): readonly StoredEvent[] {
  return happenings.map(([at, type, particulars = {}], index) => {
    const receivedAt = momentOf(at, start);
    const { session, room, who, more } = { session: 'S1', room: 'R1', who: 'anna', ...particulars };
    const person = who !== undefined && type.startsWith('participant.');
    const event: MeetingEvent = {
      event: { type, native: type, time: receivedAt.toISOString() },
      source: { name: 'meet', type: 'livekit' },
      ...(room === undefined ? {} : { room: { id: room } }),
      ...(session === undefined ? {} : { session: { id: session } }),
      ...(person ? { participant: { id: who, sid: `${who}-1`, name: who } } : {}),
      raw: {},
      ...more,
    };
    return { sequence: index + 1, receivedAt, event, isRepeat: false };
  });
}

export type PlayOptions = RehearsalOptions & {
  readonly start?: string;
  /** Shows moments as ISO 8601 instead of the time since the start. */
  readonly isAbsolute?: boolean;
};

/**
 * Plays happenings in virtual time. Each decision is a line: `5m rule: why it is silent`, or `5m rule → destination: words`, where a held
 * message has the moment of its release, and one that is not sent has its reason.
 */
export function play(
  configuration: Configuration,
  happenings: readonly Happening[],
  { start = usualStart, isAbsolute = false, ...options }: PlayOptions = {},
): readonly string[] {
  const shown = (at: Date) =>
    isAbsolute ? at.toISOString().replace('.000Z', 'Z') : durationText(at.getTime() - Date.parse(start));
  const scenes = [...rehearse(configuration, accepted(happenings, start), options)];
  return scenes.flatMap((scene) => linesOf(scene, shown));
}

function linesOf({ at, decisions, deliveries }: Scene, shown: (at: Date) => string): readonly string[] {
  return decisions.flatMap((decision) => {
    const { id } = decision.rule;
    if (decision.kind === 'silent') return [`${shown(at)} ${id}: ${decision.why}`];
    return deliveries
      .filter(({ rule }) => rule === id)
      .map((delivery) => `${shown(at)} ${id} → ${described(delivery, shown)}`);
  });
}

function described(delivery: NewDelivery, shown: (at: Date) => string): string {
  const { destination, state, message } = delivery;
  const words = plainText(message.sentence);
  if (state === 'waiting') return `${destination}: ${words}`;
  if (state === 'held') return `${destination} at ${shown(delivery.until)}: ${words}`;
  return `${destination} ${state} (${delivery.reason}): ${words}`;
}
