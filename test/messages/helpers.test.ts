import assert from 'node:assert/strict';
import test from 'node:test';
import { helpers } from '#messages/helpers.ts';
import { facts, lineOf, shown } from './setup.ts';

/** Calls of every helper with what is good, what is missing and what is of another type; each with what a reader sees. */
const calls: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  date: {
    'date session.started_at': '5 Jan 2026',
    'date session.ended_at': '',
    'date session.present': '',
    'date room.name': '',
    'date "12"': '',
    date: '',
  },
  time: {
    'time session.started_at': '08:45 UTC',
    'time session.ended_at': '',
    'time room.metadata': '',
    'time "2026-13-45"': '',
  },
  ago: {
    'ago session.started_at': '5 Jan 2026 08:45 UTC',
    'ago session.ended_at': '',
    'ago true': '',
  },
  duration: {
    'duration recording.seconds': '42 min',
    'duration session.nothing': '',
    'duration room.name': '',
    'duration "60"': '',
    'duration -1': '',
    'duration 0': '0 s',
  },
  filesize: {
    'filesize recording.bytes': '52.4 MB',
    'filesize recording.nothing': '',
    'filesize room.name': '',
    'filesize -5': '',
    'filesize 0': '0 bytes',
  },
  plural: {
    'plural session.present "person" "people"': 'people',
    'plural 1 "person" "people"': 'person',
    'plural 0 "person" "people"': 'people',
    'plural session.nothing "person" "people"': '',
    'plural "1" "person" "people"': '',
    'plural 2 "person"': '',
    plural: '',
  },
  join: {
    'join room.metadata.tags': 'a, b, c and 2 others',
    'join raw.list': '',
    'join raw.nothing': '',
    'join raw.missing': '',
    'join room.name': '',
  },
  truncate: {
    'truncate room.name 7': 'Weekly…',
    'truncate room.name 7.9': 'Weekly…',
    'truncate room.name 100': 'Weekly sync',
    'truncate room.name': 'Weekly sync',
    'truncate room.name 0': '…',
    'truncate room.name -4': '…',
    'truncate room.name "x"': 'Weekly sync',
    'truncate session.present 1': '3',
    'truncate raw.missing 5': '',
  },
  default: {
    'default room.name "nobody"': 'Weekly sync',
    'default raw.missing "nobody"': 'nobody',
    'default raw.missing room.id "nobody"': 'room-1',
    'default "" "nobody"': 'nobody',
    'default 0 "nobody"': '0',
    'default false "nobody"': 'no',
    'default raw.missing raw.other': '',
    default: '',
  },
  link: {
    'link room.url "Join"': 'Join',
    'link room.url text="Join now"': 'Join now',
    'link room.url': 'https://meet.example/room-1',
    'link room.url raw.missing': 'https://meet.example/room-1',
    'link room.name "Join"': '',
    'link "javascript:alert(1)" "Join"': '',
    'link raw.missing "Join"': '',
    'link session.present "Join"': '',
  },
  artifact_link: {
    'artifact_link recording': 'Open',
    'artifact_link recording text="Watch"': 'Watch',
    'artifact_link artifact': '',
    'artifact_link hls text="Watch"': '',
  },
  upper: {
    'upper room.name': 'WEEKLY SYNC',
    'upper raw.missing': '',
    'upper 5': '5',
    'upper room.metadata': '',
  },
  lower: {
    'lower room.name': 'weekly sync',
    'lower raw.missing': '',
    'lower true': 'yes',
    'lower raw.list': '',
  },
  eq: {
    'eq room.name "Weekly sync"': 'yes',
    'eq room.name "weekly sync"': 'no',
    'eq session.present 3': 'yes',
    'eq session.present "3"': 'no',
    'eq raw.missing raw.other': 'no',
    'eq "" ""': 'no',
  },
  and: {
    'and room.name session.present': 'yes',
    'and room.name raw.missing': 'no',
    'and room.name false': 'no',
    'and room.name ""': 'no',
  },
  or: { 'or raw.missing room.name': 'yes', 'or raw.missing false ""': 'no', or: 'no' },
  not: {
    'not raw.missing': 'yes',
    'not room.name': 'no',
    'not recording.is_encrypted': 'no',
    'not false': 'yes',
  },
  gt: {
    'gt session.peak 4': 'yes',
    'gt session.peak 5': 'no',
    'gt raw.missing 4': 'no',
    'gt room.name 4': 'no',
    'gt "9" 4': 'no',
  },
  lt: {
    'lt session.peak 6': 'yes',
    'lt session.peak 5': 'no',
    'lt raw.missing 4': 'no',
    'lt 1 room.name': 'no',
  },
};

const linking = {
  timezone: 'UTC',
  artifactLink: (_: unknown, target: Readonly<Record<string, unknown>>) =>
    target['id'] === 'rec-1'
      ? {
          url: 'https://callboard.example/a/token',
          artifact: {
            id: 'a1',
            source: 'meet',
            kind: 'recording' as const,
            reference: { kind: 'recording' as const, recordId: 'rec-1' },
            session: 'S1',
            createdAt: '2026-01-05T09:30:00.000Z',
            expiresAt: '2026-02-05T09:30:00.000Z',
          },
        }
      : undefined,
};

test('every helper has calls in these tests', () => {
  assert.deepEqual(Object.keys(calls).toSorted(), Object.keys(helpers).toSorted());
});

for (const [name, examples] of Object.entries(calls)) {
  test(`the helper ${name} words what is good, and prints nothing for what is missing or of another type`, () => {
    for (const [call, text] of Object.entries(examples))
      assert.equal(shown(`{{${call}}}`, facts, linking), text, call);
  });
}

function names(list: readonly string[]): string {
  return shown('{{join raw.names}}', { raw: { names: list } });
}

test('a list of up to three names has no others', () => {
  assert.equal(names(['Anna']), 'Anna');
  assert.equal(names(['Anna', 'Ben', 'Cleo']), 'Anna, Ben, Cleo');
  assert.equal(names(['Anna', 'Ben', 'Cleo', 'Dora']), 'Anna, Ben, Cleo and 1 other');
  assert.equal(names(['', 'Anna', '']), 'Anna');
});

test('a time keeps its moment, for each reader to see it in their own zone', () => {
  assert.deepEqual(lineOf('{{time session.started_at}}', facts, { ...linking, timezone: 'Europe/Berlin' }), [
    { kind: 'time', at: '2026-01-05T08:45:00.000Z', style: 'time', fallback: '09:45 CET' },
  ]);
  const styles = ['date', 'time', 'ago'].map((style) => lineOf(`{{${style} event.time}}`)[0]);
  assert.deepEqual(
    styles.map((piece) => piece?.kind === 'time' && piece.style),
    ['date', 'time', 'ago'],
  );
});

test('a moment in another writing becomes the same instant in UTC', () => {
  const [piece] = lineOf('{{time raw.at}}', { raw: { at: '2026-01-05T10:45:00.123456+02:00' } });
  assert.equal(piece?.kind === 'time' && piece.at, '2026-01-05T08:45:00.123Z');
});

test('a date field prints as a time without any helper, and what is no date prints nothing', () => {
  assert.deepEqual(lineOf('{{session.started_at}}'), [
    { kind: 'time', at: '2026-01-05T08:45:00.000Z', style: 'datetime', fallback: '5 Jan 2026 08:45 UTC' },
  ]);
  assert.equal(shown('{{session.started_at}}', { session: { started_at: 'soon' } }), '');
});

test('a link helper makes a link whose words are a value', () => {
  assert.deepEqual(lineOf('{{link room.url room.name}}'), [
    {
      kind: 'link',
      url: 'https://meet.example/room-1',
      label: [{ kind: 'text', text: 'Weekly sync', isValue: true }],
      isValue: true,
    },
  ]);
});

test('the words of a link are one line and not endless', () => {
  const label = shown('{{link room.url raw.text}}', {
    room: { url: 'https://meet.example' },
    raw: { text: 'line\nbreak '.repeat(50) },
  });
  assert.ok(label.length <= 80);
  assert.doesNotMatch(label, /\n/);
});

test('helpers take what other helpers make', () => {
  assert.equal(shown('{{upper (truncate room.name 7)}}'), 'WEEKLY…');
  assert.equal(shown('{{default (duration raw.missing) "no length"}}'), 'no length');
  assert.equal(shown('{{default (duration recording.seconds) "no length"}}'), '42 min');
  assert.equal(shown('{{#if (and (gt session.present 1) (not raw.missing))}}several{{/if}}'), 'several');
  assert.equal(shown('{{upper (date event.time)}}'), '5 Jan 2026');
});

test('numbers and truth are worded, other things print nothing', () => {
  assert.equal(shown('{{raw.count}}'), '1,234,567');
  assert.equal(shown('{{recording.is_encrypted}}'), 'yes');
  assert.equal(shown('{{raw.list}}{{raw.nothing}}{{this}}{{@root}}'), '');
  assert.equal(shown('{{raw.huge}}', { raw: { huge: Number.POSITIVE_INFINITY } }), '');
});
