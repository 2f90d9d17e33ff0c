import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { failureOutcome } from '#destinations/failure.ts';
import { sendJson, webhookLane } from '#destinations/incoming-webhook.ts';

test('a redirect is not followed: the body and the address belong to one host', async () => {
  const seen: string[] = [];
  const server = createServer((request, response) => {
    seen.push(request.url ?? '');
    response.writeHead(307, { location: '/elsewhere' }).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  const { port }: AddressInfo = JSON.parse(JSON.stringify(server.address()));
  try {
    const url = new URL(`http://127.0.0.1:${port}/hook-secret`);
    const error: unknown = await sendJson(fetch, 'POST', url, {}, { timeoutMs: 2000 }).catch(
      (thrown: unknown) => thrown,
    );
    const outcome = failureOutcome('Slack', error);
    assert.ok(outcome.kind === 'refused' && outcome.scope === 'destination');
    assert.doesNotMatch(outcome.reason, /hook-secret/);
    assert.deepEqual(seen, ['/hook-secret']);
  } finally {
    server.close();
    server.closeAllConnections();
  }
});

test('the lane of a webhook is its own, always the same, and hides the address', () => {
  const one = new URL('https://hooks.slack.com/services/T0/B0/hook-secret');
  const other = new URL('https://hooks.slack.com/services/T0/B0/other-secret');
  assert.match(webhookLane('slack', one), /^slack:webhook:[0-9a-f]{8}$/);
  assert.equal(webhookLane('slack', one), webhookLane('slack', new URL(one)));
  assert.notEqual(webhookLane('slack', one), webhookLane('slack', other));
});
