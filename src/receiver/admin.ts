import express, { type Express, type Request, type RequestHandler } from 'express';
import { z } from 'zod';
import type { Store } from '#store/store.ts';
import { type Answer, answer, invalid, queryOf } from './admin-answer.ts';

/** What is to be sent again. */
export type ReplayOrder = {
  /** Events accepted from this moment on, or from this sequence on. */
  readonly since: Date | number;
  readonly to: string;
  /** Ids of rules; all where not given. */
  readonly rules?: readonly string[] | undefined;
  /** Milliseconds from one message to the next. */
  readonly intervalMs: number;
  /** Counts only. */
  readonly isDryRun: boolean;
};

/** What operators may ask the service for. */
export type Admin = {
  readonly store: Pick<Store, 'findEvent' | 'listEvents' | 'listDecisions'>;
  readonly replay: (order: ReplayOrder) => Promise<Answer>;
};

const mostEvents = 1000;
const usualEvents = 100;

const sequence = z.coerce.number().int().min(0).max(Number.MAX_SAFE_INTEGER);
const instant = z.iso.datetime().transform((text) => new Date(text));
const listQuery = z.object({
  after: sequence.default(0),
  since: instant.default(() => new Date(0)),
  limit: sequence.default(usualEvents).transform((limit) => Math.min(limit, mostEvents)),
});
const replayBody = z
  .strictObject({
    since: z.union([instant, z.int().min(0)]),
    to: z.string(),
    rules: z.array(z.string()).optional(),
    interval_ms: z.int().min(0).max(3_600_000).default(0),
    dry_run: z.boolean().default(false),
  })
  .transform(
    ({ interval_ms: intervalMs, dry_run: isDryRun, ...order }): ReplayOrder => ({
      ...order,
      intervalMs,
      isDryRun,
    }),
  );

/** Puts the admin API on the app, behind the guard: the stored events, what became of them, and sending again. */
export function addAdminRoutes(app: Express, guard: RequestHandler, admin: Admin): void {
  app.get(
    '/admin/events',
    guard,
    answer(async (request) => {
      const query = listQuery.safeParse(queryOf(request));
      if (!query.success) return invalid(query.error);
      return { status: 200, json: { events: await admin.store.listEvents(query.data) } };
    }),
  );
  app.get(
    '/admin/events/:sequence',
    guard,
    answer(async (request) => {
      const event = await admin.store.findEvent(sequenceOf(request));
      return event === undefined ? missing : { status: 200, json: { event } };
    }),
  );
  app.get(
    '/admin/events/:sequence/decisions',
    guard,
    answer(async (request) => ({
      status: 200,
      json: { decisions: await admin.store.listDecisions(sequenceOf(request)) },
    })),
  );
  // Only as JSON: a page of another site cannot post that without being asked first.
  app.post(
    '/admin/replay',
    guard,
    express.json({ type: 'application/json' }),
    answer(async (request) => {
      const body: unknown = request.body;
      const order = replayBody.safeParse(body);
      return order.success ? admin.replay(order.data) : invalid(order.error);
    }),
  );
}

const missing: Answer = { status: 404, json: { error: 'there is no such event, or it was pruned' } };

function sequenceOf(request: Request): number {
  const parsed = sequence.safeParse(request.params['sequence']);
  return parsed.success ? parsed.data : 0;
}
