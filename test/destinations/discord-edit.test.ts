import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Fault, rateLimited, slow } from '#test/faults.ts';
import {
  after,
  before,
  channel,
  edit,
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
import { everywhere, recordingMissing, vipJoined } from './example-messages.ts';
import { outgoing } from './tools.ts';

const shortly = 300;

const afterwards: readonly { fault: Fault; verdict: string; applied: boolean; byWebhook?: string }[] = [
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
  { fault: '200-empty-applied', verdict: 'unknown', applied: true },
  { fault: '403-html', verdict: 'later', applied: false },
  { fault: 'token-revoked', verdict: 'refused credential', applied: false, byWebhook: 'sent' },
  { fault: slow(50), verdict: 'sent', applied: true },
];

for (const way of ways) {
  const { by, method, isBot } = way;

  test(`an edit by ${by} replaces all of a message in its place and keeps its receipt`, async () => {
    await using discord = await started();
    const destination = await openAt(discord, settingsFor(way, discord));
    const receipt = await sentBy(destination);
    const later = outgoing(recordingMissing);
    assert.deepEqual(await edit(destination, receipt, later), { kind: 'sent', receipt });
    const [message, ...others] = discord.visible(channel);
    assert.deepEqual(others, []);
    assert.equal(message?.edited, true);
    assert.equal(message.embeds[0]?.title, 'No recording for Weekly sync');
    assert.ok(message.embeds[0]?.footer?.text.endsWith(later.deliveryId.slice(-12)));
    assert.deepEqual(message.components, []);
    assert.deepEqual(
      discord.versions(channel, message.id).map(({ content }) => content),
      [before, after],
    );
    assert.equal((await edit(destination, receipt, outgoing(vipJoined))).kind, 'sent');
    assert.equal(discord.visible(channel)[0]?.components.length, 1);
  });

  test(`an edit by ${by} allows its own mentions and no others`, async () => {
    await using discord = await started();
    const destination = await openAt(discord, settingsFor(way, discord));
    const receipt = await sentBy(destination);
    const pings: unknown[] = [];
    for (const mentions of [{}, { discord: ['80351110224678912', 'role:165511591545143296'] }]) {
      const message = { ...everywhere('<@123456789012345678> @everyone'), mentions };
      assert.equal((await edit(destination, receipt, outgoing(message))).kind, 'sent');
      pings.push(discord.visible(channel)[0]?.mentions);
    }
    assert.deepEqual(pings, [
      { everyone: false, users: [], roles: [] },
      { everyone: false, users: ['80351110224678912'], roles: ['165511591545143296'] },
    ]);
  });

  for (const { fault, verdict, applied, byWebhook = verdict } of afterwards) {
    const name = typeof fault === 'string' ? fault : fault.kind;
    const expected = isBot ? verdict : byWebhook;
    test(`an edit by ${by} that meets ${name}: ${expected}, one try, and the reason holds no secret`, async () => {
      await using discord = await started();
      const destination = await openAt(discord, settingsFor(way, discord), shortly);
      const receipt = await sentBy(destination);
      discord.faults.next({ method }, fault);
      const edited = await edit(destination, receipt);
      assert.equal(verdictOf(edited), expected, reasonOf(edited));
      assert.equal(discord.faults.unmet(), 0);
      assert.deepEqual(textsIn(discord), [applied || expected === 'sent' ? after : before]);
      assert.equal(patches(discord).length, 1);
      for (const secret of [discord.token, discord.url, 'webhook-token']) {
        assert.ok(!reasonOf(edited).includes(secret));
      }
      if (expected !== 'unknown') return;
      // Nothing can happen twice: whoever does not know says it again.
      assert.deepEqual(await edit(destination, receipt), { kind: 'sent', receipt });
      assert.deepEqual(textsIn(discord), [after]);
    });
  }

  test(`a limit on edits by ${by} keeps new messages waiting only when it is over everything`, async () => {
    await using discord = await started();
    const receipt = await sentBy(await openAt(discord, settingsFor(way, discord)));
    const pauses: unknown[] = [];
    const faults = [rateLimited(7), '429-zero', rateLimited(7, 'global'), '429-no-retry-after'] as const;
    for (const fault of [...faults, '429-html', '403-html'] as const) {
      // Each time a client that has not been told to be silent yet.
      const destination = await openAt(discord, settingsFor(way, discord));
      discord.faults.next({ method }, fault);
      const edited = await edit(destination, receipt);
      pauses.push(edited.kind === 'later' && [Math.floor((edited.afterMs ?? 0) / 100), edited.pausesLane]);
    }
    assert.deepEqual(pauses, [
      [70, false],
      [10, false],
      [70, true],
      [600, true],
      [600, true],
      [600, true],
    ]);
  });
}
