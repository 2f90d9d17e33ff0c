import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createDiscord } from '#destinations/discord.ts';
import { formatDiscord } from '#destinations/discord-format.ts';
import type { Message } from '#domain/message.ts';
import { pingsOf } from '#test/discord/mentions.ts';
import { readEdit, readNewMessage } from '#test/discord/message-body.ts';
import { rendered } from '#test/discord/rendered.ts';
import { DiscordStandIn } from '#test/discord/stand-in.ts';
import { everywhere, value, vipJoined } from './example-messages.ts';
import { credentialsFor, opened, outgoing, toolsWith } from './tools.ts';

const channel = '112233445566778899';
const user = '80351110224678912';
const role = '165511591545143296';
const mentioned: Message = { ...vipJoined, mentions: { discord: [user, `role:${role}`], slack: ['U0HOST'] } };
const full = { deliveryId: '5b0d3c1e-6a52-5f0b-9c3e-1f6f2a7d9e01', compact: false };

for (const compact of [false, true]) {
  test(`mentions begin the content of a ${compact ? 'compact' : 'full'} message and alone are allowed`, () => {
    const plainly = formatDiscord(vipJoined, { ...full, compact });
    assert.deepEqual(formatDiscord(mentioned, { ...full, compact }), {
      ...plainly,
      content: `<@${user}> <@&${role}> Guest One joined Quarterly review. 6 people are in.`,
      allowed_mentions: { parse: [], users: [user], roles: [role] },
    });
  });
}

test('a list that names nobody changes nothing', () => {
  for (const none of [{}, { discord: [] }, { slack: ['U0HOST'] }]) {
    assert.deepEqual(formatDiscord({ ...vipJoined, mentions: none }, full), formatDiscord(vipJoined, full));
  }
});

test('who is named twice is mentioned and allowed once', () => {
  const discord = [user, `role:${role}`, user, `role:${role}`];
  const formatted = formatDiscord({ ...vipJoined, mentions: { discord } }, full);
  assert.deepEqual(formatted, formatDiscord(mentioned, full));
});

test('a title that repeats the sentence is left out beside a mention too', () => {
  const { sentence } = vipJoined;
  const [embed] = formatDiscord({ ...mentioned, title: sentence }, full).embeds;
  assert.ok(embed !== undefined && embed.title === undefined);
});

test('thirty mentions always fit, and no number of them exceeds the limits or is cut in the middle', () => {
  for (const count of [30, 2000]) {
    const names = Array.from({ length: count }, (_, index) => `role:${10n ** 19n + BigInt(index)}`);
    for (const long of ['*_~`|<>[]@#'.repeat(2000), '👩‍👩‍👧‍👦'.repeat(2000)]) {
      const message: Message = {
        ...everywhere(long),
        title: [],
        sentence: [value(long)],
        mentions: { discord: names },
      };
      const formatted = formatDiscord(message, full);
      assert.doesNotThrow(() => readNewMessage(formatted));
      assert.doesNotThrow(() => readEdit(formatted, 0));
      assert.ok(formatted.content.length <= 2000);
      const { roles } = pingsOf(formatted.content, { parse: ['roles'] });
      assert.ok(roles.length >= 30);
      assert.deepEqual(
        roles.map((id) => `role:${id}`),
        names.slice(0, roles.length),
      );
      assert.deepEqual(formatted.allowed_mentions, { parse: [], users: [], roles });
      // The words that follow are cut, not left out.
      assert.match(formatted.content, /…$/);
    }
  }
});

for (const by of ['the bot', 'an incoming webhook'] as const) {
  test(`a message by ${by} pings exactly whom it mentions, whatever a guest is called`, async () => {
    await using discord = await DiscordStandIn.start();
    discord.addChannel(channel);
    const settings = by === 'the bot' ? { channel } : { webhook: discord.webhookUrl(channel) };
    const names = [
      'Ada',
      '<@123456789012345678>',
      `<@${user}>`,
      '@everyone <@&123456789012345678>',
      '<@U123>',
    ];
    for (const compact of [false, true]) {
      const tools = toolsWith(credentialsFor({ discord }));
      const destination = await opened(createDiscord(5000), { ...settings, compact }, tools);
      for (const name of names) {
        const message = { ...everywhere(name), mentions: { discord: [user, `role:${role}`] } };
        assert.equal((await destination.send(outgoing(message))).kind, 'sent');
        const seen = discord.visible(channel).at(-1);
        assert.ok(seen);
        assert.deepEqual(seen.mentions, { everyone: false, users: [user], roles: [role] });
        const tokens = rendered(seen).mentionsMarkup.filter((token) => !token.startsWith('<t:'));
        assert.deepEqual(tokens, [`<@${user}>`, `<@&${role}>`]);
      }
    }
  });
}

test('a guest who is called like somebody mentioned elsewhere is not allowed to ping here', async () => {
  await using discord = await DiscordStandIn.start();
  discord.addChannel(channel);
  const tools = toolsWith(credentialsFor({ discord }));
  const destination = await opened(createDiscord(5000), { channel }, tools);
  const message = { ...everywhere(`<@${user}> <@&${role}>`), mentions: { discord: [`role:${role}`] } };
  assert.equal((await destination.send(outgoing(message))).kind, 'sent');
  assert.deepEqual(discord.visible(channel)[0]?.mentions, { everyone: false, users: [], roles: [role] });
});
