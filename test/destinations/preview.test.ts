import assert from 'node:assert/strict';
import { test } from 'node:test';
import { preview } from '#destinations/preview.ts';
import { recordingMissing, vipJoined } from './example-messages.ts';
import { credentialsFor, opened, outgoing, toolsWith } from './tools.ts';

const fetch = () => assert.fail('a preview calls nobody');

test('a preview takes every message and every edit, and sends nothing', async () => {
  const destination = await opened(preview, {}, { ...toolsWith(credentialsFor({})), fetch });
  const outcome = await destination.send(outgoing(vipJoined));
  assert.ok(outcome.kind === 'sent');
  assert.deepEqual(await destination.edit?.(outgoing(recordingMissing), outcome.receipt), outcome);
});
