import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DiscordAPIError, HTTPError, RateLimitError } from '@discordjs/rest';
import { discordOutcome } from '#destinations/discord-outcome.ts';
import type { Outcome } from '#domain/delivery.ts';

const url = 'https://discord.com/api/v10/channels/1/messages';
const api = (status: number, code: number, message = 'Refused') =>
  new DiscordAPIError({ code, message }, code, status, 'POST', url, { body: {} });

function verdictOf(outcome: Outcome): string {
  return outcome.kind === 'refused' ? `refused ${outcome.scope}` : outcome.kind;
}

const codes: Readonly<Record<string, readonly number[]>> = {
  'refused destination': [
    10003, 10004, 10015, 50027, 50001, 50013, 50008, 50024, 50083, 160005, 160002, 40058, 40067, 220001,
    220002, 220003, 220004, 10013, 50003, 50007, 50033, 50278,
  ],
  'refused credential': [40001, 50014, 50025, 40333, 50041],
  'refused message': [50006, 50035, 40005, 50045, 50109, 50068, 50005, 200000, 200001, 240000, 10008],
  later: [
    20016, 20022, 20028, 20029, 30046, 40003, 40004, 40006, 40062, 110000, 110001, 130000, 160006, 160007,
  ],
};

for (const [verdict, list] of Object.entries(codes)) {
  test(`Discord's codes of the group "${verdict}"`, () => {
    assert.ok(list.length > 0);
    for (const code of list) {
      const outcome = discordOutcome(api(400, code), 0);
      assert.equal(verdictOf(outcome), verdict, String(code));
      assert.ok(outcome.kind !== 'sent' && outcome.reason.startsWith(`Discord: ${code} — `), String(code));
    }
  });
}

test('a dead webhook says nothing about the bot', () => {
  assert.equal(verdictOf(discordOutcome(api(401, 50027), 0)), 'refused destination');
});

test('without a code the status decides', () => {
  assert.equal(verdictOf(discordOutcome(api(401, 0), 0)), 'refused credential');
  assert.equal(verdictOf(discordOutcome(api(403, 0), 0)), 'refused destination');
  assert.equal(verdictOf(discordOutcome(api(404, 0), 0)), 'refused destination');
});

test('an unknown code is temporary for three minutes and then the fault of the message', () => {
  assert.equal(verdictOf(discordOutcome(api(400, 987_654), 0)), 'later');
  assert.equal(verdictOf(discordOutcome(api(400, 987_654), 180_000)), 'refused message');
});

test('field errors are told', () => {
  const outcome = discordOutcome(api(400, 50035, 'Invalid Form Body\nembeds[0].title[X]: too long'), 0);
  assert.ok(outcome.kind === 'refused');
  assert.match(outcome.reason, /Invalid Form Body embeds\[0\]\.title\[X\]: too long/);
});

const limit = {
  timeToReset: 0,
  limit: 5,
  method: 'POST',
  hash: 'x',
  url,
  route: '/channels/:id/messages',
  majorParameter: '1',
  global: false,
  sublimitTimeout: 0,
  scope: 'user',
} as const;

function pauseOf(retryAfter: number): number | undefined {
  const outcome = discordOutcome(new RateLimitError({ ...limit, retryAfter }), 0);
  return outcome.kind === 'later' && outcome.pausesLane === true ? outcome.afterMs : undefined;
}

test('a 429 pauses the lane for as long as it says, and for a minute when it says nothing', () => {
  assert.equal(pauseOf(2050), 2050);
  assert.equal(pauseOf(50), 1000);
  assert.equal(pauseOf(0), 60_000);
});

test('a block at the edge of the network is waited out', () => {
  const html = Object.assign(api(403, 0), { code: undefined });
  assert.deepEqual(discordOutcome(html, 0), {
    kind: 'later',
    reason: 'Discord: HTTP 403 at the edge of its network — it blocks us for a while',
    afterMs: 60_000,
    pausesLane: true,
  });
});

const coded = (code: string) => Object.assign(new Error('connect'), { code });

test('what never left us is sent later, what was cut off is ambiguous', () => {
  assert.equal(verdictOf(discordOutcome(coded('ECONNREFUSED'), 0)), 'later');
  assert.equal(verdictOf(discordOutcome(coded('ENOTFOUND'), 0)), 'later');
  assert.equal(verdictOf(discordOutcome(new Error('Request aborted manually'), 0)), 'later');
  assert.equal(verdictOf(discordOutcome(coded('ECONNRESET'), 0)), 'unknown');
  assert.equal(verdictOf(discordOutcome(coded('UND_ERR_SOCKET'), 0)), 'unknown');
  assert.equal(verdictOf(discordOutcome(new DOMException('aborted', 'AbortError'), 0)), 'unknown');
  assert.equal(verdictOf(discordOutcome(new SyntaxError('Unexpected end of JSON input'), 0)), 'unknown');
  assert.equal(verdictOf(discordOutcome(new HTTPError(502, 'Bad Gateway', 'POST', url, {}), 0)), 'unknown');
  assert.equal(verdictOf(discordOutcome(undefined, 0)), 'unknown');
});

test('a client without its token is a matter of the credential', () => {
  const forgotten = new Error('Expected token to be set for this request, but none was present');
  assert.equal(verdictOf(discordOutcome(forgotten, 0)), 'refused credential');
});

test('no reason holds an address or a token', () => {
  const errors = [
    new TypeError('Headers.append: "Bot secret.secret" is an invalid header value'),
    new Error('no way to https://discord.com/api/webhooks/1/secret'),
    api(400, 987_654, 'see https://discord.com/api/webhooks/1/secret'),
    new HTTPError(500, 'secret', 'POST', 'https://discord.com/api/webhooks/1/secret', {}),
  ];
  for (const error of errors) {
    const outcome = discordOutcome(error, 0);
    assert.ok(outcome.kind !== 'sent');
    assert.doesNotMatch(outcome.reason, /secret|discord\.com/);
  }
});
