import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Destination, Edited, Outgoing } from '#destinations/destination.ts';
import { createSlack } from '#destinations/slack.ts';
import type { Receipt } from '#domain/delivery.ts';
import { answering, type Fault, rateLimited, slow } from '#test/faults.ts';
import { mentions } from '#test/slack/mentions.ts';
import { SlackStandIn, type SlackStandInOptions } from '#test/slack/stand-in.ts';
import { everywhere, recordingMissing, vipJoined } from './example-messages.ts';
import { credentialsFor, opened, outgoing, toolsWith } from './tools.ts';

const channel = 'C0CALLBOARD1';
const shortly = 300;
const before = 'Guest One joined Quarterly review. 6 people are in.';
const after = 'No recording for Weekly sync: no file has arrived 30 min after the end.';

async function withChannel(slack: SlackStandIn, settings: object = { channel }, timeoutMs = 5000) {
  slack.addChannel(channel);
  return opened(createSlack(timeoutMs), settings, toolsWith(credentialsFor({ slack })));
}

/** Edits with a destination that must be able to. */
async function edit(destination: Destination, receipt: Receipt, what = outgoing(recordingMissing)) {
  const edited = await destination.edit?.(what, receipt);
  assert.ok(edited);
  return edited;
}

async function sentBy(destination: Destination, what: Outgoing = outgoing(vipJoined)): Promise<Receipt> {
  const outcome = await destination.send(what);
  assert.ok(outcome.kind === 'sent');
  return outcome.receipt;
}

function verdictOf(edited: Edited): string {
  return edited.kind === 'refused' ? `refused ${edited.scope}` : edited.kind;
}

function reasonOf(edited: Edited): string {
  return edited.kind === 'sent' ? '' : edited.reason;
}

function textsIn(slack: SlackStandIn): string[] {
  return slack.visible(channel).map(({ text }) => text);
}

test('an edit replaces all of a message in its place and keeps its receipt', async () => {
  await using slack = await SlackStandIn.start();
  const destination = await withChannel(slack);
  const receipt = await sentBy(destination);
  const later = outgoing(recordingMissing);
  assert.deepEqual(await edit(destination, receipt, later), { kind: 'sent', receipt });
  const [message, ...others] = slack.visible(channel);
  assert.deepEqual(others, []);
  assert.equal(message?.edited, true);
  assert.deepEqual(
    message.blocks.map((block) => block['type']),
    ['header', 'context', 'rich_text'],
  );
  assert.deepEqual(message.metadata, {
    event_type: 'callboard_delivery',
    event_payload: { delivery_id: later.deliveryId },
  });
  assert.deepEqual(
    slack.versions(channel, message.ts).map(({ text }) => text),
    [before, after],
  );
  assert.deepEqual(await destination.find(later), { kind: 'sent', receipt });
});

test('an edit parses nothing, and what a guest is called pings and links nowhere', async () => {
  await using slack = await SlackStandIn.start();
  const destination = await withChannel(slack);
  const receipt = await sentBy(destination);
  for (const name of ['<@U123>', '<!channel> www.evil.example', '@here', '<https://evil.example|x>']) {
    const message = { ...everywhere(name), mentions: { slack: ['U0HOST001'] } };
    assert.equal((await edit(destination, receipt, outgoing(message))).kind, 'sent');
    const [seen] = slack.visible(channel);
    assert.ok(seen);
    assert.equal(seen.rendering.parse, 'none');
    assert.deepEqual(mentions({ ...seen, text: '' }).pings, ['U0HOST001']);
    assert.deepEqual(mentions({ ...seen, blocks: [] }).pings, ['U0HOST001']);
    assert.deepEqual(mentions(seen).links, []);
  }
});

const afterwards: readonly { fault: Fault; verdict: string; applied: boolean }[] = [
  { fault: 'apply-then-hang', verdict: 'unknown', applied: true },
  { fault: 'hang', verdict: 'unknown', applied: false },
  { fault: 'apply-then-reset', verdict: 'unknown', applied: true },
  { fault: 'reject-then-reset', verdict: 'unknown', applied: false },
  { fault: 'apply-then-fin', verdict: 'unknown', applied: true },
  { fault: 'apply-then-stall-body', verdict: 'unknown', applied: true },
  { fault: 'apply-then-cut-body', verdict: 'unknown', applied: true },
  { fault: 'apply-then-cut-json', verdict: 'unknown', applied: true },
  { fault: '429', verdict: 'later', applied: false },
  { fault: '429-zero', verdict: 'later', applied: false },
  { fault: '429-no-retry-after', verdict: 'later', applied: false },
  { fault: '429-html', verdict: 'later', applied: false },
  { fault: '503', verdict: 'unknown', applied: false },
  { fault: '503-applied', verdict: 'unknown', applied: true },
  { fault: '500-json', verdict: 'unknown', applied: false },
  { fault: '500-json-applied', verdict: 'unknown', applied: true },
  { fault: '502-html', verdict: 'unknown', applied: false },
  { fault: '200-html', verdict: 'unknown', applied: false },
  { fault: '200-html-applied', verdict: 'unknown', applied: true },
  { fault: '200-empty', verdict: 'unknown', applied: false },
  { fault: 'internal-error', verdict: 'unknown', applied: false },
  { fault: 'internal-error-applied', verdict: 'unknown', applied: true },
  { fault: '403-html', verdict: 'unknown', applied: false },
  { fault: 'token-revoked', verdict: 'refused credential', applied: false },
  { fault: 'channel-archived', verdict: 'refused destination', applied: false },
  { fault: slow(50), verdict: 'sent', applied: true },
];

for (const { fault, verdict, applied } of afterwards) {
  const name = typeof fault === 'string' ? fault : fault.kind;
  test(`an edit that Slack answers with ${name}: ${verdict}, one try, and the reason holds no secret`, async () => {
    await using slack = await SlackStandIn.start();
    const destination = await withChannel(slack, { channel }, shortly);
    const receipt = await sentBy(destination);
    slack.faults.next({ method: 'chat.update' }, fault);
    const edited = await edit(destination, receipt);
    assert.equal(verdictOf(edited), verdict, reasonOf(edited));
    assert.equal(slack.faults.unmet(), 0);
    assert.deepEqual(textsIn(slack), [applied ? after : before]);
    assert.equal(slack.requests().filter(({ method }) => method === 'chat.update').length, 1);
    assert.ok(!reasonOf(edited).includes(slack.token));
    assert.ok(!reasonOf(edited).includes(slack.url));
    if (verdict !== 'unknown') return;
    // Nothing can happen twice: whoever does not know says it again.
    assert.deepEqual(await edit(destination, receipt), { kind: 'sent', receipt });
    assert.deepEqual(textsIn(slack), [after]);
  });
}

test('a limit on edits is waited out without keeping new messages waiting', async () => {
  await using slack = await SlackStandIn.start();
  const destination = await withChannel(slack);
  const receipt = await sentBy(destination);
  const ratelimited = answering(200, { ok: false, error: 'ratelimited' });
  const pauses: unknown[] = [];
  for (const fault of [rateLimited(7), '429-zero', '429-no-retry-after', '429-html', ratelimited] as const) {
    slack.faults.next({ method: 'chat.update' }, fault);
    const edited = await edit(destination, receipt);
    pauses.push(edited.kind === 'later' && [edited.afterMs, edited.pausesLane]);
  }
  assert.deepEqual(
    pauses,
    [7000, 1000, 30_000, 30_000, 30_000].map((afterMs) => [afterMs, false]),
  );
});

for (const error of ['update_failed', 'streaming_state_conflict']) {
  test(`${error} is tried again`, async () => {
    await using slack = await SlackStandIn.start();
    const destination = await withChannel(slack);
    const receipt = await sentBy(destination);
    slack.faults.next({ method: 'chat.update' }, answering(200, { ok: false, error }));
    const edited = await edit(destination, receipt);
    assert.ok(edited.kind === 'later' && edited.pausesLane !== true);
    assert.equal(verdictOf(await edit(destination, receipt)), 'sent');
  });
}

const unreachable: readonly {
  what: string;
  code: string;
  options?: SlackStandInOptions;
  make: (slack: SlackStandIn, destination: Destination) => Promise<Receipt>;
}[] = [
  {
    what: 'a message that was deleted',
    code: 'message_not_found',
    make: async (slack, destination) => {
      const receipt = await sentBy(destination);
      slack.deleteMessage(channel, receipt.messageId ?? '');
      return receipt;
    },
  },
  {
    what: 'a message of somebody else',
    code: 'cant_update_message',
    make: async (slack) => ({ channel, messageId: slack.say(channel, 'mine') }),
  },
  {
    what: 'a message of the incoming webhook',
    code: 'cant_update_message',
    make: async (slack) => {
      await sentBy(await withChannel(slack, { webhook: slack.webhookUrl(channel) }));
      return { channel, messageId: slack.visible(channel)[0]?.ts ?? '' };
    },
  },
  {
    what: 'a message that is too old',
    code: 'edit_window_closed',
    options: { editWindowMs: -1 },
    make: async (_slack, destination) => sentBy(destination),
  },
  {
    what: 'a message in a channel that is not reached any more',
    code: 'channel_not_found',
    make: async () => ({ channel: 'C0ELSEWHERE', messageId: '1739000000.000100' }),
  },
];

for (const { what, code, options = {}, make } of unreachable) {
  test(`${what} is gone: ${code}`, async () => {
    await using slack = await SlackStandIn.start(options);
    const destination = await withChannel(slack);
    const receipt = await make(slack, destination);
    const seen = textsIn(slack);
    const edited = await edit(destination, receipt);
    assert.equal(edited.kind, 'gone', reasonOf(edited));
    assert.ok(reasonOf(edited).startsWith(`Slack: ${code} — `), reasonOf(edited));
    assert.deepEqual(textsIn(slack), seen);
  });
}

test('a message whose id was never told is gone, without a call', async () => {
  await using slack = await SlackStandIn.start();
  const destination = await withChannel(slack);
  assert.equal((await edit(destination, {})).kind, 'gone');
  assert.equal((await edit(destination, { channel })).kind, 'gone');
  assert.deepEqual(slack.requests(), []);
});

for (const [state, code] of [
  ['missing', 'channel_not_found'],
  ['not_member', 'not_in_channel'],
  ['archived', 'is_inactive'],
] as const) {
  test(`an edit in a channel that is ${state} is refused as ${code}`, async () => {
    await using slack = await SlackStandIn.start();
    const destination = await withChannel(slack);
    const receipt = await sentBy(destination);
    slack.addChannel(channel, { state });
    const edited = await edit(destination, receipt);
    assert.equal(verdictOf(edited), 'refused destination');
    assert.ok(reasonOf(edited).startsWith(`Slack: ${code} — `), reasonOf(edited));
  });
}

test('a message stays editable where it stands when its destination has moved', async () => {
  await using slack = await SlackStandIn.start();
  const receipt = await sentBy(await withChannel(slack));
  slack.addChannel('C0ELSEWHERE');
  const moved = await withChannel(slack, { channel: 'C0ELSEWHERE' });
  assert.deepEqual(await edit(moved, receipt), { kind: 'sent', receipt });
  assert.deepEqual(textsIn(slack), [after]);
});

test('a closed port is waited for by an edit', async () => {
  await using slack = await SlackStandIn.start();
  const destination = await withChannel(slack);
  const receipt = await sentBy(destination);
  await slack.refuse();
  const edited = await edit(destination, receipt);
  assert.ok(edited.kind === 'later');
  assert.match(edited.reason, /^Slack: ECONNREFUSED/);
});

test('an incoming webhook cannot edit', async () => {
  await using slack = await SlackStandIn.start();
  const destination = await withChannel(slack, { webhook: slack.webhookUrl(channel) });
  assert.ok(!('edit' in destination));
});
