import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Artifact } from '#domain/artifact.ts';
import { LinkControl } from '#links/control.ts';
import { artifactLink } from '#links/link.ts';
import { openLink } from '#links/open.ts';
import { LinkTokens } from '#links/token.ts';
import { createLogger } from '#runtime/logger.ts';
import { Redactor } from '#runtime/redactor.ts';
import { plugnmeet } from '#sources/plugnmeet.ts';
import { PlugNmeetStandIn } from '#test/plugnmeet.ts';
import { temporaryStore } from '#test/stores.ts';
import { plainTools } from '#test/vectors.ts';
import { claimedSequence, settle, step } from '../store/samples.ts';
import { after, day, handmade, secret } from './setup.ts';

const api = { key: 'plugnmeet-key', secret: 'plugnmeet-secret' };

/** A link that was posted on day 1 to a recording of a plugNmeet server, and a clock. */
async function posted(options?: { expiresMs?: number; secrets?: readonly string[] }) {
  let today = after(0);
  let secrets = options?.secrets ?? [secret];
  const now = () => today;
  const logs: string[] = [];
  const write = (line: string) => void logs.push(line);
  const logger = await createLogger({ level: 'debug', format: 'json', redactor: new Redactor(), write });
  const server = await PlugNmeetStandIn.start({ ...api, now });
  server.addRecording('rec-1', 'the film');
  const store = await temporaryStore({ now });
  const source = plugnmeet.open(
    'meet',
    { url: server.url, keys: { [api.key]: api.secret } },
    { ...plainTools, fetch },
  );
  const maker = {
    publicUrl: 'https://callboard.example',
    tokens: new LinkTokens(secrets),
    opens: () => source.opens,
    now,
  };
  const recording = { id: 'rec-1' };
  const facts = { source: { name: 'meet' }, session: { id: 'S1' }, recording };
  const link = artifactLink(maker, facts, recording, options);
  assert.ok(link);
  const keep = async (artifact: Artifact) =>
    settle(store, step(await claimedSequence(store, 'linked'), { artifacts: [artifact] }));
  await keep(link.artifact);
  const control = () => new LinkControl({ store, tokens: new LinkTokens(secrets), now });
  return {
    link,
    server,
    store,
    logs,
    keep,
    control,
    onDay: (number: number) => {
      today = after((number - 1) * day);
    },
    rotate: (next: readonly string[]) => {
      secrets = next;
    },
    click: async (token = link.url.split('/').at(-1) ?? '') => {
      const answer = await openLink(
        { token, method: 'GET', userAgent: 'Firefox', address: '203.0.113.9' },
        {
          tokens: new LinkTokens(secrets),
          find: (id) => store.findArtifact(id),
          open: ({ reference }) => source.open(reference),
          clicks: { record: (each) => store.addLinkClick(each), pseudonym: () => 'somebody' },
          now,
          logger,
        },
      );
      return 'location' in answer
        ? answer
        : { status: answer.status, title: /<h1>(.*)<\/h1>/.exec(answer.html)?.[1] };
    },
    async [Symbol.asyncDispose]() {
      await store[Symbol.asyncDispose]();
      await server.stop();
    },
  };
}

async function film(answer: object): Promise<string> {
  assert.ok('location' in answer && typeof answer.location === 'string', JSON.stringify(answer));
  return (await fetch(answer.location)).text();
}

test('a link that was posted on day 1 opens on day 29 with a token of that moment', async () => {
  await using life = await posted();
  const first = await life.click();
  assert.equal(await film(first), 'the film');
  life.onDay(29);
  assert.ok('location' in first);
  assert.equal((await fetch(first.location)).status, 401, 'the token of day 1 has ended');
  await life.store.prune(after(28 * day));
  assert.equal(await film(await life.click()), 'the film');
});

test('on day 31 it has expired, also once its file is forgotten', async () => {
  await using life = await posted();
  life.onDay(31);
  const expired = { status: 410, title: 'This link has expired' };
  assert.deepEqual(await life.click(), expired);
  assert.equal(await life.store.prune(after(30 * day + 1)), 1);
  assert.deepEqual(await life.click(), expired);
  assert.deepEqual(life.server.calls, []);
});

test('with a shorter life it ends earlier, and a longer one of the same file is left alone', async () => {
  await using life = await posted({ expiresMs: 7 * day });
  life.onDay(7);
  assert.equal(await film(await life.click()), 'the film');
  await life.keep({ ...life.link.artifact, expiresAt: after(30 * day).toISOString() });
  life.onDay(9);
  assert.equal((await life.click()).status, 410);
  assert.equal(await life.store.prune(after(8 * day)), 0);
  const longer = new LinkTokens([secret]).sign(life.link.artifact.id, after(30 * day));
  assert.equal(await film(await life.click(longer)), 'the film');
});

test('after it was revoked it opens no more, and neither does a link that is posted later', async () => {
  await using life = await posted();
  const order = { target: { link: life.link.url }, because: 'shared by mistake' };
  assert.deepEqual(await life.control().revoke(order), { kind: 'done', revoked: 1 });
  const revoked = { status: 410, title: 'This link was revoked' };
  assert.deepEqual(await life.click(), revoked);
  const expiresAt = after(60 * day);
  await life.keep({ ...life.link.artifact, expiresAt: expiresAt.toISOString() });
  assert.deepEqual(
    await life.click(new LinkTokens([secret]).sign(life.link.artifact.id, expiresAt)),
    revoked,
  );
  assert.deepEqual(life.server.calls, []);
});

test('a deleted file, a platform that is down and a token that was tampered with have a page each', async () => {
  await using life = await posted();
  life.server.fail('500', 'refused');
  const down = { status: 502, title: 'The meeting platform does not answer' };
  assert.deepEqual([await life.click(), await life.click()], [down, down]);
  life.server.deleteFile('rec-1');
  assert.deepEqual(await life.click(), { status: 410, title: 'This file was deleted' });
  await life.server.stop();
  assert.deepEqual(await life.click(), down);
  const token = life.link.url.split('/').at(-1) ?? '';
  const [head, body, signature] = token.split('.');
  const others = [
    token.slice(0, -4),
    `${head}.${body}.`,
    `${head}.${Buffer.from('{"sub":"x"}').toString('base64url')}.${signature}`,
    handmade({ alg: 'none' }, { sub: life.link.artifact.id, exp: 9e9, aud: 'callboard-artifact' }, secret),
    '%2e%2e',
    '../admin',
    'x'.repeat(10_000),
  ];
  for (const each of others)
    assert.deepEqual(await life.click(each), { status: 404, title: 'This link is not valid' });
});

test('what is kept and logged of clicks tells what happened and no secret', async () => {
  await using life = await posted();
  const opened = await life.click();
  life.server.fail('500');
  await life.click();
  life.onDay(31);
  await life.click();
  const [listed] = await life.control().list({ since: after(0), limit: 9 });
  assert.equal(listed?.clickCount, 3);
  assert.deepEqual(
    listed.clicks.map(({ outcome, reason, reader, at }) => [outcome, reason, reader, at]),
    [
      ['expired', undefined, 'somebody', after(30 * day).toISOString()],
      ['unavailable', 'plugNmeet answered 500', 'somebody', after(0).toISOString()],
      ['open', undefined, 'somebody', after(0).toISOString()],
    ],
  );
  const told = `${JSON.stringify(listed)}${life.logs.join('')}`;
  assert.ok('location' in opened);
  const tokens = [opened.location.split('/').at(-1) ?? '?', life.link.url.split('/').at(-1) ?? '?'];
  for (const text of [...tokens, secret, api.secret, 'rec-1', '203.0.113.9'])
    assert.ok(!told.includes(text), text);
});

test('links survive the replacement of the secret until the old one is taken away', async () => {
  await using life = await posted();
  life.rotate(['another-link-secret', secret]);
  assert.equal(await film(await life.click()), 'the film');
  life.rotate(['another-link-secret']);
  assert.equal((await life.click()).status, 404);
});
