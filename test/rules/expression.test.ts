import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { EventType } from '#domain/catalogue.ts';
import { compileExpression } from '#rules/expression.ts';

const facts = {
  event: { type: 'recording.ready', native: 'end_recording', time: '2026-07-05T15:55:35.047Z' },
  source: { name: 'main', type: 'plugnmeet' },
  room: {
    id: 'Room-7',
    name: 'Daily ZOE\u0308',
    is_breakout: false,
    metadata: {
      team: 'Sales',
      host: 'ANN',
      seats: 12,
      share: 0.5,
      vip: true,
      words: ['a', 'B'],
      'own key': 1,
      at: '2026-07-05T16:00:00+02:00',
      empty: null,
    },
  },
  session: { id: 'S1', started_at: '2026-07-05T15:00:00.000Z', present: 3, peak: 7, recorded: true },
  participant: { id: 'Vip-1', name: 'Ann', kind: 'human', sid: 'X' },
  recording: {
    id: 'r',
    seconds: 330,
    bytes: 1.5e9,
    url: 'https://files.example/a.mp4',
    files: [
      { path: 'a.mp4', seconds: 30 },
      { path: 'b.webm', seconds: 300 },
    ],
  },
  raw: { payload: { count: 2, tags: [], 'a.b': 'dotted', list: [1, 2, 'x'] } },
};

const on: readonly EventType[] = ['recording.ready'];

const holding = [
  // Numbers, whole or not.
  'session.present > 2',
  'session.present >= 3.0',
  'session.present == 3',
  'session.present != 4',
  '-session.present < -2',
  'session.present in [1, 2, 3]',
  'recording.seconds / 60 > 5',
  'recording.seconds / 60 == 5.5',
  'recording.seconds % 60 == 30',
  'recording.bytes > 1000 * 1000 * 1000',
  'session.peak - session.present * 2 == 1',
  'int(recording.seconds / 60) == 5',
  'room.metadata.seats + 0.5 == 12.5',
  'room.metadata.share < 1',
  'raw.payload.count == 2.0',
  'int("42") + 0x10 == 58',
  'double("1.5") == 1.5',
  // Texts, exactly.
  'session.id == "S1"',
  'session.id != "s1"',
  'session.id + "-" + string(session.present) == "S1-3"',
  'session.id < "T"',
  'size(session.id) == 2 && session.id.size() == 2',
  'recording.url.startsWith("https://") && recording.url.endsWith(".mp4")',
  'recording.url.contains("example")',
  'recording.url.matches("^https://[a-z.]+/")',
  'session.id.lowerAscii() == "s1" && session.id.upperAscii() == session.id',
  '" a ".trim() == "a"',
  "room.metadata.team == 'Sales'",
  'room["metadata"]["team"] == "Sales"',
  'room.metadata["own key"] == 1',
  'raw.payload["a.b"] == "dotted"',
  'size("👩") == 1',
  // Fields that do not tell case apart.
  'participant.name == "ANN"',
  '"aNN" == participant.name',
  'participant.name in ["bob", "ANN"]',
  '["bob", "ANN"].exists(name, name == participant.name)',
  '"ANN" in [participant.name]',
  'participant.name == room.metadata.host',
  'participant.id.startsWith("VIP-") && participant.id.contains("P-") && participant.id.endsWith("-1")',
  'participant.id.matches("^VIP-[0-9]$")',
  '(participant.name + "!") == "aNn!"',
  '(session.recorded ? participant.name : "x") == "ann"',
  '[participant.name].map(name, name + "") == ["ANN"]',
  'room.name.contains("zoë") && room.name.matches("zoë$")',
  'participant.name <= "ANN" && participant.name >= "ANN"',
  // Dates.
  'event.time > session.started_at',
  'timestamp(event.time) > timestamp(session.started_at)',
  'event.time > "2026-07-05T17:00:00+02:00"',
  '"2026-07-05T15:55:35.047Z" == event.time',
  'event.time - session.started_at > duration("55m") && event.time - session.started_at < duration("1h")',
  'session.started_at + duration("1h30m") == timestamp("2026-07-05T16:30:00Z")',
  'event.time.getHours() == 15 && event.time.getHours("Europe/Berlin") == 17',
  'event.time.getDayOfWeek() == 0 && event.time.getMonth() == 6 && event.time.getFullYear() == 2026',
  'event.time.getDate() == 5 && event.time.getDayOfMonth() == 4 && event.time.getDayOfYear() == 185',
  'event.time.getMinutes() == 55 && event.time.getSeconds() == 35 && event.time.getMilliseconds() == 47',
  '(event.time - session.started_at).getMinutes() == 55',
  'timestamp(0) < event.time && timestamp(room.metadata.at) < event.time',
  'room.metadata.at < event.time',
  'string(event.time).startsWith("2026-07")',
  'duration("1d") == duration("24h") && duration("-5s") < duration("500ms")',
  // Logic: a side that decides outweighs one that is missing.
  'session.recorded && !room.is_breakout',
  'room.metadata.vip',
  'room.metadata.nothing == 1 || session.recorded',
  'session.recorded || room.metadata.nothing == 1',
  '!(room.metadata.nothing == 1 && room.is_breakout)',
  'session.recorded ? true : room.metadata.nothing',
  // has() asks.
  'has(recording.url) && !has(recording.error)',
  '!has(room.metadata.nothing.at.all)',
  '!has(room.metadata.empty)',
  'has(room.metadata["team"])',
  'has(raw.payload.tags) && size(raw.payload.tags) == 0',
  'recording.files.exists(file, has(file.path) && !has(file.url))',
  // Lists.
  'recording.files.exists(file, file.path.endsWith(".webm"))',
  'recording.files.all(file, file.seconds >= 30)',
  'recording.files.exists_one(file, file.seconds > 100)',
  'recording.files.filter(file, file.seconds > 100).map(file, file.path) == ["b.webm"]',
  'recording.files.map(file, file.seconds > 100, file.seconds) == [300]',
  'recording.files[0].seconds == 30 && recording.files[1].path == "b.webm"',
  'size(recording.files) == 2 && size(room.metadata) > 3',
  '"a" in room.metadata.words && "team" in room.metadata',
  'room.metadata.words.exists(word, room.metadata.words.exists(other, word < other))',
  'room.metadata.exists(key, key == "team")',
  '[].all(each, false) && !([].exists(each, true))',
  '[1, 2] == [1.0, 2] && [1] != [1, 2]',
  'raw.payload.list.exists(each, each > 1)',
  '[1, 2].exists(room, room == 2)',
];

const failing = [
  // Missing fields, negative operators too.
  'room.url == "x"',
  'room.url != "x"',
  '!(room.url == "x")',
  'room.metadata.nothing != 1',
  '!(room.metadata.nothing in [1])',
  'room.metadata.empty != 1',
  'session.unique < 5',
  '!(session.unique < 5)',
  'recording.files[2].seconds != 1',
  'recording.files[-1].seconds != 1 || recording.files[0.5].seconds != 1',
  'room.metadata.nothing && true',
  'false || room.metadata.nothing == 1',
  'room.metadata.nothing ? true : true',
  'raw.nothing.at.all == 1',
  'recording.files.all(file, file.url != "x")',
  '!recording.files.exists(file, file.url == "x")',
  '[1, 2].map(each, room.metadata.nothing) != [1]',
  // No coercion.
  'room.metadata.seats == "12"',
  'room.metadata.seats < "2"',
  'room.metadata.vip == "true"',
  'room.metadata.team',
  'room.metadata.seats && true',
  '!room.metadata.team',
  'raw.payload.count.contains("2")',
  'raw.payload.list.all(each, each > 0)',
  // What cannot be worked out.
  'session.present / 0 > 1 || session.present % 0 != 1',
  'int(room.metadata.team) != 1',
  'timestamp(room.metadata.team) != event.time',
  'room.metadata.team + 1 != 2',
  'room.metadata.team - room.metadata.team != 2',
  // Case where it counts.
  'session.id == "s1"',
  'session.id.contains("s")',
  'session.id.matches("^s")',
  'room.metadata.team == "sales"',
  '"b" in room.metadata.words',
  '"TEAM" in room.metadata',
  // Nothing of the language itself.
  'has(room.metadata.constructor) || has(room.metadata.__proto__)',
  'room.metadata["constructor"]["constructor"] != 1',
  'room.metadata["__proto__"] == room.metadata["__proto__"]',
  'has(raw.payload.list.length) || has(raw.toString)',
  '"constructor" in room.metadata',
  'recording.files.exists(file, has(file.constructor) || has(file.toString))',
  'recording.files[0]["constructor"] == recording.files[0]["constructor"]',
];

test('an expression says what holds for an event', () => {
  assert.ok(holding.length >= 40 && failing.length >= 30);
  for (const text of holding) {
    const { holds, problems } = compileExpression(text, on);
    assert.deepEqual(problems, [], text);
    assert.equal(holds(facts), true, text);
  }
  for (const text of failing) {
    const { holds, problems } = compileExpression(text, on);
    assert.deepEqual(problems, [], text);
    assert.equal(holds(facts), false, text);
  }
});

test('the negation of what holds does not hold', () => {
  for (const text of holding) assert.equal(compileExpression(`!(${text})`, on).holds(facts), false, text);
});

test('a value that is not of the promised kind counts as missing', () => {
  const wrong = {
    session: { present: '3', id: 3, recorded: 'yes', started_at: 'today' },
    recording: { files: {} },
  };
  for (const text of [
    'session.present > 1',
    'session.id != "x"',
    'session.recorded || false',
    'session.started_at != event.time',
    'size(recording.files) == 0',
  ]) {
    const { holds, problems } = compileExpression(text, on);
    assert.deepEqual(problems, []);
    assert.equal(holds({ ...facts, ...wrong }), false, text);
  }
});
