import { Counter, Histogram, type Registry } from 'prom-client';

/** What the way in counts. */
export type HookMetrics = {
  readonly webhooks: Counter<'source' | 'result'>;
  readonly seconds: Histogram;
};

export function createHookMetrics(registry: Registry): HookMetrics {
  return {
    webhooks: new Counter({
      name: 'callboard_webhooks_total',
      help: 'Webhooks by source and what became of them',
      labelNames: ['source', 'result'],
      registers: [registry],
    }),
    seconds: new Histogram({
      name: 'callboard_webhook_seconds',
      help: 'Time from the first byte of a webhook to its answer',
      buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 3],
      registers: [registry],
    }),
  };
}
