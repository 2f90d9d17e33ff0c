import assert from 'node:assert/strict';
import { test } from 'node:test';
import { z } from 'zod';
import { DiscordStandIn } from '#test/discord/stand-in.ts';

const channel = '112233445566778899';
const answered = z.object({
  id: z.string().optional(),
  code: z.number().optional(),
  errors: z.unknown().optional(),
});

/** A guild with one message, and the way to edit it: by the bot or by the webhook that posted it. */
async function guild(by: 'bot' | 'webhook') {
  const discord = await DiscordStandIn.start();
  discord.addChannel(channel);
  const base = by === 'bot' ? `${discord.url}/v10/channels/${channel}` : discord.webhookUrl(channel);
  const call = async (method: string, url: string, body: object) => {
    const headers = {
      'user-agent': 'DiscordBot (https://callboard.invalid, 0.1.0)',
      ...(by === 'bot' ? { authorization: `Bot ${discord.token}` } : {}),
    };
    const response = await fetch(url, { method, headers, body: JSON.stringify(body) });
    return { status: response.status, ...answered.parse(await response.json()) };
  };
  const posting = by === 'bot' ? `${base}/messages` : `${base}?wait=true`;
  const { id = '' } = await call('POST', posting, { content: 'Live' });
  const edit = async (body: object, message = id, query = '') =>
    call('PATCH', `${base}/messages/${message}${query}`, body);
  return { discord, id, edit };
}

const textsOf = (discord: DiscordStandIn, id: string) =>
  discord.versions(channel, id).map(({ content }) => content);

const buttons = [
  { type: 1, components: [{ type: 2, style: 5, label: 'Join', url: 'https://meet.example.com/' }] },
];

for (const by of ['bot', 'webhook'] as const) {
  test(`every version of a message of the ${by} is kept, and readers see the last`, async () => {
    const { discord, id, edit } = await guild(by);
    await using _ = discord;
    assert.equal((await edit({ content: 'Live, 3 people' })).id, id);
    assert.equal((await edit({ content: 'Ended' })).status, 200);
    assert.deepEqual(textsOf(discord, id), ['Live', 'Live, 3 people', 'Ended']);
    assert.deepEqual(
      discord.visible(channel).map(({ content, edited }) => ({ content, edited })),
      [{ content: 'Ended', edited: true }],
    );
    discord.deleteMessage(channel, id);
    assert.deepEqual(textsOf(discord, id), []);
    assert.equal((await edit({ content: 'Ended again' })).code, 10008);
  });

  test(`an edit by the ${by} is checked like a new message, and a refused one changes nothing`, async () => {
    const { discord, id, edit } = await guild(by);
    await using _ = discord;
    const user = '80351110224678912';
    const wrong: [body: object, code: number][] = [
      [{ content: '' }, 50006],
      [{ content: 'x'.repeat(2001) }, 50035],
      [{ nonce: 'x' }, 50035],
      [{ embeds: [{ title: 'x'.repeat(257) }] }, 50035],
      [{ content: 'x', allowed_mentions: { parse: ['users'], users: [user] } }, 50035],
      [{ content: 'x', allowed_mentions: { parse: [], users: [user, user] } }, 50035],
      [{ content: 'x', allowed_mentions: { parse: [], roles: ['role:1'] } }, 50035],
    ];
    for (const [body, code] of wrong) {
      const answer = await edit(body);
      assert.deepEqual([answer.status, answer.code], [400, code], JSON.stringify(body));
    }
    assert.equal((await edit({ content: 'x' }, '112233445566778800')).code, 10008);
    assert.deepEqual(textsOf(discord, id), ['Live']);
  });
}

test('an edit by a webhook shows buttons only where they are asked for, as a post does', async () => {
  const { discord, edit } = await guild('webhook');
  await using _ = discord;
  await edit({ content: 'x', components: buttons });
  assert.deepEqual(discord.visible(channel)[0]?.components, []);
  await edit({ content: 'x', components: buttons }, undefined, '?with_components=true');
  assert.equal(discord.visible(channel)[0]?.components.length, 1);
});

test('an id that stands twice in a list of mentions is told with its place', async () => {
  const { discord, edit } = await guild('bot');
  await using _ = discord;
  const users = ['80351110224678912', '80351110224678912'];
  const { errors } = await edit({ content: 'x', allowed_mentions: { parse: [], users } });
  assert.match(
    JSON.stringify(errors),
    /"users":\{"1":\{"_errors":\[\{"code":"SET_TYPE_ALREADY_CONTAINS_VALUE"/,
  );
});
