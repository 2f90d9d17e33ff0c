import express, { type Express, type RequestHandler } from 'express';
import { z } from 'zod';
import { answer, invalid, queryOf } from './admin-answer.ts';

type Target = { readonly link: string } | { readonly session: string } | 'all';

/** What operators may do with links to files. */
export type AdminLinks = {
  readonly list: (filter: {
    since: Date;
    session?: string | undefined;
    limit: number;
  }) => Promise<readonly object[]>;
  readonly revoke: (order: {
    target: Target;
    because: string;
  }) => Promise<{ kind: 'done'; revoked: number } | { kind: 'unknown'; reason: string }>;
};

const mostLinks = 1000;

const listQuery = z.strictObject({
  since: z.iso
    .datetime()
    .transform((text) => new Date(text))
    .default(() => new Date(0)),
  session: z.string().optional(),
  limit: z.coerce
    .number()
    .int()
    .min(1)
    .default(100)
    .transform((limit) => Math.min(limit, mostLinks)),
});
const because = z.string().trim().min(1, 'say why').max(500);
const revokeBody = z.union([
  z.strictObject({ link: z.string().min(1).max(5000), because }),
  z.strictObject({ session: z.string().min(1).max(1000), because }),
  z.strictObject({ all: z.literal(true), because }),
]);

/** Puts the part of the admin API that is about links on the app, behind the guard. */
export function addAdminLinkRoutes(app: Express, guard: RequestHandler, links: AdminLinks): void {
  app.get(
    '/admin/links',
    guard,
    answer(async (request) => {
      const query = listQuery.safeParse(queryOf(request));
      if (!query.success) return invalid(query.error);
      return { status: 200, json: { links: await links.list(query.data) } };
    }),
  );
  // Only as JSON: a page of another site cannot post that without being asked first.
  app.post(
    '/admin/links/revoke',
    guard,
    express.json({ type: 'application/json' }),
    answer(async (request) => {
      const body: unknown = request.body;
      const order = revokeBody.safeParse(body);
      if (!order.success) return { status: 400, json: { error: revokeHelp } };
      const { because, ...which } = order.data;
      const result = await links.revoke({ target: 'all' in which ? 'all' : which, because });
      return result.kind === 'done'
        ? { status: 200, json: { revoked: result.revoked } }
        : { status: 404, json: { error: result.reason } };
    }),
  );
}

const revokeHelp = 'give one of "link", "session" and "all": true, and the reason as "because"';
