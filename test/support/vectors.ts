import { readFileSync } from 'node:fs';
import { z } from 'zod';
import type { NewEvent } from '#domain/event.ts';
import type { RawRequest, Source, SourceTools } from '#sources/source.ts';

const vectorSchema = z.object({
  name: z.string(),
  headers: z.record(z.string(), z.string()),
  body: z.string(),
  now: z.number(),
  valid: z.boolean(),
});

/** A webhook of a platform, signed; `valid` tells whether it must be accepted at `now` (unix seconds). */
export type Vector = z.infer<typeof vectorSchema>;

const fileSchema = z.object({
  credentials: z.object({
    keys: z.record(z.string(), z.string()).optional(),
    public_key_pkcs1: z.string().optional(),
    public_key_spki: z.string().optional(),
  }),
  vectors: z.array(vectorSchema),
});

/** The signed vectors of a platform with the credentials that verify them. */
export function loadVectors(platform: 'plugnmeet' | 'livekit' | 'videosdk') {
  const file = new URL(`../fixtures/${platform}.json`, import.meta.url);
  return fileSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
}

/** A request as the receiver hands it to a source. */
export function rawRequest(headers: Readonly<Record<string, string>>, body: string | Buffer): RawRequest {
  return { url: 'https://callboard.example/hooks/meet', headers, body: Buffer.from(body) };
}

export function momentOf(vector: Vector): Date {
  return new Date(vector.now * 1000);
}

/** Tools of a source in tests: no network, and pseudonyms that tests can predict. */
export const plainTools: SourceTools = {
  fetch: () => Promise.reject(new Error('there is no network here')),
  pseudonym: (text) => `hash${text.length}`,
  now: () => new Date('2026-07-01T00:00:00Z'),
};

/** Verifies and reads a request that must be genuine and readable. */
export async function accept(source: Source, request: RawRequest, now: Date) {
  const verification = await source.verify(request, now);
  if (verification.kind !== 'authentic') throw new Error(`${verification.kind}: ${verification.reason}`);
  const reading = source.read(verification.request, now);
  if (reading.kind !== 'events') throw new Error(`unreadable: ${reading.reason}`);
  return reading;
}

/** The only event of a reading. */
export function single(events: readonly NewEvent[]): NewEvent {
  const [event, ...others] = events;
  if (event === undefined || others.length > 0) throw new Error(`${events.length} events instead of one`);
  return event;
}

/** Reads vectors by name with a source of their platform. */
export function vectorReader(source: Source, vectors: readonly Vector[]) {
  async function read(name: string) {
    const vector = vectors.find((each) => each.name === name);
    if (vector === undefined) throw new Error(`there is no vector ${name}`);
    return accept(source, rawRequest(vector.headers, vector.body), momentOf(vector));
  }
  return {
    read,
    /** The only event of a vector. */
    eventOf: async (name: string) => single((await read(name)).events).event,
    /** The keys of all events of a vector, without those of its delivery. */
    keysOf: async (name: string) =>
      (await read(name)).events.flatMap((each) => each.keys.map((duplicate) => duplicate.key)),
  };
}
