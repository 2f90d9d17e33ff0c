import type { Request, RequestHandler } from 'express';
import type { z } from 'zod';
import { StoreUnavailable } from '#store/store.ts';

/** What a route of the admin API answers. */
export type Answer = { readonly status: number; readonly json: object };

/** Makes a route of what answers it; while the store is away that is 503. */
export function answer(respond: (request: Request) => Promise<Answer>): RequestHandler {
  return async (request, response) => {
    const { status, json } = await respond(request).catch((error: unknown): Answer => {
      if (error instanceof StoreUnavailable) return { status: 503, json: { error: error.message } };
      throw error;
    });
    response.set('cache-control', 'no-store').status(status).json(json);
  };
}

/** 400, with what is wrong. */
export function invalid({ issues }: z.ZodError): Answer {
  const told = issues.map(({ path, message }) => [path.join('.'), message].filter(Boolean).join(': '));
  return { status: 400, json: { error: told.join('; ') } };
}

/** The query of a request as texts by name. */
export function queryOf({ url }: Request): Readonly<Record<string, string>> {
  return Object.fromEntries(new URL(url, 'http://localhost').searchParams);
}
