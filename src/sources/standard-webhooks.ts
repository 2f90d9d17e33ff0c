import { createHmac, createSecretKey, type KeyObject, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import { parsePointer } from './json-pointer.ts';
import { readPayload } from './payload.ts';
import type { RawRequest, SourceType } from './source.ts';
import { fieldProblem, type PointedFields, readStandardWebhook } from './standard-webhooks-events.ts';
import { authentic, refused } from './verification.ts';
import { openAddress } from './web.ts';

/** Seconds by which a time stamp may lie before or after our clock. */
const freshnessS = 5 * 60;

/** The bytes of a secret, written as `whsec_` and base64 or as base64 alone. */
function secretBytes(secret: string): Buffer | undefined {
  const encoded = secret.replace(/^whsec_/, '');
  const isBase64 = encoded.length % 4 === 0 && /^[A-Za-z0-9+/]+={0,2}$/.test(encoded);
  return isBase64 ? Buffer.from(encoded, 'base64') : undefined;
}

const pointer = z
  .string()
  .refine((text) => parsePointer(text) !== undefined, 'is not a JSON pointer such as /data/room');

const settings = z.strictObject({
  secrets: z
    .array(
      z
        .string()
        .refine((text) => secretBytes(text) !== undefined, 'must be whsec_ and base64, or base64 alone'),
    )
    .min(1)
    .describe('signing secrets; several while one replaces another'),
  type: pointer.optional().describe('where the type of the event stands; /type where not given'),
  fields: z
    .record(z.string(), pointer)
    .superRefine((fields, context) => {
      for (const path of Object.keys(fields)) {
        const message = fieldProblem(path);
        if (message !== undefined) context.addIssue({ code: 'custom', path: [path], message });
      }
    })
    .optional()
    .describe('where our fields stand in the body'),
  room_url: z.string().min(1).optional(),
});

export type StandardWebhooksSettings = z.infer<typeof settings>;

/** Any sender that follows the Standard Webhooks specification, with a body of any JSON form. */
export const standardWebhooks: SourceType<StandardWebhooksSettings> = {
  type: 'standard_webhooks',
  settings,
  open(name, { secrets, type = '/type', fields = {} }) {
    const keys = secrets.map((secret) => createSecretKey(secretBytes(secret) ?? Buffer.alloc(0)));
    const pointed: PointedFields = {
      type: parsePointer(type) ?? [],
      fields: Object.entries(fields).map(([path, pointer]) => [path, parsePointer(pointer) ?? []]),
    };
    return {
      name,
      type: 'standard_webhooks',
      verify(request, now) {
        const objection = objectionTo(request, keys, now);
        return objection === undefined ? authentic(request) : refused(objection);
      },
      read(request, now) {
        const payload = readPayload(request.body);
        if (payload.kind === 'unreadable') return payload;
        const id = request.headers['webhook-id'] ?? '';
        return readStandardWebhook(payload.object, pointed, { source: name, id, now });
      },
      opens: ['address'],
      open: (reference) => Promise.resolve(openAddress(reference)),
    };
  },
};

/** Why the request does not come from the sender; `undefined` when it does. */
function objectionTo(
  { headers, body }: RawRequest,
  keys: readonly KeyObject[],
  now: Date,
): string | undefined {
  const id = headers['webhook-id'];
  const timestamp = headers['webhook-timestamp'];
  const signatures = headers['webhook-signature'];
  if (!id || !timestamp || !signatures)
    return 'webhook-id, webhook-timestamp or webhook-signature is missing';
  if (!/^\d{1,12}$/.test(timestamp)) return 'webhook-timestamp is not a number of seconds';
  const ageS = now.getTime() / 1000 - Number(timestamp);
  if (Math.abs(ageS) > freshnessS) return `webhook-timestamp is ${Math.round(ageS)} s old`;
  const expected = keys.map((key) =>
    createHmac('sha256', key).update(`${id}.${timestamp}.`).update(body).digest(),
  );
  const given = signatures.split(' ').filter((each) => each.startsWith('v1,'));
  const isSigned = given.some((each) => {
    const signature = Buffer.from(each.slice('v1,'.length), 'base64');
    return expected.some(
      (digest) => signature.length === digest.length && timingSafeEqual(signature, digest),
    );
  });
  return isSigned ? undefined : 'no signature fits a secret';
}
