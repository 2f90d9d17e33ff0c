import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import type { StoredDelivery } from '#domain/delivery.ts';
import { plainText } from '#domain/message.ts';
import type { Configuration } from '#engine/run.ts';
import { rehearse } from '#rehearsal/rehearse.ts';
import { openStore } from '#store/index.ts';
import type { StoredEvent } from '#store/store.ts';
import { staged } from '../rehearsal/rehearse-setup.ts';
import { Pipeline } from './processor-setup.ts';
import { eventsOf, head, ruleTexts, stories, written } from './random-rules.ts';
import { at } from './setup.ts';

/** No event is a repeat here: whether one is, the store finds out itself. */
const newStories = stories.map((story) => story.map((each) => ({ ...each, isRepeat: false })));

const secondsOf = (moment: Date) => (moment.getTime() - at(0).getTime()) / 1000;

/** Keeps events that arrive at the same moment, all at once: none of them is seen without the others. */
async function arrive(pipeline: Pipeline, events: readonly StoredEvent[]): Promise<void> {
  const [first] = events;
  if (first === undefined) return;
  await pipeline.store.append({
    source: 'meet',
    native: 'x',
    receivedAt: first.receivedAt,
    keys: [],
    events: events.map(({ event }) => ({ event, keys: [] })),
  });
}

type Described = Pick<StoredDelivery, 'id' | 'state' | 'destination' | 'message' | 'session'>;

function described(deliveries: readonly Described[]): readonly string[] {
  return deliveries
    .map(({ id, state, destination, session, message }) =>
      [id, state, destination, session, plainText(message.sentence)].join(' '),
    )
    .toSorted();
}

async function assertSame(pipeline: Pipeline, configuration: Configuration, events: readonly StoredEvent[]) {
  const listed = await pipeline.store.listDeliveries({ limit: 10_000 });
  const expected = [...rehearse(configuration, events)].flatMap(({ deliveries }) => deliveries);
  assert.deepEqual(described(listed), described(expected));
  return expected.length;
}

test('a processor that is awake all the time delivers what a rehearsal says', {
  timeout: 60_000,
}, async () => {
  let messages = 0;
  await fc.assert(
    fc.asyncProperty(ruleTexts, newStories, async (rules, story) => {
      const configuration = staged(written(rules), head);
      const events = eventsOf(story, at(0));
      const scenes = [...rehearse(configuration, events)];
      await using store = await openStore('sqlite::memory:', { now: () => at(0) });
      await using pipeline = await Pipeline.open(configuration, { store });
      pipeline.processor.start();
      const moments = [...new Set(scenes.map((scene) => scene.at.getTime()))].toSorted((a, b) => a - b);
      for (const moment of moments) {
        await arrive(
          pipeline,
          events.filter(({ receivedAt }) => receivedAt.getTime() === moment),
        );
        pipeline.setClock(secondsOf(new Date(moment)));
        await pipeline.steps(scenes.filter((scene) => scene.at.getTime() <= moment).length);
      }
      messages += await assertSame(pipeline, configuration, events);
    }),
    { numRuns: 20, endOnFailure: true },
  );
  assert.ok(messages > 20, `${messages} messages`);
});

test('a processor that comes to all of it late delivers the same', { timeout: 60_000 }, async () => {
  let messages = 0;
  await fc.assert(
    fc.asyncProperty(ruleTexts, newStories, async (texts, story) => {
      // Quiet hours are those of the moment at which a message is decided, and that is another one here.
      const rules = texts.map((rule) => ({ ...rule, sends: rule.sends.map(({ to }) => ({ to })) }));
      const configuration = staged(written(rules), head);
      const events = eventsOf(story, at(0));
      const scenes = [...rehearse(configuration, events)];
      await using store = await openStore('sqlite::memory:', { now: () => at(0) });
      await using pipeline = await Pipeline.open(configuration, { store });
      for (const event of events) await arrive(pipeline, [event]);
      pipeline.processor.start();
      pipeline.setClock(1_000_000);
      await pipeline.steps(scenes.length);
      messages += await assertSame(pipeline, configuration, events);
    }),
    { numRuns: 20, endOnFailure: true },
  );
  assert.ok(messages > 20, `${messages} messages`);
});
