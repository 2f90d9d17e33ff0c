import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { z } from 'zod';
import { eventTypes } from '#domain/catalogue.ts';
import type { MeetingEvent } from '#domain/event.ts';
import type { JsonObject } from '#domain/value.ts';
import type { Environment } from '#runtime/environment.ts';
import { OperatorError } from '#runtime/operator-error.ts';
import { connect, type Trouble, troubleOf } from '#store/sqlite/database.ts';
import { prepareInbox } from '#store/sqlite/inbox.ts';
import { prepareKeys } from '#store/sqlite/keys.ts';
import { migrate } from '#store/sqlite/migrations.ts';
import { unpackEvent } from '#store/sqlite/packing.ts';
import { prepareSessions } from '#store/sqlite/sessions.ts';
import type { Store, StoredEvent } from '#store/store.ts';
import { findService, type RunningService } from './running-service.ts';

/** The events that were accepted, for reading. Every method rejects with an OperatorError when they cannot be read. */
export type History = AsyncDisposable & {
  find: Store['findEvent'];
  /** Events after a sequence, in order, at most `limit`; of a running service at most 1000. */
  list: Store['listEvents'];
  decisions: Store['listDecisions'];
};

/** Asks the running service; reads the file when none runs. Rejects with an OperatorError when there is neither. */
export async function openHistory(
  environment: Pick<Environment, 'port' | 'host' | 'adminToken' | 'databaseUrl'>,
  fetch: typeof globalThis.fetch,
): Promise<History> {
  const service = await findService(environment, fetch);
  return service === undefined ? historyOfFile(environment.databaseUrl) : historyOfService(service);
}

/** All events from a moment on, page by page. */
export async function* eventPages(
  list: Store['listEvents'],
  since: Date,
  pageSize: number,
): AsyncGenerator<readonly StoredEvent[]> {
  let after = 0;
  for (;;) {
    const page = await list({ after, since, limit: pageSize });
    if (page.length > 0) yield page;
    const last = page.at(-1);
    if (last === undefined || page.length < pageSize) return;
    after = last.sequence;
  }
}

const headSchema = z.looseObject({
  event: z.looseObject({ type: z.enum(eventTypes), native: z.string(), time: z.string() }),
  source: z.looseObject({ name: z.string(), type: z.string() }),
});
const storedSchema = z.object({
  sequence: z.int(),
  receivedAt: z.iso.datetime().transform((text) => new Date(text)),
  isRepeat: z.boolean(),
  event: z.custom<MeetingEvent>((event) => headSchema.safeParse(event).success, 'not an event'),
});
const findAnswer = z.object({ event: storedSchema });
const listAnswer = z.object({ events: z.array(storedSchema) });
const decisionsAnswer = z.object({ decisions: z.array(z.custom<JsonObject>((each) => isRecord(each))) });

function isRecord(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function historyOfService(service: RunningService): History {
  const ask = async <Schema extends z.ZodType>(path: string, schema: Schema): Promise<z.output<Schema>> => {
    const { status, json } = await service.ask(path);
    const answer = status === 200 ? schema.safeParse(json) : undefined;
    if (answer?.success === true) return answer.data;
    throw new OperatorError(`The running service cannot say what it has stored: it answered ${status}.`);
  };
  return {
    find: async (sequence) => {
      const { status, json } = await service.ask(`/admin/events/${sequence}`);
      if (status === 404) return undefined;
      const answer = findAnswer.safeParse(json);
      if (answer.success) return answer.data.event;
      throw new OperatorError(`The running service cannot show event ${sequence}: it answered ${status}.`);
    },
    list: async ({ after, since, limit }) => {
      const query = new URLSearchParams({
        after: String(after),
        since: since.toISOString(),
        limit: String(limit),
      });
      return (await ask(`/admin/events?${query.toString()}`, listAnswer)).events;
    },
    decisions: async (sequence) =>
      (await ask(`/admin/events/${sequence}/decisions`, decisionsAnswer)).decisions,
    [Symbol.asyncDispose]: async () => undefined,
  };
}

/** The file is open for the time of one question only: a service that starts meanwhile finds it free. */
function historyOfFile(databaseUrl: string): History {
  const location = fileOf(databaseUrl);
  const read = <T>(question: (inbox: ReturnType<typeof prepareInbox>) => T): T => reading(location, question);
  // What is wrong with the file is told before anything else is done.
  read(() => undefined);
  return {
    find: async (sequence) => {
      const row = read((inbox) => inbox.findEvent(sequence));
      return row && unpackEvent(row);
    },
    list: async ({ after, since, limit }) =>
      read((inbox) => inbox.listEvents(after, since.getTime(), limit)).map(unpackEvent),
    decisions: async (sequence) =>
      read((inbox) => inbox.decisionsAt(sequence)).flatMap((log) => JSON.parse(log) as JsonObject[]),
    [Symbol.asyncDispose]: async () => undefined,
  };
}

const noService = 'No service runs on this machine at PORT';

function fileOf(databaseUrl: string): string {
  const path = /^sqlite:(.+)$/i.exec(databaseUrl)?.[1];
  if (path === undefined || path === ':memory:')
    throw new OperatorError(`${noService}, and DATABASE_URL names no file that could be read instead.`);
  const location = resolve(path);
  if (statSync(location, { throwIfNoEntry: false })?.isFile() === true) return location;
  throw new OperatorError(
    `${noService}, and there is no file ${location} to read instead: check PORT and DATABASE_URL.`,
  );
}

const lockWaitMs = 2000;

const advice: Partial<Record<Trouble, string>> = {
  locked: 'a service uses it that does not listen at PORT. Set PORT to the port of that one.',
  'cannot open': 'it cannot be opened. Run this as the user that runs Callboard.',
  'not a database': 'it is not a SQLite database.',
  damaged: 'it is damaged. Restore a backup.',
  // Only bringing its format up to date would write.
  'read-only':
    'it is empty, or an older Callboard wrote it. Start the service once: it brings it up to date.',
};

function reading<T>(location: string, question: (inbox: ReturnType<typeof prepareInbox>) => T): T {
  try {
    using database = connect(`${pathToFileURL(location).href}?mode=ro`, lockWaitMs);
    // Read-only, this only checks that the format is ours.
    migrate(database);
    const [keys, sessions] = [prepareKeys(database), prepareSessions(database)];
    return question(prepareInbox(database, { keys, sessions }));
  } catch (error) {
    const reason = advice[troubleOf(error)] ?? (error instanceof Error ? error.message : String(error));
    throw new OperatorError(`Cannot read the database ${location}: ${reason}`, { cause: error });
  }
}
