import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Artifact, Opened } from '#domain/artifact.ts';
import { type Answer, openLink } from '#links/open.ts';
import { LinkTokens } from '#links/token.ts';
import { createLogger } from '#runtime/logger.ts';
import { Redactor } from '#runtime/redactor.ts';
import { after, day, linkTo, now, secret } from './setup.ts';

const fresh = 'https://files.example/one-time?token=fresh';
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

type Choice = {
  readonly method?: string;
  readonly userAgent?: string;
  readonly token?: string;
  readonly at?: Date;
  readonly artifact?: Artifact | undefined;
  readonly opened?: Opened;
  readonly isStoreDown?: boolean;
  readonly open?: () => Promise<Opened>;
};

/** Clicks; tells the answer and how often the platform was asked. */
async function click(choice: Choice = {}): Promise<{ answer: Answer; asked: number }> {
  let asked = 0;
  const { method = 'GET', userAgent = firefox, opened = { kind: 'open', url: fresh } } = choice;
  const artifact = 'artifact' in choice ? choice.artifact : made?.artifact;
  const answer = await openLink(
    { token: choice.token ?? token, method, userAgent },
    {
      tokens: new LinkTokens([secret]),
      find: async (id) => {
        if (choice.isStoreDown === true) throw new Error('the disk is gone');
        return id === artifact?.id ? artifact : undefined;
      },
      open: async () => {
        asked++;
        return choice.open?.() ?? opened;
      },
      now: () => choice.at ?? now,
      logger,
    },
  );
  return { answer, asked };
}

const revoked = { ...made.artifact, revocation: { at: now.toISOString(), because: 'a secret reason' } };

function status(answer: Answer): number {
  return answer.status;
}

const firefox = 'Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0';

const browsers: readonly string[] = [
  firefox,
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36',
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36 Edg/126.0.0.0',
  'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Safari/605.1.15',
  'Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1',
  'Mozilla/5.0 (Linux; Android 10; CUBOT X30) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Mobile Safari/537.36',
  'Mozilla/5.0 (Linux; Android 9; Cubot_Note_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Mobile Safari/537.36',
  'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Slack/4.38.125 Chrome/126.0.0.0 Electron/31.0.0 Safari/537.36',
  'curl/8.5.0',
  '',
];

const previewers: readonly string[] = [
  'Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)',
  'Slackbot 1.0 (+https://api.slack.com/robots)',
  'Slack-ImgProxy (+https://api.slack.com/robots)',
  'Mozilla/5.0 (compatible; Discordbot/2.0; +https://discordapp.com)',
  'Twitterbot/1.0',
  'LinkedInBot/1.0 (compatible; Mozilla/5.0; Apache-HttpClient +http://www.linkedin.com)',
  'TelegramBot (like TwitterBot)',
  'WhatsApp/2.23.20.0',
  'facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)',
  'Mozilla/5.0 (Windows NT 6.1; WOW64) SkypeUriPreview Preview/0.5 skype-url-preview@microsoft.com',
  'Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; Googlebot/2.1; +http://www.google.com/bot.html) Chrome/126.0.0.0 Safari/537.36',
  'Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)',
  'Mozilla/5.0 (compatible; Embedly/0.2; +http://support.embed.ly/)',
  'Iframely/1.3.1 (+https://iframely.com/docs/about)',
  'Mozilla/5.0 (compatible; Yahoo! Slurp; http://help.yahoo.com/help/us/ysearch/slurp)',
  'Synapse (bot; +https://github.com/matrix-org/synapse)',
  'Mattermost-Bot/1.1',
  'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/126.0.0.0 Safari/537.36',
  'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_11_1) AppleWebKit/601.2.4 (KHTML, like Gecko) Version/9.0.1 Safari/601.2.4 facebookexternalhit/1.1 Facebot Twitterbot/1.0',
];

for (const userAgent of browsers) {
  test(`a reader with ${userAgent || 'no user agent'} is sent to a fresh address`, async () => {
    const { answer, asked } = await click({ userAgent });
    assert.deepEqual([answer, asked], [{ status: 302, location: fresh }, 1]);
  });
}

for (const userAgent of previewers) {
  test(`${userAgent} gets a page and the platform is not asked`, async () => {
    const { answer, asked } = await click({ userAgent });
    assert.deepEqual([status(answer), asked, 'location' in answer], [200, 0, false]);
  });
}

test('HEAD gets a page and the platform is not asked', async () => {
  const { answer, asked } = await click({ method: 'HEAD' });
  assert.deepEqual([status(answer), asked, 'location' in answer], [200, 0, false]);
});

const refusals: readonly (readonly [string, Choice, number, RegExp, number])[] = [
  ['forged', { token: `${token}x` }, 404, /not valid/, 0],
  ['expired', { at: after(31 * day) }, 410, /expired/, 0],
  ['that was revoked', { artifact: revoked }, 410, /revoked/, 0],
  ['to a file we do not know', { artifact: undefined }, 404, /nowhere/, 0],
  ['while the store is down', { isStoreDown: true }, 503, /cannot look this up/, 0],
  ['to a deleted file', { opened: { kind: 'gone', reason: 'NOT_FOUND' } }, 410, /deleted/, 1],
  ['to a file that ended', { opened: { kind: 'ended', reason: 'X' } }, 410, /no longer be opened/, 1],
  ['to a file that is not ready', { opened: { kind: 'pending', reason: 'X' } }, 503, /not ready/, 1],
  [
    'while its source fails',
    { open: () => Promise.reject(new Error('a secret reason')) },
    502,
    /does not answer/,
    1,
  ],
  [
    'while the platform is down',
    { opened: { kind: 'unavailable', reason: 'timeout' } },
    502,
    /does not answer/,
    1,
  ],
];

for (const [what, choice, expected, title, calls] of refusals) {
  test(`a link ${what} is answered ${expected} with a page that says so`, async () => {
    const { answer, asked } = await click(choice);
    assert.ok('html' in answer);
    assert.deepEqual([answer.status, asked], [expected, calls]);
    assert.match(answer.html, title);
  });

  test(`a link ${what} is answered the same to HEAD and previewers, or with the page for them`, async () => {
    for (const more of [{ method: 'HEAD' }, { userAgent: previewers[0] ?? '' }]) {
      const { answer, asked } = await click({ ...choice, ...more });
      assert.deepEqual([answer.status, asked], [calls === 0 ? expected : 200, 0]);
    }
  });
}

test('a page carries nothing that came from outside', async () => {
  const hostile = '"><script>alert(1)</script>';
  const answers = [
    await click({ token: hostile }),
    await click({ userAgent: `bot ${hostile}` }),
    await click({ opened: { kind: 'gone', reason: hostile } }),
    await click({ opened: { kind: 'unavailable', reason: hostile } }),
    await click({ artifact: revoked }),
    await click({ open: () => Promise.reject(new Error(hostile)) }),
  ];
  for (const { answer } of answers) {
    assert.ok('html' in answer);
    assert.doesNotMatch(answer.html, /<script|alert|"r1"|S1|a secret reason/);
    assert.match(answer.html, /<meta name="robots" content="noindex">/);
  }
});

test('why a link could not be opened is in the log, and neither its token nor the fresh address is', async () => {
  logs.length = 0;
  await click({ opened: { kind: 'unavailable', reason: 'the server answers 500' } });
  await click({ isStoreDown: true });
  await click();
  const text = logs.join('');
  assert.match(text, /the server answers 500/);
  assert.match(text, /could not be looked up/);
  assert.match(text, /the disk is gone/);
  assert.match(text, new RegExp(made.artifact.id));
  assert.ok(!text.includes(token) && !text.includes('files.example'));
});
