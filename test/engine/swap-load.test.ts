import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { NewDelivery } from '#domain/delivery.ts';
import type { MeetingEvent } from '#domain/event.ts';
import { plainText } from '#domain/message.ts';
import { Processor } from '#engine/processor.ts';
import { stage } from '#rehearsal/stage.ts';
import { createLogger } from '#runtime/logger.ts';
import { Redactor } from '#runtime/redactor.ts';
import { temporaryStore } from '#test/stores.ts';
import { loadConfiguration } from '../../src/configuration.ts';

const swaps = 1000;
const events = 10_000;
const sessions = 100;

/** Two rules that say the same letter, and one with a wait that both files have in common. */
function rules(letter: string): ReturnType<typeof stage> {
  const text = `version: 1
sources: { meet: { livekit: { keys: { key: "\${SECRET}" } } } }
destinations: { one: { preview: {} }, two: { preview: {} }, late: { preview: {} } }
rules:
  - { id: first, on: track.published, send: { to: one, text: "${letter}" } }
  - { id: second, on: track.published, send: { to: two, text: "${letter}" } }
  - { id: waits, on: room.started, still_true_after: 1s, once_per: [ session.id ], send: { to: late, text: "late" } }
`;
  const { loaded } = loadConfiguration(
    { rulesFile: 'rules.yaml', rules: text, templates: [], problems: [] },
    () => 'a-value-for-the-tests',
  );
  assert.ok(loaded);
  return stage(loaded);
}

function event(type: 'room.started' | 'track.published', number: number): MeetingEvent {
  const session = `S${number % sessions}`;
  return {
    event: { type, native: type, id: `${type}-${number}`, time: new Date().toISOString() },
    source: { name: 'meet', type: 'livekit' },
    room: { id: session },
    session: { id: session },
    raw: {},
  };
}

test('rules are swapped a thousand times while ten thousand events flow: none is decided by half a file, no timer is lost', async () => {
  await using store = await temporaryStore();
  const logger = await createLogger({
    level: 'error',
    format: 'json',
    redactor: new Redactor(),
    write: () => undefined,
  });
  const files = [rules('a'), rules('b')];
  const said = new Map<number, string[]>();
  const ids = new Set<string>();
  const late: string[] = [];
  const note = (delivery: NewDelivery) => {
    assert.ok(!ids.has(delivery.id), 'no message twice');
    ids.add(delivery.id);
    if (delivery.rule === 'waits') late.push(delivery.session);
    else
      said.set(delivery.eventSequence, [
        ...(said.get(delivery.eventSequence) ?? []),
        plainText(delivery.message.sentence),
      ]);
  };
  const processor = new Processor({
    store,
    configuration: files[0] ?? assert.fail(),
    now: () => new Date(),
    logger,
    isBusy: () => false,
    onStep: ({ deliveries }) => deliveries.forEach(note),
    onSetAside: (_event, reason) => assert.fail(reason),
  });
  const append = (type: 'room.started' | 'track.published', number: number) =>
    store.append({
      source: 'meet',
      native: type,
      receivedAt: new Date(),
      keys: [],
      events: [{ event: event(type, number), keys: [] }],
    });
  await Promise.all(Array.from({ length: sessions }, (_, number) => append('room.started', number)));
  processor.start();
  const flow = async () => {
    for (let number = 0; number < events; number += 100) {
      await Promise.all(Array.from({ length: 100 }, (_, index) => append('track.published', number + index)));
      processor.wake();
    }
  };
  const swapping = async () => {
    for (let count = 0; count < swaps; count++) {
      const ended = await processor.swap(files[count % 2] ?? assert.fail());
      assert.deepEqual(ended, [], 'nothing that waits ends: no rule means anything else');
    }
  };
  await Promise.all([flow(), swapping()]);
  for (let tries = 0; tries < 600 && (said.size < events || late.length < sessions); tries++)
    await new Promise((resolve) => setTimeout(resolve, 50));
  await processor.stop();
  assert.equal(said.size, events);
  const torn = [...said.values()].filter((letters) => letters.length !== 2 || letters[0] !== letters[1]);
  assert.deepEqual(torn, []);
  const letters = new Set([...said.values()].flat());
  assert.deepEqual([...letters].toSorted(), ['a', 'b'], 'both files had their turns');
  assert.deepEqual(
    late.toSorted(),
    Array.from({ length: sessions }, (_, number) => `meet/S${number}`).toSorted(),
  );
});
