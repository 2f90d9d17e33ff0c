import { type EventType, presenceOf } from '#domain/catalogue.ts';
import { type Field, fields } from '#domain/fields.ts';
import { isObject, type JsonObject, type Value } from '#domain/value.ts';
import type { Rule, Rulebook } from '#rules/rulebook.ts';

/** What stands for a field where its kind alone would read oddly. */
const usual: Readonly<Record<string, Value>> = {
  'event.time': '2026-07-01T09:48:00.000Z',
  'room.id': 'weekly',
  'room.name': 'Weekly planning',
  'room.url': 'https://meet.example/weekly',
  'room.is_breakout': false,
  'session.id': 'S1',
  'session.started_at': '2026-07-01T09:00:00.000Z',
  'session.present': 3,
  'session.peak': 5,
  'session.unique': 6,
  'session.reconnects': 1,
  'participant.id': 'maria',
  'participant.name': 'Maria Santos',
  'participant.joined_at': '2026-07-01T09:30:00.000Z',
  'participant.seconds': 1080,
  'recording.path': 'recordings/weekly.mp4',
  'recording.url': 'https://files.example/weekly.mp4',
  'recording.status': 'complete',
  'recording.is_encrypted': false,
  'recording.expires_at': '2026-07-08T09:48:00.000Z',
  'stream.url': 'rtmp://live.example/weekly',
  'artifact.path': 'artifacts/weekly.txt',
  'artifact.mime': 'text/plain',
  'artifact.text': 'The launch moves to Thursday. Maria asks the printers, Ben updates the page.',
  'agent.name': 'Note taker',
  'call.agent_id': 'agent-1',
  'resource.kind': 'room',
};

/** What only an ended meeting has. */
const afterTheEnd: Readonly<Record<string, Value>> = {
  'session.status': 'ended',
  'session.ended_at': '2026-07-01T09:45:00.000Z',
  'session.seconds': 2700,
  'session.present': 0,
};
const live: Readonly<Record<string, Value>> = { 'session.status': 'live' };
const lateEvents = /^(room\.ended|recording\.ready|artifact\.|analytics\.|usage\.)/;

/** Fields that most events do not have, though all may. */
const rare = ['room.parent_id', 'event.id', 'participant.reason', 'room.reason'];

const amounts: Readonly<Record<NonNullable<Field['unit']>, number>> = {
  seconds: 2520,
  bytes: 310_000_000,
  characters: 5200,
  tokens: 1400,
  people: 3,
  cost: 0.42,
};

/** A made-up event of a type with every field of the catalogue that it can have, in the words that the rule asks for where it names them. */
export function exampleFacts(
  type: EventType,
  { where, atMost, digest }: Rule,
  rulebook: Rulebook,
): JsonObject {
  const [source] = rulebook.sources;
  const facts: Record<string, Record<string, Value>> = {};
  const put = (path: string, value: Value) => {
    const [object = '', ...rest] = path.split('.');
    const [name = '', ...deeper] = rest;
    if (name === '' || deeper.length > 0) return;
    facts[object] = { ...facts[object], [name]: value };
  };
  const ofMoment = lateEvents.test(type) ? afterTheEnd : live;
  for (const [path, field] of Object.entries(fields)) {
    if (presenceOf(path, type) !== 'known' || rare.includes(path)) continue;
    const value = usual[path] ?? valueOf(path, field);
    if (value !== undefined && (!isOfTheEnd(path) || ofMoment === afterTheEnd)) put(path, value);
  }
  for (const [path, value] of Object.entries(ofMoment)) put(path, value);
  // A failure has no file, and a file no failure.
  if (type === 'recording.ready') delete facts['recording']?.['error'];
  put('event.type', type);
  put('event.native', type);
  put('source.name', source?.name ?? 'example');
  put('source.type', source?.type.type ?? 'standard_webhooks');
  for (const { path, values } of where.equalities) {
    const [value] = values;
    if (value !== undefined && presenceOf(path, type) !== 'never') put(path, value);
  }
  return {
    ...facts,
    ...(atMost !== undefined && { held: 0 }),
    ...(digest !== undefined && { items: [facts, facts], count: 2 }),
  };
}

function isOfTheEnd(path: string): boolean {
  return path === 'session.ended_at' || path === 'session.seconds';
}

function valueOf(path: string, { kind, unit, values }: Field): Value | undefined {
  const [object = '', name = ''] = path.split('.');
  if (kind === 'number') return unit === undefined ? 1 : amounts[unit];
  if (kind === 'boolean') return true;
  if (kind === 'date') return usual['event.time'];
  if (kind === 'address') return `https://files.example/${object}`;
  if (kind === 'object' || kind === 'list') return undefined;
  if (values !== undefined) return values[0];
  if (name === 'error') return 'no space left on device';
  return name === 'id' || name === 'sid' ? `${object}-1` : `${object} ${name}`;
}

/** The type of the event that facts tell about. */
export function typeOf(facts: JsonObject): Value | undefined {
  const { event } = facts;
  return isObject(event) ? event['type'] : undefined;
}
