import { type EventType, eventTypes, presenceOf } from '#domain/catalogue.ts';
import { type Field, fields } from '#domain/fields.ts';
import { parsePointer } from '#sources/json-pointer.ts';
import { standardWebhooks as source } from '#sources/standard-webhooks.ts';
import { placeAt } from './overrides.ts';
import type { Line, Maker, Moment, Payload, Platform } from './platform.ts';
import { signStandardWebhook } from './signing.ts';

/** Values worth more than a sample: they hold a meeting together. */
function knownFacts(type: EventType, { scene, at, person }: Moment): Readonly<Record<string, unknown>> {
  return {
    'event.id': scene.newId(),
    'event.time': at.toISOString(),
    'room.id': 'simulated-room',
    'room.name': 'Simulated meeting',
    'session.id': scene.idOf('session'),
    'session.started_at': scene.startedAt.toISOString(),
    ...(type === 'room.ended' ? { 'session.ended_at': at.toISOString() } : {}),
    'participant.id': person.identity,
    'participant.sid': person.connection,
    'participant.name': person.name,
    'participant.joined_at': person.joinedAt.toISOString(),
    'participant.seconds': Math.max(0, Math.round((at.getTime() - person.joinedAt.getTime()) / 1000)),
    'recording.id': scene.idOf('recording'),
    'recording.url': 'https://files.example.com/simulated-room.mp4',
    'recording.seconds': 1440,
    'recording.bytes': 52_430_000,
    'artifact.id': scene.idOf('artifact'),
    'hls.url': 'https://files.example.com/simulated-room/index.m3u8',
  };
}

function sample(path: string, { kind, values }: Field, { scene, at }: Moment): unknown {
  switch (kind) {
    case 'text':
      if (values !== undefined) return values[0];
      return /\.(?:id|sid|job_id|artifact_id)$/.test(path) ? scene.idOf(path) : `simulated ${path}`;
    case 'number':
      return 60;
    case 'boolean':
      return false;
    case 'date':
      return at.toISOString();
    case 'address':
      return 'https://files.example.com/simulated';
    case 'object':
      return {};
    case 'list':
      break;
  }
  return [];
}

/** Facts that an event of that type may carry and a sender may tell, by our paths. */
function factsOf(type: EventType, moment: Moment): Payload {
  const known = knownFacts(type, moment);
  const folded = /^(?:source\.|event\.(?:type|native)|room\.url|session\.(?!id|started_at|ended_at))/;
  const told = Object.entries(fields).filter(
    ([path]) => !folded.test(path) && presenceOf(path, type) === 'known',
  );
  return Object.fromEntries(
    told.flatMap(([path, field]) => {
      if (path === 'session.ended_at' && type !== 'room.ended') return [];
      if (path.endsWith('.error') && !type.endsWith('failed')) return [];
      return [[path, Object.hasOwn(known, path) ? known[path] : sample(path, field, moment)]];
    }),
  );
}

const events: readonly (readonly [EventType, Maker])[] = eventTypes
  .filter((type) => type !== 'other')
  .map((type) => [type, { becomes: type, make: (moment) => factsOf(type, moment) }]);

const script: readonly Line[] = [
  { second: 0, event: 'room.created' },
  { second: 20, event: 'room.started' },
  { second: 22, event: 'participant.joined', who: 'host' },
  { second: 60, event: 'recording.started' },
  { second: 120, event: 'participant.joined', who: 'guest' },
  { second: 600, event: 'participant.left', who: 'guest' },
  { second: 620, event: 'participant.joined', who: 'back' },
  { second: 1490, event: 'participant.left', who: 'back' },
  { second: 1495, event: 'participant.left', who: 'host' },
  { second: 1500, event: 'room.ended' },
  { second: 1501, event: 'recording.stopped' },
  { second: 1620, event: 'recording.ready' },
  { second: 1740, event: 'artifact.ready' },
];

/** Webhooks after the Standard Webhooks specification, with a body made for the `type` and `fields` of the source. */
export const standardWebhooks: Platform = {
  type: source.type,
  events: new Map(events),
  script,
  open(settings, { newId }) {
    const { secrets, type = '/type', fields: wanted = {} } = source.settings.parse(settings);
    const places = Object.entries(wanted).map(
      ([path, pointer]) => [path, parsePointer(pointer) ?? []] as const,
    );
    const people = places.filter(([path]) => path.startsWith('participant.'));
    return {
      sign: (body, now) => signStandardWebhook(body, { secret: secrets[0] ?? '', id: newId(), now }),
      isPersonal: (path) => people.some(([, place]) => place.join('.') === path.join('.')),
      shape: (facts, native) => {
        let body: Payload = { timestamp: facts['event.time'] };
        // Without fields nothing but the type is read; the body says the rest in our own words.
        const told: typeof places =
          places.length > 0 ? places : Object.keys(facts).map((path) => [path, ['data', ...path.split('.')]]);
        for (const [path, place] of told)
          if (Object.hasOwn(facts, path)) body = placeAt(body, place, facts[path]);
        return placeAt(body, parsePointer(type) ?? [], native);
      },
    };
  },
};
