import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createDiscord } from '#destinations/discord.ts';
import { rendered } from '#test/discord/rendered.ts';
import { DiscordStandIn } from '#test/discord/stand-in.ts';
import { everywhere } from './example-messages.ts';
import { hostileValues } from './hostile-values.ts';
import { comparable, readable } from './readable.ts';
import { credentialsFor, opened, outgoing, toolsWith } from './tools.ts';

const harmless = 'Ada';

const user = '90351110224678912';
const role = '175511591545143296';

for (const [compact, isMentioning] of [
  [false, false],
  [true, false],
  [false, true],
  [true, true],
] as const) {
  const manner = `${compact ? 'compact' : 'full'} Discord message${isMentioning ? ' with mentions' : ''}`;
  const mentions = isMentioning ? { discord: [user, `role:${role}`] } : {};
  const pings = isMentioning
    ? { everyone: false, users: [user], roles: [role] }
    : { everyone: false, users: [], roles: [] };

  test(`hostile names ping nobody, link nowhere and format nothing in a ${manner}`, async () => {
    await using discord = await DiscordStandIn.start();
    const tools = toolsWith(credentialsFor({ discord }));
    const show = async (channel: string, words: string, what: string) => {
      discord.addChannel(channel);
      // A client of its own each time: one alone sends no more than 50 a second.
      const destination = await opened(createDiscord(5000), { channel, compact }, tools);
      const outcome = await destination.send(outgoing({ ...everywhere(words), mentions }));
      assert.equal(outcome.kind, 'sent', `${what}: ${JSON.stringify(outcome)}`);
      const [message] = discord.visible(channel);
      assert.ok(message, what);
      return rendered(message);
    };
    const usual = await show('100000000000000999', harmless, 'harmless');
    for (const [index, { what, value }] of hostileValues.entries()) {
      const reading = await show(String(200_000_000_000_000_000n + BigInt(index)), value, what);
      assert.deepEqual(reading.pings, pings, what);
      assert.deepEqual(reading.links, [], what);
      // A long name may push our own time out of its field; nothing else may be drawn as a token.
      assert.deepEqual(
        reading.mentionsMarkup.filter((token) => !usual.mentionsMarkup.includes(token)),
        [],
        what,
      );
      const seen = reading.texts.map(comparable);
      const isLong = value.length > 400;
      if (readable(value) !== '' && !isLong) assert.deepEqual(reading.formatting, usual.formatting, what);
      const least = readable(value) === '' ? 1 : compact ? 2 : 5;
      assert.ok(
        seen.filter((line) => line.includes(readable(value))).length >= least,
        `${what}: ${JSON.stringify(seen)}`,
      );
    }
  });
}
