import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import type { StoreCounts } from '#store/store.ts';

export type Metrics = {
  readonly registry: Registry;
  readonly events: Counter<'type'>;
  readonly firings: Counter<'rule'>;
  readonly deliveries: Counter<'destination' | 'result'>;
  /** 1 while the rules of the files run, 0 while they are broken and older ones run. */
  readonly rulesValid: Gauge;
  readonly reloads: Counter<'result'>;
};

/** Everything the program counts. What waits is asked from the store when somebody looks. */
export function createMetrics(counts: () => Promise<StoreCounts>): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const waiting = new Gauge({
    name: 'callboard_deliveries',
    help: 'Deliveries in the store by state',
    labelNames: ['state'],
    registers: [registry],
  });
  const events = new Gauge({
    name: 'callboard_events_pending',
    help: 'Stored events that wait to be processed, and that were set aside as failed',
    labelNames: ['state'],
    registers: [registry],
    collect: async () => {
      // While the store is away its figures are missing; all others are what an operator needs then.
      const now = await counts().catch(() => undefined);
      if (now === undefined) return;
      events.set({ state: 'waiting' }, now.eventsWaiting);
      events.set({ state: 'failed' }, now.eventsFailed);
      for (const [state, count] of Object.entries(now.deliveries)) waiting.set({ state }, count);
    },
  });
  return {
    registry,
    events: new Counter({
      name: 'callboard_events_total',
      help: 'Events processed by type',
      labelNames: ['type'],
      registers: [registry],
    }),
    firings: new Counter({
      name: 'callboard_rule_firings_total',
      help: 'Times a rule fired',
      labelNames: ['rule'],
      registers: [registry],
    }),
    rulesValid: new Gauge({
      name: 'callboard_rules_valid',
      help: '1 while the rules of the files run, 0 while they are broken and older ones run',
      registers: [registry],
    }),
    reloads: new Counter({
      name: 'callboard_reloads_total',
      help: 'Times the rules were read and taken, or the ones before kept',
      labelNames: ['result'],
      registers: [registry],
    }),
    deliveries: new Counter({
      name: 'callboard_delivery_tries_total',
      help: 'Tries to deliver by destination and what became of them',
      labelNames: ['destination', 'result'],
      registers: [registry],
    }),
  };
}
