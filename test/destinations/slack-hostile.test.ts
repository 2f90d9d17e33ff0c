import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createSlack } from '#destinations/slack.ts';
import { mentions } from '#test/slack/mentions.ts';
import { SlackStandIn } from '#test/slack/stand-in.ts';
import { everywhere } from './example-messages.ts';
import { hostileValues } from './hostile-values.ts';
import { comparable, readable } from './readable.ts';
import { credentialsFor, opened, outgoing, toolsWith } from './tools.ts';

test('a list of hostile names worth the name', () => {
  assert.ok(hostileValues.length >= 60);
  assert.equal(new Set(hostileValues.map(({ value }) => value)).size, hostileValues.length);
});

const mentioned = ['U0HOST001', 'S0ONCALL1'];

for (const [compact, ids] of [
  [false, []],
  [true, []],
  [false, mentioned],
  [true, mentioned],
] as const) {
  const manner = `${compact ? 'compact' : 'full'} Slack message${ids.length > 0 ? ' with mentions' : ''}`;

  test(`hostile names ping nobody, link nowhere and format nothing in a ${manner}`, async () => {
    await using slack = await SlackStandIn.start();
    const tools = toolsWith(credentialsFor({ slack }));
    for (const [index, { what, value }] of hostileValues.entries()) {
      const channel = `C0HOSTILE${index}`;
      slack.addChannel(channel);
      const destination = await opened(createSlack(5000), { channel, compact }, tools);
      const outcome = await destination.send(outgoing({ ...everywhere(value), mentions: { slack: ids } }));
      assert.equal(outcome.kind, 'sent', `${what}: ${JSON.stringify(outcome)}`);
      const [message] = slack.visible(channel);
      assert.ok(message, what);
      assert.deepEqual(mentions({ ...message, text: '' }).pings, ids, what);
      assert.deepEqual(mentions({ ...message, blocks: [] }).pings, ids, what);
      const reading = mentions(message);
      assert.deepEqual(reading.links, [], what);
      // Without a visible name the line of our own words is bold; nothing else may be.
      assert.deepEqual(
        reading.markup.filter((words) => words !== 'Since'),
        [],
        what,
      );
      const seen = reading.texts.map(comparable);
      assert.ok(
        seen.filter((line) => line.includes(readable(value))).length >= (compact ? 2 : 5),
        `${what}: ${JSON.stringify(seen)}`,
      );
    }
  });
}
