import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createDiscord } from '#destinations/discord.ts';
import { answering } from '#test/faults.ts';
import {
  after,
  before,
  channel,
  edit,
  elsewhere,
  openAt,
  patches,
  reasonOf,
  sentBy,
  settingsFor,
  started,
  textsIn,
  verdictOf,
  ways,
} from './discord-edit-setup.ts';
import { recordingMissing, vipJoined } from './example-messages.ts';
import { credentialsFor, opened, outgoing, toolsWith } from './tools.ts';

for (const way of ways) {
  const { by, method } = way;

  const codes: readonly { status: number; code: number; verdict: string }[] = [
    { status: 404, code: 10008, verdict: 'gone' },
    { status: 403, code: 50005, verdict: 'gone' },
    { status: 400, code: 50083, verdict: 'gone' },
    { status: 400, code: 30046, verdict: 'later' },
    { status: 403, code: 50001, verdict: 'refused destination' },
    { status: 403, code: 50013, verdict: 'refused destination' },
    { status: 400, code: 160005, verdict: 'refused destination' },
    { status: 400, code: 50006, verdict: 'refused message' },
    { status: 400, code: 50035, verdict: 'refused message' },
    { status: 400, code: 200000, verdict: 'refused message' },
    { status: 403, code: 40333, verdict: 'refused credential' },
    { status: 400, code: 130000, verdict: 'later' },
    { status: 400, code: 987_654, verdict: 'later' },
  ];

  test(`every answer to an edit by ${by} is told by its code`, async () => {
    await using discord = await started();
    const destination = await openAt(discord, settingsFor(way, discord));
    const receipt = await sentBy(destination);
    for (const { status, code, verdict } of codes) {
      discord.faults.next({ method }, answering(status, { code, message: 'no' }));
      const edited = await edit(destination, receipt);
      assert.equal(verdictOf(edited), verdict, `${code}: ${reasonOf(edited)}`);
      assert.match(reasonOf(edited), new RegExp(`^Discord: (?:${code} — \\w|HTTP 400, code ${code} — )`));
      if (code === 30046) {
        assert.ok(edited.kind === 'later' && edited.afterMs === 60_000 && edited.pausesLane !== true);
      }
    }
    const old = { ...outgoing(recordingMissing), firstTriedAt: new Date(Date.now() - 180_000) };
    discord.faults.next({ method }, answering(400, { code: 987_654, message: 'no' }));
    assert.equal(verdictOf(await edit(destination, receipt, old)), 'refused message');
    assert.deepEqual(textsIn(discord), [before]);
  });

  test(`a message of ${by} that was deleted is gone, and the next one is posted`, async () => {
    await using discord = await started();
    const destination = await openAt(discord, settingsFor(way, discord));
    const receipt = await sentBy(destination);
    discord.deleteMessage(channel, receipt.messageId ?? '');
    const edited = await edit(destination, receipt);
    assert.deepEqual(edited, {
      kind: 'gone',
      reason: 'Discord: 10008 — the message is not there any more',
    });
    assert.equal((await destination.send(outgoing(recordingMissing))).kind, 'sent');
    assert.deepEqual(textsIn(discord), [after]);
  });

  test(`${by} cannot edit what somebody else wrote: it is gone`, async () => {
    await using discord = await started();
    const destination = await openAt(discord, settingsFor(way, discord));
    const messageId = discord.say(channel, 'mine');
    const edited = await edit(destination, { channel, messageId });
    assert.equal(edited.kind, 'gone');
    assert.deepEqual(textsIn(discord), ['mine']);
  });

  test(`a message of ${by} whose id was never told is gone, without a call`, async () => {
    await using discord = await started();
    const destination = await openAt(discord, settingsFor(way, discord));
    assert.equal((await edit(destination, { channel })).kind, 'gone');
    assert.deepEqual(discord.requests(), []);
  });

  test(`a closed port is waited for by an edit by ${by}`, async () => {
    await using discord = await started();
    const destination = await openAt(discord, settingsFor(way, discord));
    const receipt = await sentBy(destination);
    await discord.refuseConnections();
    const edited = await edit(destination, receipt);
    assert.ok(edited.kind === 'later');
    assert.match(edited.reason, /^Discord: ECONNREFUSED/);
  });
}

test('a thread that was archived keeps its messages as they are: they are gone for an edit', async () => {
  await using discord = await started();
  const destination = await openAt(discord, { channel });
  const parent = await sentBy(destination);
  const thread = parent.messageId ?? '';
  const opening = await fetch(`${discord.url}/v10/channels/${channel}/messages/${thread}/threads`, {
    method: 'POST',
    headers: {
      authorization: `Bot ${discord.token}`,
      'user-agent': 'DiscordBot (https://callboard.invalid, 0.1.0)',
    },
    body: JSON.stringify({ name: 'Weekly sync' }),
  });
  assert.equal(opening.status, 201);
  const inThread = await openAt(discord, { channel: thread });
  const receipt = await sentBy(inThread);
  assert.deepEqual(await edit(inThread, receipt), { kind: 'sent', receipt });
  discord.changeChannel(thread, { archived: true });
  const edited = await edit(inThread, receipt);
  assert.deepEqual(edited, { kind: 'gone', reason: 'Discord: 50083 — the thread is archived' });
  assert.equal((await inThread.send(outgoing(vipJoined))).kind, 'sent');
});

for (const [state, code] of [
  ['missing', 10003],
  ['no_access', 50001],
] as const) {
  test(`an edit in a channel in the state ${state} is refused as ${code}, and elsewhere the message is gone`, async () => {
    await using discord = await started();
    discord.addChannel(elsewhere);
    const receipt = await sentBy(await openAt(discord, { channel }));
    discord.changeChannel(channel, { state });
    const here = await edit(await openAt(discord, { channel }), receipt);
    assert.equal(verdictOf(here), 'refused destination');
    assert.ok(reasonOf(here).startsWith(`Discord: ${code} — `), reasonOf(here));
    const moved = await edit(await openAt(discord, { channel: elsewhere }), receipt);
    assert.deepEqual(moved, { kind: 'gone', reason: reasonOf(here) });
  });
}

test('a message stays editable where it stands when its destination has moved', async () => {
  await using discord = await started();
  discord.addChannel(elsewhere);
  const receipt = await sentBy(await openAt(discord, { channel }));
  const moved = await openAt(discord, { channel: elsewhere });
  assert.deepEqual(await edit(moved, receipt), { kind: 'sent', receipt });
  assert.deepEqual(textsIn(discord), [after]);
});

test('a deleted webhook is refused and never called again, neither to edit nor to post', async () => {
  await using discord = await started();
  const destination = await openAt(discord, { webhook: discord.webhookUrl(channel) });
  const receipt = await sentBy(destination);
  discord.deleteWebhook(channel);
  for (let count = 0; count < 3; count += 1) {
    assert.equal(verdictOf(await edit(destination, receipt)), 'refused destination');
  }
  assert.equal((await destination.send(outgoing(vipJoined))).kind, 'refused');
  assert.equal(patches(discord).length, 1);
  assert.equal(discord.requests().length, 2);
});

test('an edit by a webhook says nothing of the bot and keeps to the thread that its address names', async () => {
  await using discord = await started();
  const webhook = `${discord.webhookUrl(channel)}/?thread_id=${elsewhere}`;
  const destination = await openAt(discord, { webhook });
  await edit(destination, { channel, messageId: '112233445566778801' });
  const [request] = patches(discord);
  assert.equal(request?.headers.authorization, undefined);
  assert.match(request?.headers['user-agent'] ?? '', /^DiscordBot \(/);
  assert.match(
    request?.path ?? '',
    /^\/webhooks\/\d+\/[\w-]+\/messages\/112233445566778801\?thread_id=112233445566778800&with_components=true$/,
  );
});

test('edits count towards a ban and end with it', async () => {
  await using discord = await started();
  const type = createDiscord(5000);
  const tools = toolsWith(credentialsFor({ discord }));
  const webhook = await opened(type, { webhook: discord.webhookUrl(channel) }, tools);
  const bot = await opened(type, { channel }, tools);
  const receipt = await sentBy(bot);
  discord.faults.always({}, '403-html');
  for (let count = 0; count < 500; count += 1) await edit(webhook, receipt);
  discord.faults.clear();
  for (const destination of [bot, webhook]) {
    const edited = await edit(destination, receipt);
    assert.ok(edited.kind === 'later' && edited.pausesLane === true);
    assert.match(edited.reason, /ban/);
  }
  assert.equal(discord.requests().length, 501);
});
