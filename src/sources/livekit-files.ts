import { z } from 'zod';
import type { ArtifactReference, Opened } from '#domain/artifact.ts';
import { httpAddress } from '#domain/text.ts';
import { addressEnd, withoutSignature } from './livekit-location.ts';
import { presign } from './s3-presign.ts';
import { addressBelow, baseAddress, isBaseAddress } from './storage-address.ts';
import { failureOf } from './web.ts';

const needsBase = 'must be an http(s) address such as https://files.example.com/recordings';
const unitS: ReadonlyMap<string, number> = new Map([
  ['s', 1],
  ['m', 60],
  ['h', 3600],
  ['d', 86_400],
]);

/** Long enough to watch a recording from end to end. */
const usualExpiryS = 6 * 3600;
/** The most that S3 takes. */
const mostExpiryS = 7 * 86_400;

/** Seconds of a duration such as 30m or 2h. */
function secondsOf(text: string): number {
  return Number(text.slice(0, -1)) * (unitS.get(text.slice(-1)) ?? 0);
}

/** `rewrite` of a LiveKit source. */
export const rewriteSetting = z
  .array(
    z.strictObject({
      from: z.string().refine(isBaseAddress, needsBase).describe('begin of an address as LiveKit tells it'),
      to: z.string().refine(isBaseAddress, needsBase).describe('what it becomes for readers'),
    }),
  )
  .min(1)
  .describe('other addresses for files, such as those of a CDN; the first entry that fits is taken');

/** `s3` of a LiveKit source. */
export const s3Setting = z
  .strictObject({
    endpoint: z
      .string()
      .refine(isBaseAddress, needsBase)
      .optional()
      .describe('address of the storage; that of AWS in the region where not given'),
    region: z
      .string()
      .regex(/^[a-z0-9-]+$/, 'must be the name of a region, such as eu-central-1')
      .describe('region of the bucket'),
    bucket: z
      .string()
      .regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, 'must be the name of a bucket')
      .describe('the private bucket that egress writes to'),
    access_key: z.string().min(1).describe('id of a key that may read the bucket'),
    secret_key: z.string().min(1).describe('secret of that key'),
    expires: z
      .string()
      .regex(/^\d+[smhd]$/)
      .refine((text) => secondsOf(text) > 0 && secondsOf(text) <= mostExpiryS, 'must be from 1s to 7d')
      .optional()
      .describe('how long an opened file can be read; 6h where not given, at most 7d'),
  })
  .describe('opens files of a private bucket: the address is signed when a reader clicks');

export type LiveKitStorage = {
  readonly rewrite: z.infer<typeof rewriteSetting>;
  readonly s3: z.infer<typeof s3Setting> | undefined;
  readonly fetch: typeof globalThis.fetch;
  readonly now: () => Date;
  readonly timeLimitMs: number;
};

/** Finds an address of a file that works now: rewritten, signed for a private bucket, or the one that LiveKit told. Never throws. */
export async function openLocation(reference: ArtifactReference, storage: LiveKitStorage): Promise<Opened> {
  const told = reference.kind === 'address' ? httpAddress(reference.url) : undefined;
  if (told === undefined) return { kind: 'gone', reason: 'it has no address' };
  const address = rewritten(told, storage.rewrite) ?? told;
  const bucket = storage.s3 && { ...storage.s3, root: bucketAddress(storage.s3, address) };
  if (bucket?.root !== undefined) {
    const key = keyBelow(bucket.root.told, address);
    const object = key === undefined ? undefined : addressBelow(bucket.root.ours, key);
    return object === undefined
      ? { kind: 'gone', reason: 'its address names no object of the bucket' }
      : openObject(object, bucket, storage);
  }
  const end = addressEnd(address);
  if (end !== undefined && Date.parse(end) <= storage.now().getTime())
    return { kind: 'ended', reason: `the address that LiveKit told ended at ${end}` };
  return { kind: 'open', url: address };
}

/** A signature holds for one host only, so a rewritten address has none. */
function rewritten(address: string, rules: LiveKitStorage['rewrite']): string | undefined {
  const rule = rules.find(({ from }) => address.startsWith(baseAddress(from)));
  if (rule === undefined) return undefined;
  const rest = withoutSignature(address).slice(baseAddress(rule.from).length);
  return `${baseAddress(rule.to)}${rest}`;
}

type S3 = z.infer<typeof s3Setting>;

/**
 * The address of the bucket as it stands in `address`, and the one to sign for; undefined when the object is in no place of this bucket.
 * Whether the bucket stands in the host or in the path is taken over, but AWS wants its region in the host.
 */
function bucketAddress({ endpoint, region, bucket }: S3, address: string) {
  const domain = region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com';
  const regional = `https://s3.${region}.${domain}`;
  const names =
    endpoint === undefined
      ? [`https://s3.${domain}`, regional, `https://s3-${region}.${domain}`]
      : [endpoint];
  for (const name of names) {
    const url = new URL(baseAddress(name));
    const inHost = `${url.protocol}//${bucket}.${url.host}${url.pathname}`;
    const inPath = `${url.href}${bucket}/`;
    const ours = new URL(baseAddress(endpoint ?? regional));
    if (address.startsWith(inPath)) return { told: inPath, ours: `${ours.href}${bucket}/` };
    if (address.startsWith(inHost))
      return { told: inHost, ours: `${ours.protocol}//${bucket}.${ours.host}${ours.pathname}` };
  }
  return undefined;
}

function keyBelow(root: string, address: string): string | undefined {
  const { origin, pathname } = new URL(address);
  try {
    return decodeURIComponent(`${origin}${pathname}`.slice(root.length));
  } catch {
    return undefined;
  }
}

/** Asks the storage whether the object is there: a reader who is sent to a missing one sees only XML. */
async function openObject(
  object: string,
  s3: S3,
  { fetch, now, timeLimitMs }: LiveKitStorage,
): Promise<Opened> {
  const expiresS = s3.expires === undefined ? usualExpiryS : secondsOf(s3.expires);
  const { region, access_key: accessKey, secret_key: secretKey } = s3;
  const signed = (method: 'GET' | 'HEAD') =>
    presign({ method, url: object, region, accessKey, secretKey, expiresS, now: now() });
  try {
    const response = await fetch(signed('HEAD'), {
      method: 'HEAD',
      redirect: 'manual',
      signal: AbortSignal.timeout(timeLimitMs),
    });
    if (response.status === 404) return { kind: 'gone', reason: 'the storage no longer has the file' };
    if (response.ok) return { kind: 'open', url: signed('GET') };
    return { kind: 'unavailable', reason: `the storage answered ${response.status}` };
  } catch (error) {
    return { kind: 'unavailable', reason: `the storage cannot be reached: ${failureOf(error)}` };
  }
}
