import assert from 'node:assert/strict';
import { test } from 'node:test';
import { commands, createCommands } from '#chatops/commands.ts';
import { formatDiscord } from '#destinations/discord-format.ts';
import { formatSlack } from '#destinations/slack-format.ts';
import { type Line, type Message, plainText } from '#domain/message.ts';
import type { Session } from '#domain/session.ts';
import { commandsOver, hostileTitle, liveSession } from './setup.ts';

async function ask(
  text: string,
  sessions: readonly Session[] = [],
  rules: Parameters<typeof commandsOver>[1] = [],
): Promise<Message> {
  return commandsOver(sessions, rules)({ platform: 'slack', user: 'U0SOMEBODY', text });
}

function itemsOf({ body }: Message): readonly Line[] {
  return body.flatMap((block) => (block.kind === 'list' ? block.items : []));
}

/** The items of the lists and the paragraphs as plain text. */
function linesOf({ body }: Message): string[] {
  return body.flatMap((block) =>
    block.kind === 'list' ? block.items.map(plainText) : plainText(block.line),
  );
}

test('live tells the meetings that run, newest first', async () => {
  const recording = {
    id: 'r1',
    kind: 'recording',
    state: 'running',
    since: '2025-02-08T07:34:00.000Z',
  } as const;
  const message = await ask('live', [
    liveSession('old', { title: 'Weekly sync', artifacts: [recording] }),
    liveSession('new', {
      title: 'Demo',
      startedAt: '2025-02-08T07:40:00.000Z',
      heardAt: '2025-02-08T07:40:00.000Z',
      connections: [],
    }),
  ]);
  assert.deepEqual(linesOf(message), [
    'Demo · nobody in the room · since 07:40 UTC',
    'Weekly sync · 1 person · since 07:33 UTC · recording',
  ]);
  assert.equal(plainText(message.sentence), '2 meetings are running now: Demo, Weekly sync');
});

test('machines in a room are no people, and a recording that has ended is not on', async () => {
  const connections = [
    { key: 'c1', id: 'guest-1', kind: 'human' },
    { key: 'c2', id: 'guest-2', kind: 'phone' },
    { key: 'c3', id: 'recorder', kind: 'recorder' },
  ] as const;
  const artifacts = [{ kind: 'recording', state: 'waiting', since: '2025-02-08T07:34:00.000Z' }] as const;
  const message = await ask('live', [liveSession('a', { connections, artifacts })]);
  assert.deepEqual(linesOf(message), ['Meeting a · 2 people · since 07:33 UTC']);
});

test('live leaves out meetings that are over or were given up', async () => {
  const silent = liveSession('silent', { connections: [], heardAt: '2025-02-08T07:33:00.000Z' });
  const message = await ask('live', [silent, liveSession('ended', { status: 'ended' })]);
  assert.equal(plainText(message.sentence), 'No meeting is running now.');
  assert.deepEqual(message.body, []);
});

test('live shows ten meetings and counts the rest', async () => {
  const sessions = Array.from({ length: 13 }, (_, index) => liveSession(`m${index}`));
  const message = await ask('live', sessions);
  assert.equal(itemsOf(message).length, 10);
  assert.equal(linesOf(message).at(-1), 'and 3 more');
});

test('a meeting that began on another day is told with its date', async () => {
  const message = await ask('live', [liveSession('long', { startedAt: '2025-02-07T07:33:00.000Z' })]);
  assert.deepEqual(linesOf(message), ['Meeting long · 1 person · since 2025-02-07 07:33 UTC']);
});

test('a meeting without a visible title is called by its room', async () => {
  const message = await ask('live', [liveSession('a', { title: '\u200b ', roomId: 'demo-room' })]);
  assert.match(linesOf(message)[0] ?? '', /^demo-room · /);
});

test('titles are values, in the list and in the sentence', async () => {
  const message = await ask('live', [liveSession('a', { title: hostileTitle })]);
  const pieces = [...itemsOf(message).flat(), ...message.sentence];
  const titles = pieces.filter((piece) => piece.kind === 'text' && piece.text.includes('<!channel>'));
  assert.equal(titles.length, 2);
  assert.ok(titles.every((piece) => piece.kind === 'text' && piece.isValue === true));
});

test('ten meetings with the longest titles and the count of the rest fit on both platforms', async () => {
  const sessions = Array.from({ length: 12 }, (_, index) =>
    liveSession(`m${index}`, { title: `${index}${'*e\u0301'.repeat(300)}` }),
  );
  const message = await ask('live', sessions);
  const slack = JSON.stringify(formatSlack(message, { compact: false }));
  const discord = JSON.stringify(formatDiscord(message, { deliveryId: '', compact: false }));
  for (const written of [slack, discord]) {
    assert.match(written, /and 2 more/);
    assert.equal(written.match(/1 person/g)?.length, 10);
  }
});

test('rules tells what is listened to and where it is spoken', async () => {
  const message = await ask(
    'rules',
    [],
    [
      { id: 'vip-joined', on: ['participant.joined'], to: ['sales'] },
      { id: 'recording-ready', on: ['recording.ready', 'recording.failed'], to: ['archive', 'community'] },
      { id: 'quiet', on: ['room.ended'], to: [] },
    ],
  );
  assert.deepEqual(linesOf(message), [
    'vip-joined listens to participant.joined, speaks in sales',
    'recording-ready listens to recording.ready, recording.failed, speaks in archive, community',
    'quiet listens to room.ended, speaks nowhere',
  ]);
  assert.equal(plainText(message.sentence), '3 rules are in force: vip-joined, recording-ready, quiet');
});

test('rules without any rule says so', async () => {
  assert.equal(plainText((await ask('rules')).sentence), 'No rule is in force.');
});

test('a long list of rules ends with the count of the rest, which fits on both platforms', async () => {
  const rules = Array.from({ length: 90 }, (_, index) => ({
    id: `rule-${index}-${'x'.repeat(50)}`,
    on: Array.from({ length: 9 }, () => 'participant.joined'),
    to: Array.from({ length: 9 }, () => 'a-destination'),
  }));
  const message = await ask('rules', [], rules);
  assert.match(JSON.stringify(formatSlack(message, { compact: false })), /and 70 more/);
  assert.match(JSON.stringify(formatDiscord(message, { deliveryId: '', compact: false })), /and 70 more/);
});

test('help names every command under the name in use', async () => {
  const answer = createCommands({
    liveSessions: async () => [],
    rules: () => [],
    command: () => '/calls',
    now: () => new Date(),
  });
  const message = await answer({ platform: 'discord', user: '1', text: '  help me please ' });
  assert.deepEqual(
    linesOf(message),
    commands.map(({ name, summary }) => `/calls ${name} ${summary}`),
  );
  assert.equal(plainText(message.sentence), 'You can type /calls live, /calls rules, /calls help');
});

test('nothing typed asks for help, and case does not matter', async () => {
  assert.deepEqual(await ask(' '), await ask('help'));
  assert.deepEqual(await ask('LIVE'), await ask('live'));
});

test('an unknown word is answered with a guess and the help', async () => {
  const message = await ask('lvie now');
  assert.equal(plainText(message.sentence), 'I don’t know “lvie”; did you mean “live”?');
  assert.deepEqual(linesOf(message), linesOf(await ask('help')));
});

test('a word near nothing gets no guess, and is a value cut short', async () => {
  const message = await ask(`<!channel>${'x'.repeat(5000)}`);
  assert.match(plainText(message.sentence), /^I don’t know “<!channel>x+…”\.$/);
  const [word] = message.sentence.filter((piece) => piece.kind === 'text' && piece.text.startsWith('<!'));
  assert.ok(word?.kind === 'text' && word.isValue === true);
});

test('what Discord shows beside a command has at most 100 characters', () => {
  assert.ok(commands.length > 0);
  for (const { name, summary } of commands) {
    assert.match(name, /^[a-z]{1,32}$/);
    assert.ok(summary.length <= 100);
  }
});
