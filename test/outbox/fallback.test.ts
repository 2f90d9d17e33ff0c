import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Edited } from '#destinations/destination.ts';
import { until } from '#test/service.ts';
import { minutes, Outbox, place, refused, sent, waiting } from './setup.ts';

test('a message that a destination refuses goes to its fallback at once, and only there', async () => {
  const gone = place({ send: () => refused });
  const archive = place({});
  await using outbox = await Outbox.open((name) => (name === 'archive' ? archive : gone));
  outbox.dispatcher.start();
  await outbox.enqueue(waiting('m', { fallback: 'archive', isHigh: true }));
  await until('both', () => outbox.settled.length === 2);
  const { state, reason } = await outbox.read('m');
  assert.deepEqual([state, reason], ['dead', 'archived; it goes to archive instead']);
  const [copy] = await outbox.store.listDeliveries({ destinations: ['archive'], limit: 10 });
  assert.deepEqual(
    [copy?.state, copy?.message.sentence, copy?.isHigh, copy?.fallback],
    ['sent', [{ kind: 'text', text: 'm' }], true, undefined],
  );
  assert.deepEqual([gone.sends.length, archive.sends.length], [1, 1]);
});

test('without a fallback it waits for the destination', async () => {
  const gone = place({ send: () => refused });
  await using outbox = await Outbox.open(() => gone);
  outbox.dispatcher.start();
  await outbox.enqueue(waiting('m'));
  await until('the try', () => outbox.settled.length === 1);
  assert.equal((await outbox.read('m')).state, 'waiting');
});

test('a message that no time can deliver goes to its fallback in the end; a fallback that is closed says so', async () => {
  const never = place({ send: () => ({ kind: 'refused', scope: 'message', reason: 'invalid_blocks' }) });
  await using outbox = await Outbox.open((name) => (name === 'sales' ? never : { closed: 'no credentials' }));
  outbox.dispatcher.start();
  await outbox.enqueue(waiting('m', { fallback: 'archive' }));
  await until('the end', async () => (await outbox.read('m')).state === 'dead');
  const [copy] = await outbox.store.listDeliveries({ destinations: ['archive'], limit: 10 });
  assert.deepEqual([copy?.state, copy?.reason], ['suppressed', 'no credentials']);
});

test('a message that replaces another waits for it, edits it, and is posted where it is gone', async () => {
  const edits: string[] = [];
  let answer: Edited = sent;
  let isBusy = true;
  const sales = {
    ...place({ send: () => (isBusy ? { kind: 'later' as const, reason: 'busy' } : sent) }),
    edit: async ({ deliveryId }: { deliveryId: string }) => {
      edits.push(deliveryId);
      return answer;
    },
  };
  await using outbox = await Outbox.open(() => sales);
  outbox.dispatcher.start();
  await outbox.enqueue(
    waiting('first', { session: 's' }),
    waiting('second', { session: 's', edits: 'first' }),
  );
  await until('the first try', () => outbox.settled.length === 1);
  assert.deepEqual(edits, [], 'nothing is edited before it is there');
  isBusy = false;
  outbox.clock.advance(20 * minutes);
  outbox.dispatcher.wake();
  await until('both', async () => (await outbox.read('second')).state === 'sent');
  assert.deepEqual(edits, ['second']);
  answer = { kind: 'gone', reason: 'message_not_found' };
  await outbox.enqueue(waiting('third', { session: 's', edits: 'first' }));
  await until('the third', async () => (await outbox.read('third')).state === 'sent');
  assert.deepEqual([edits, sales.sends.filter((id) => id === 'third')], [['second', 'third'], ['third']]);
});
