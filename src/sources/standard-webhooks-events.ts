import { isEventType } from '#domain/catalogue.ts';
import type { MediaFile, MeetingEvent } from '#domain/event.ts';
import { type Field, fields } from '#domain/fields.ts';
import type { JsonObject, Value } from '#domain/value.ts';
import { dayKey } from './duplicates.ts';
import { valueAt } from './json-pointer.ts';
import type { Reading } from './source.ts';
import {
  address,
  exactText,
  flag,
  instantOfSeconds,
  instantOfText,
  isList,
  object,
  objects,
  present,
  text,
} from './wire.ts';

/** Where to look in a body: split JSON pointers to the type and, by our paths, to the fields. */
export type PointedFields = {
  readonly type: readonly string[];
  readonly fields: readonly (readonly [path: string, pointer: readonly string[]])[];
};

/** The facts of a session that an event brings; the others are folded from all its events. */
const sessionFields: ReadonlySet<string> = new Set(['session.id', 'session.started_at', 'session.ended_at']);

/** Why a body cannot fill the field of that path; `undefined` when it can. */
export function fieldProblem(path: string): string | undefined {
  if (!Object.hasOwn(fields, path)) return `"${path}" is no field of an event`;
  if (path === 'event.type') return 'the type is read from where `type` points to';
  const isComputed =
    path === 'event.native' ||
    path === 'room.url' ||
    path.startsWith('source.') ||
    (path.startsWith('session.') && !sessionFields.has(path));
  return isComputed ? `"${path}" is filled by us, not by a sender` : undefined;
}

/** Reads a webhook whose form the settings describe; it tells one event. `id` is its delivery id. */
export function readStandardWebhook(
  payload: JsonObject,
  pointed: PointedFields,
  { source, id, now }: { readonly source: string; readonly id: string; readonly now: Date },
): Reading {
  const native = text(valueAt(payload, pointed.type)) ?? 'unknown';
  const { event: head, ...facts } = readFields(payload, pointed);
  const event: MeetingEvent = {
    ...facts,
    event: {
      time: now.toISOString(),
      ...head,
      type: isEventType(native) ? native : 'other',
      native,
    },
    source: { name: source, type: 'standard_webhooks' },
    raw: payload,
  };
  return { kind: 'events', native, keys: dayKey(source, 'delivery', id), events: [{ event, keys: [] }] };
}

type Told = Partial<Omit<MeetingEvent, 'event'>> & { readonly event?: Partial<MeetingEvent['event']> };

/** Our objects out of a body. Paths are checked with the settings, values by the kind of their field. */
function readFields(payload: JsonObject, pointed: PointedFields): Told {
  const told: Record<string, Record<string, Value>> = {};
  for (const [path, pointer] of pointed.fields) {
    const field = fields[path];
    const value = field && ofKind(field, valueAt(payload, pointer));
    const [root = '', name = ''] = path.split('.');
    if (value !== undefined) (told[root] ??= {})[name] = value;
  }
  return told;
}

function ofKind({ kind, values }: Field, value: Value | undefined): Value | undefined {
  switch (kind) {
    case 'text': {
      const written = text(value);
      return written === undefined || values === undefined || values.includes(written) ? written : undefined;
    }
    case 'number':
      return typeof value === 'number' ? value : undefined;
    case 'boolean':
      return flag(value);
    case 'date':
      return instantOfText(value) ?? (typeof value === 'number' ? instantOfSeconds(value) : undefined);
    case 'address':
      return address(value);
    case 'object':
      return object(value);
    case 'list':
      break;
  }
  return isList(value) ? objects(value).map(readFile) : undefined;
}

function readFile(file: JsonObject): JsonObject {
  return present<MediaFile>({
    url: address(file['url']),
    path: exactText(file['path']),
    bytes: typeof file['bytes'] === 'number' ? file['bytes'] : undefined,
    seconds: typeof file['seconds'] === 'number' ? file['seconds'] : undefined,
  });
}
