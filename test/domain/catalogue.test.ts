import assert from 'node:assert/strict';
import test from 'node:test';
import {
  type EventType,
  eventTypes,
  eventTypesOftenMeant,
  isEventType,
  presenceOf,
} from '#domain/catalogue.ts';
import { fields } from '#domain/fields.ts';
import { closedLists, fieldList } from './field-list.ts';

const types = `
  room.created room.started room.ended
  participant.joined participant.left participant.failed
  track.published track.unpublished
  recording.starting recording.started recording.stopping recording.stopped recording.transcoded recording.ready recording.failed
  stream.starting stream.started stream.stopping stream.stopped stream.failed
  hls.starting hls.started hls.ready hls.stopping hls.stopped hls.failed
  ingress.started ingress.ended
  transcript.started transcript.stopped transcript.failed
  artifact.ready
  analytics.ready
  usage.reported
  agent.starting agent.started agent.stopping agent.ended agent.failed
  call.started call.ringing call.answered call.missed call.ended call.updated call.transferring call.transferred call.transfer_failed call.moving call.moved call.move_failed call.batch_started call.batch_ended
  resource.acquired resource.released
  other
`
  .trim()
  .split(/\s+/);

test('the vocabulary has these types of event and no other', () => {
  assert.deepEqual(eventTypes.toSorted(), types.toSorted());
  for (const type of types) assert.equal(isEventType(type), true, type);
});

test('what objects inherit and what senders say are no types of ours', () => {
  for (const word of ['', 'room', 'room_started', 'Room.Started', 'constructor', '__proto__', 'toString'])
    assert.equal(isEventType(word), false, word);
});

test('the vocabulary has these fields and no other', () => {
  assert.deepEqual(Object.keys(fields).toSorted(), fieldList.map(([path]) => path).toSorted());
});

test('every field has its kind, its unit and its way to compare', () => {
  for (const [path, kind, more] of fieldList) {
    const field = fields[path];
    assert.equal(field?.kind, kind, path);
    assert.equal(field?.ci, more === 'ci' ? true : undefined, path);
    assert.equal(field?.unit, more === 'ci' ? undefined : more, path);
  }
});

test('fields with a closed list of values have all of them', () => {
  for (const [path, values] of Object.entries(closedLists))
    assert.deepEqual(fields[path]?.values, values, path);
});

test('no field is called like what objects inherit', () => {
  for (const name of ['constructor', '__proto__', 'toString']) assert.equal(fields[name], undefined);
});

test('every field is explained, and only on types that exist', () => {
  for (const [path, { about, on }] of Object.entries(fields)) {
    assert.notEqual(about.trim(), '', path);
    for (const type of on ?? []) assert.equal(isEventType(type), true, `${path} on ${type}`);
  }
});

test('every field is on some event, and every event has its own fields', () => {
  for (const path of Object.keys(fields))
    assert.ok(
      eventTypes.some((type) => presenceOf(path, type) === 'known'),
      path,
    );
  for (const type of eventTypes) {
    for (const path of ['event.type', 'event.time', 'source.name', 'room.id', 'room.name', 'session.id'])
      assert.equal(presenceOf(path, type), 'known', `${path} on ${type}`);
  }
});

test('an event carries the fields of its own object', () => {
  const own: readonly (readonly [EventType, string])[] = [
    ['participant.joined', 'participant.id'],
    ['track.published', 'track.id'],
    ['track.published', 'participant.id'],
    ['recording.ready', 'recording.id'],
    ['stream.failed', 'stream.error'],
    ['hls.ready', 'hls.url'],
    ['ingress.started', 'ingress.name'],
    ['transcript.stopped', 'transcript.id'],
    ['transcript.stopped', 'usage.seconds'],
    ['artifact.ready', 'artifact.kind'],
    ['analytics.ready', 'artifact.id'],
    ['usage.reported', 'usage.tokens'],
    ['agent.failed', 'agent.error'],
    ['call.answered', 'call.agent_id'],
    ['resource.acquired', 'resource.kind'],
  ];
  for (const [type, path] of own) assert.equal(presenceOf(path, type), 'known', `${path} on ${type}`);
});

test('an event never carries the fields of another object', () => {
  assert.equal(presenceOf('recording.seconds', 'participant.joined'), 'never');
  assert.equal(presenceOf('participant.id', 'room.ended'), 'never');
  assert.equal(presenceOf('participant.metadata.role', 'room.ended'), 'never');
  assert.equal(presenceOf('hls.url', 'stream.started'), 'never');
});

test('some fields are only on some of the events that have their object', () => {
  assert.equal(presenceOf('recording.url', 'recording.ready'), 'known');
  assert.equal(presenceOf('recording.url', 'recording.started'), 'never');
  assert.equal(presenceOf('room.reason', 'room.ended'), 'known');
  assert.equal(presenceOf('room.reason', 'room.started'), 'never');
  assert.equal(presenceOf('participant.seconds', 'participant.left'), 'known');
  assert.equal(presenceOf('participant.seconds', 'participant.joined'), 'never');
});

test('below a free object, a list of files and the payload everything may be', () => {
  assert.equal(presenceOf('room.metadata.team', 'room.started'), 'open');
  assert.equal(presenceOf('room.metadata.extra_data.team', 'room.started'), 'open');
  assert.equal(presenceOf('participant.attributes.seat', 'participant.joined'), 'open');
  assert.equal(presenceOf('recording.files.0.url', 'recording.ready'), 'open');
  assert.equal(presenceOf('raw.anything.at.all', 'other'), 'open');
});

test('a field that nobody knows is told apart from one that is never there', () => {
  for (const path of [
    'participant.nme',
    'room',
    'nothing.at.all',
    'room.id.x',
    'raw',
    '',
    'constructor.name',
  ])
    assert.equal(presenceOf(path, 'participant.joined'), 'unknown field', path);
});

test('words that people take for event types lead to ours', () => {
  const wrong = [
    'room_ended',
    'user_joined',
    'user_left',
    'user-joined',
    'session-started',
    'stop_recording',
  ];
  const alsoWrong = ['stop_rtmp', 'participant_connection_aborted', 'egress_started', 'egress_ended'];
  for (const word of [...wrong, ...alsoWrong]) assert.ok(Object.hasOwn(eventTypesOftenMeant, word), word);
  for (const [word, type] of Object.entries(eventTypesOftenMeant)) {
    assert.equal(isEventType(word), false, word);
    assert.equal(isEventType(type), true, word);
  }
});
