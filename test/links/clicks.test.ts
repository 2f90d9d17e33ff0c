import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Artifact, LinkClick, Opened } from '#domain/artifact.ts';
import { openLink } from '#links/open.ts';
import { LinkTokens } from '#links/token.ts';
import { createLogger } from '#runtime/logger.ts';
import { Redactor } from '#runtime/redactor.ts';
import { after, day, linkTo, now, secret } from './setup.ts';

const logs: string[] = [];
const logger = await createLogger({
  level: 'debug',
  format: 'json',
  redactor: new Redactor(),
  write: (line) => void logs.push(line),
});
const made = linkTo('recording', { id: 'r1' }, ['recording']);
assert.ok(made);
const token = made.url.split('/').at(-1) ?? '';
const fresh: Opened = { kind: 'open', url: 'https://files.example/one-time?token=fresh' };

type Choice = {
  readonly method?: string;
  readonly userAgent?: string;
  readonly address?: string;
  readonly token?: string;
  readonly at?: Date;
  readonly artifact?: Artifact | undefined;
  readonly opened?: Opened;
  readonly record?: (click: LinkClick) => Promise<void>;
};

/** Clicks; tells the status of the answer and what was kept. */
async function click(choice: Choice = {}): Promise<readonly [number, readonly LinkClick[]]> {
  const kept: LinkClick[] = [];
  const { method = 'GET', userAgent = 'Firefox', address } = choice;
  const answer = await openLink(
    { token: choice.token ?? token, method, userAgent, address },
    {
      tokens: new LinkTokens([secret]),
      find: async () => ('artifact' in choice ? choice.artifact : made?.artifact),
      open: async () => choice.opened ?? fresh,
      clicks: {
        record: choice.record ?? (async (each) => void kept.push(each)),
        pseudonym: (text) => `hash of ${text}`,
      },
      now: () => choice.at ?? now,
      logger,
    },
  );
  return [answer.status, kept];
}

const revocation = { at: now.toISOString(), because: 'x' };
const outcomes: readonly (readonly [string, Choice, number, Partial<LinkClick>])[] = [
  ['opens', {}, 302, { outcome: 'open' }],
  ['expired', { at: after(31 * day) }, 410, { outcome: 'expired', at: after(31 * day).toISOString() }],
  ['was revoked', { artifact: { ...made.artifact, revocation } }, 410, { outcome: 'revoked' }],
  ['is gone', { opened: { kind: 'gone', reason: 'why' } }, 410, { outcome: 'gone', reason: 'why' }],
  ['ended', { opened: { kind: 'ended', reason: 'why' } }, 410, { outcome: 'ended', reason: 'why' }],
  ['is pending', { opened: { kind: 'pending', reason: 'why' } }, 503, { outcome: 'pending', reason: 'why' }],
  [
    'is unavailable',
    { opened: { kind: 'unavailable', reason: 'why' } },
    502,
    { outcome: 'unavailable', reason: 'why' },
  ],
  [
    'leads to no address',
    { opened: { kind: 'open', url: 'javascript:alert(1)' } },
    502,
    { outcome: 'unavailable', reason: 'the source gave no http(s) address' },
  ],
];

for (const [what, choice, status, expected] of outcomes) {
  test(`a click on a link that ${what} is kept with its file`, async () => {
    const basis = { artifactId: made.artifact.id, at: now.toISOString(), userAgent: 'Firefox' };
    assert.deepEqual(await click(choice), [status, [{ ...basis, ...expected }]]);
  });

  test(`previewers and HEAD leave no trace on a link that ${what}`, async () => {
    for (const more of [{ method: 'HEAD' }, { userAgent: 'Slackbot-LinkExpanding 1.0' }])
      assert.deepEqual((await click({ ...choice, ...more }))[1], []);
  });
}

test('forged links and files that nobody knows leave nothing', async () => {
  assert.deepEqual(await click({ token: `${token}x` }), [404, []]);
  assert.deepEqual(await click({ artifact: undefined }), [404, []]);
});

test('the address of a reader is kept as a keyed hash only, the same for both forms of an IPv4 address', async () => {
  const [, [one]] = await click({ address: '203.0.113.9' });
  const [, [other]] = await click({ address: '::ffff:203.0.113.9' });
  assert.equal(one?.reader, 'hash of reader 203.0.113.9');
  assert.equal(other?.reader, one?.reader);
  assert.ok(!('reader' in ((await click())[1][0] ?? {})));
});

test('a user agent is kept in one line and not longer than it helps', async () => {
  const [, [kept]] = await click({ userAgent: `Fire\u202efox\r\n\u0000${'x'.repeat(5000)}` });
  assert.ok(kept !== undefined && kept.userAgent.length <= 200);
  assert.match(kept.userAgent, /^Firefox x+…$/);
});

test('a reader gets the file when the click cannot be kept, and the log tells', async () => {
  const [status] = await click({ record: () => Promise.reject(new Error('the disk is full')) });
  assert.equal(status, 302);
  assert.match(logs.join(''), /could not be kept/);
});

test('the click is kept before the reader is answered', async () => {
  const order: string[] = [];
  const opening = click({
    record: async () => {
      await new Promise((resolve) => setImmediate(resolve));
      order.push('kept');
    },
  });
  await opening.then(() => order.push('answered'));
  assert.deepEqual(order, ['kept', 'answered']);
});
