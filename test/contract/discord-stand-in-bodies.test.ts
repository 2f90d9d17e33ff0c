import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DiscordAPIError, REST } from '@discordjs/rest';
import { Routes } from 'discord-api-types/v10';
import { DiscordStandIn } from '#test/discord/stand-in.ts';

const channel = '112233445566778899';

function restFor(discord: DiscordStandIn): REST {
  return new REST({ version: '10', api: discord.url, retries: 0, rejectOnRateLimit: () => true }).setToken(
    discord.token,
  );
}

async function refusalOf(promise: Promise<unknown>): Promise<DiscordAPIError> {
  return promise.then(
    (value) => assert.fail(`Expected a refusal, got ${JSON.stringify(value)}`),
    (error: unknown) => {
      assert.ok(error instanceof DiscordAPIError, String(error));
      return error;
    },
  );
}

const linkTo = (url: string) => [
  { type: 1, components: [{ type: 2, style: 5, label: 'Join meeting', url }] },
];
const press = (customId: string) => ({ type: 2, style: 2, label: 'Snooze', custom_id: customId });
const row = (...components: object[]) => ({ type: 1, components });

const worked = {
  content: 'Guest One joined Quarterly review, hosted by Host Two. 6 people are in.',
  embeds: [
    {
      title: 'Quarterly review',
      url: 'https://meet.example.com/quarterly-review',
      color: 9_399_272,
      fields: [
        { name: 'Host', value: 'Host Two', inline: true },
        { name: 'Joined', value: '<t:1739000000:R>', inline: true },
      ],
      footer: { text: 'VIP · Room 2' },
      timestamp: '2025-02-08T07:33:20.000Z',
    },
  ],
  components: [
    row(
      { type: 2, style: 5, label: 'Join meeting', url: 'https://meet.example.com/quarterly-review' },
      press('snooze:vip:1h:5b0d3c1e-6a52-5f0b-9c3e-1f6f2a7d9e01'),
    ),
  ],
  nonce: 'aJNpM8yZC5PYkeVY7GPTrmxU',
  enforce_nonce: true,
  allowed_mentions: { parse: [] },
  flags: 4096,
};

test('a complete notice is taken and shown as sent', async () => {
  await using discord = await DiscordStandIn.start();
  discord.addChannel(channel);
  await restFor(discord).post(Routes.channelMessages(channel), { body: worked });
  const [shown] = discord.visible(channel);
  assert.equal(shown?.content, worked.content);
  assert.deepEqual(shown.embeds, worked.embeds);
  assert.deepEqual(shown.components, worked.components);
  assert.equal(shown.flags, 4096);
});

const refused: Record<string, { body: object; path: string; code: string }> = {
  'content over 2000 characters': {
    body: { content: 'x'.repeat(2001) },
    path: 'content',
    code: 'BASE_TYPE_MAX_LENGTH',
  },
  'an empty field value': {
    body: {
      embeds: [
        {
          fields: [
            { name: 'a', value: 'b' },
            { name: 'Host', value: ' ' },
          ],
        },
      ],
    },
    path: 'embeds[0].fields[1].value',
    code: 'BASE_TYPE_REQUIRED',
  },
  'a field without a name': {
    body: { embeds: [{ fields: [{ value: 'b' }] }] },
    path: 'embeds[0].fields[0].name',
    code: 'BASE_TYPE_REQUIRED',
  },
  'an embed with nothing in it': {
    body: { content: 'x', embeds: [{ color: 1 }] },
    path: 'embeds[0].description',
    code: 'BASE_TYPE_REQUIRED',
  },
  'embeds of more than 6000 characters together': {
    body: { embeds: [{ description: 'x'.repeat(3500) }, { description: 'x'.repeat(2501) }] },
    path: 'embeds',
    code: 'MAX_EMBED_SIZE_EXCEEDED',
  },
  'eleven embeds': {
    body: { embeds: Array.from({ length: 11 }, () => ({ title: 'x' })) },
    path: 'embeds',
    code: 'BASE_TYPE_MAX_LENGTH',
  },
  'a title over 256 characters': {
    body: { embeds: [{ title: 'x'.repeat(257) }] },
    path: 'embeds[0].title',
    code: 'BASE_TYPE_MAX_LENGTH',
  },
  'a colour beyond white': {
    body: { embeds: [{ title: 'x', color: 0x1_00_00_00 }] },
    path: 'embeds[0].color',
    code: 'NUMBER_TYPE_MAX',
  },
  'a timestamp that is none': {
    body: { embeds: [{ title: 'x', timestamp: 'yesterday' }] },
    path: 'embeds[0].timestamp',
    code: 'DATE_TIME_TYPE_PARSE',
  },
  'a field Discord does not know': {
    body: { content: 'x', embed: {} },
    path: 'embed',
    code: 'UNKNOWN_FIELD',
  },
  'an address with a script in it': {
    body: { embeds: [{ title: 'x', url: 'javascript:alert(1)' }] },
    path: 'embeds[0].url',
    code: 'URL_TYPE_INVALID_SCHEME',
  },
  'a malformed button address': {
    body: { components: linkTo('meet.example.com/room one') },
    path: 'components[0].components[0].url',
    code: 'URL_TYPE_INVALID_URL',
  },
  'a label over 80 characters': {
    body: { components: [row({ ...press('a'), label: 'x'.repeat(81) })] },
    path: 'components[0].components[0].label',
    code: 'BASE_TYPE_MAX_LENGTH',
  },
  'the same custom id twice': {
    body: { components: [row(press('a')), row(press('a'))] },
    path: 'components[1].components[0].custom_id',
    code: 'COMPONENT_CUSTOM_ID_DUPLICATED',
  },
  'a button without a custom id': {
    body: { components: [row({ type: 2, style: 1, label: 'x' })] },
    path: 'components[0].components[0].custom_id',
    code: 'BUTTON_COMPONENT_CUSTOM_ID_REQUIRED',
  },
  'six buttons in a row': {
    body: { components: [row(...['a', 'b', 'c', 'd', 'e', 'f'].map(press))] },
    path: 'components[0].components',
    code: 'BASE_TYPE_MAX_LENGTH',
  },
  'a V2 component without the flag': {
    body: { components: [{ type: 10, content: 'x' }] },
    path: 'components[0].type',
    code: 'UNION_TYPE_CHOICES',
  },
  'content beside the V2 flag': {
    body: { content: 'x', flags: 32_768, components: [{ type: 10, content: 'x' }] },
    path: 'content',
    code: 'MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2',
  },
  'a mention type both parsed and listed': {
    body: { content: 'x', allowed_mentions: { parse: ['users'], users: ['80351110224678912'] } },
    path: 'allowed_mentions',
    code: 'MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE',
  },
  'a nonce over 25 characters': {
    body: { content: 'x', nonce: '5b0d3c1e-6a52-5f0b-9c3e-1f6f2a7d9e01' },
    path: 'nonce',
    code: 'BASE_TYPE_MAX_LENGTH',
  },
  'an unknown flag': {
    body: { content: 'x', flags: 64 },
    path: 'flags',
    code: 'BASE_TYPE_CHOICES',
  },
};

for (const [what, { body, path, code }] of Object.entries(refused)) {
  test(`${what} is refused at ${path}`, async () => {
    await using discord = await DiscordStandIn.start();
    discord.addChannel(channel);
    const error = await refusalOf(restFor(discord).post(Routes.channelMessages(channel), { body }));
    assert.equal(error.code, 50_035);
    assert.equal(error.status, 400);
    assert.ok(error.message.includes(`${path}[${code}]`), error.message);
    assert.deepEqual(discord.visible(channel), []);
  });
}

test('the error tree is keyed by field names and array indexes', async () => {
  await using discord = await DiscordStandIn.start();
  discord.addChannel(channel);
  const body = {
    embeds: [
      {
        fields: [
          { name: 'a', value: 'b' },
          { name: 'Host', value: '' },
        ],
      },
    ],
  };
  const error = await refusalOf(restFor(discord).post(Routes.channelMessages(channel), { body }));
  const missing = { code: 'BASE_TYPE_REQUIRED', message: 'This field is required' };
  assert.deepEqual(error.rawError, {
    message: 'Invalid Form Body',
    code: 50_035,
    errors: { embeds: { 0: { fields: { 1: { value: { _errors: [missing] } } } } } },
  });
});

for (const body of [{}, { content: ' \n' }, { content: '', embeds: [], components: [] }]) {
  test(`the message ${JSON.stringify(body)} is empty`, async () => {
    await using discord = await DiscordStandIn.start();
    discord.addChannel(channel);
    const error = await refusalOf(restFor(discord).post(Routes.channelMessages(channel), { body }));
    assert.equal(error.code, 50_006);
  });
}

test('a webhook posts, edits and deletes its own messages without a bot token', async () => {
  await using discord = await DiscordStandIn.start();
  discord.addChannel(channel);
  const rest = restFor(discord);
  const path = new URL(discord.webhookUrl(channel)).pathname.replace('/api', '') as `/${string}`;
  const execute = (query: Record<string, string>, body: object) =>
    rest.post(path, { auth: false, query: new URLSearchParams(query), body });
  const sent = await execute({ wait: 'true' }, { content: '<@80351110224678912> @everyone' });
  assert.ok(typeof sent === 'object' && sent !== null && 'id' in sent && 'webhook_id' in sent);
  const own = `${path}/messages/${String(sent.id)}` as const;
  assert.deepEqual(discord.visible(channel)[0]?.mentions, {
    everyone: false,
    users: ['80351110224678912'],
    roles: [],
  });
  await rest.patch(own, { auth: false, body: { content: 'corrected' } });
  assert.equal(discord.visible(channel)[0]?.content, 'corrected');
  await rest.delete(own, { auth: false });
  assert.deepEqual(discord.visible(channel), []);

  const button = { content: 'x', components: linkTo('https://meet.example.com') };
  await execute({}, button);
  assert.deepEqual(discord.visible(channel)[0]?.components, []);
  await execute({ with_components: 'true' }, button);
  assert.equal(discord.visible(channel)[1]?.components.length, 1);
  const interactive = { content: 'x', components: [row(press('a'))] };
  assert.equal((await refusalOf(execute({ with_components: 'true' }, interactive))).code, 50_035);
  assert.equal((await refusalOf(execute({}, { content: 'x', username: 'My Discord' }))).code, 50_035);
  assert.equal((await refusalOf(execute({}, { content: 'x', thread_name: 'x' }))).code, 220_003);

  const forged = `${path}x` as const;
  assert.equal((await refusalOf(rest.post(forged, { auth: false, body: { content: 'x' } }))).code, 50_027);
  discord.deleteWebhook(channel);
  assert.equal((await refusalOf(execute({ wait: 'true' }, { content: 'x' }))).code, 10_015);
});

test('a webhook in a forum needs exactly one of thread name and thread id', async () => {
  await using discord = await DiscordStandIn.start();
  discord.addChannel(channel, { kind: 'forum' });
  const rest = restFor(discord);
  const path = new URL(discord.webhookUrl(channel)).pathname.replace('/api', '') as `/${string}`;
  const execute = (query: Record<string, string>, body: object) =>
    rest.post(path, { auth: false, query: new URLSearchParams({ wait: 'true', ...query }), body });
  assert.equal((await refusalOf(execute({}, { content: 'x' }))).code, 220_001);
  await execute({}, { content: 'post', thread_name: 'Weekly sync' });
  const [post] = discord.visible(channel);
  assert.ok(post !== undefined);
  const both = { content: 'x', thread_name: 'Weekly sync' };
  assert.equal((await refusalOf(execute({ thread_id: post.id }, both))).code, 220_002);
  await execute({ thread_id: post.id }, { content: 'reply' });
  assert.equal(discord.visible(channel)[0]?.thread?.[0]?.content, 'reply');
});
