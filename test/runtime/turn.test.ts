import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createTurn } from '#runtime/turn.ts';

test('all that arrive in one turn of the event loop go on together, in their order', async () => {
  const turn = createTurn();
  const order: string[] = [];
  const arrive = async (name: string) => {
    order.push(`${name} arrives`);
    await turn();
    order.push(`${name} goes on`);
  };
  const first = [arrive('a'), arrive('b'), Promise.resolve().then(() => arrive('c'))];
  await Promise.all(first);
  assert.deepEqual(order, ['a arrives', 'b arrives', 'c arrives', 'a goes on', 'b goes on', 'c goes on']);
});

test('who arrives later waits for the next turn', async () => {
  const turn = createTurn();
  await turn();
  let hasGoneOn = false;
  const later = turn().then(() => (hasGoneOn = true));
  await Promise.resolve();
  assert.equal(hasGoneOn, false);
  await later;
  assert.equal(hasGoneOn, true);
});
