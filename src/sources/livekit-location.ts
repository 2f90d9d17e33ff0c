import type { Instant } from '#domain/event.ts';
import { httpAddress } from '#domain/text.ts';
import { instantOfText, integer } from './wire.ts';

/** Parameters that only a presigned address has: S3 and R2, Google, Azure, and the older form of S3 and Alibaba. */
const signature = /[?&](?:x-amz-signature|x-goog-signature|x-oss-signature|sig|signature)=/i;

function isPresigned(location: string): boolean {
  return /^https?:\/\//i.test(location) && signature.test(location);
}

/** The location without a presigned query: whoever has that query has the file. */
export function withoutSignature(location: string): string {
  return isPresigned(location) ? location.slice(0, location.indexOf('?')) : location;
}

/**
 * The address of an object in storage, or undefined where the location is no http(s) address. LiveKit joins the key of the object to the
 * host as it is, so `#`, `?` and `%` in it are part of its name. Only a presigned location is an address already.
 */
export function fileAddress(location: string): string | undefined {
  if (isPresigned(location)) return httpAddress(location);
  const [, host, key] = /^(https?:\/\/[^/]*[^/:])\/(.*)$/is.exec(location) ?? [];
  if (host === undefined || key === undefined) return undefined;
  return httpAddress(`${host}/${key.split('/').map(encodeURIComponent).join('/')}`);
}

/** When a presigned address stops working. */
export function addressEnd(location: string): Instant | undefined {
  if (!isPresigned(location) || !URL.canParse(location)) return undefined;
  const query = new Map(
    [...new URL(location).searchParams].map(([name, value]) => [name.toLowerCase(), value]),
  );
  for (const vendor of ['amz', 'goog', 'oss']) {
    const end = signedSpan(query.get(`x-${vendor}-date`), query.get(`x-${vendor}-expires`));
    if (end !== undefined) return end;
  }
  const unixSeconds = integer(query.get('expires'));
  if (unixSeconds !== undefined) return afterEpoch(unixSeconds * 1000);
  return instantOfText(query.get('se'));
}

/** `20251120T120335Z` and a number of seconds. */
function signedSpan(date: string | undefined, expires: string | undefined): Instant | undefined {
  const parts = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/
    .exec(date ?? '')
    ?.slice(1)
    .map(Number);
  const seconds = integer(expires);
  if (parts === undefined || seconds === undefined) return undefined;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = parts;
  return afterEpoch(Date.UTC(year, month - 1, day, hour, minute, second) + seconds * 1000);
}

function afterEpoch(ms: number): Instant | undefined {
  return ms > 0 && ms < Date.UTC(9999) ? new Date(ms).toISOString() : undefined;
}

/** The address of a live stream without its key: the sender shortens keys itself (`{ab...yz}`), but not always. */
export function withoutStreamKey(address: string): string {
  const [, scheme, place] = /^(rtmps?|rtmpt|srt|twitch|mux):\/\/([^?]*)/i.exec(address) ?? [];
  if (scheme === undefined || place === undefined) return address;
  const slash = place.lastIndexOf('/');
  const isHost = slash < 0 && !/^(?:twitch|mux)$/i.test(scheme);
  const isShortened = /^(?:\{[^{}]*\})?$/.test(place.slice(slash + 1));
  return `${scheme}://${isHost || isShortened ? place : `${place.slice(0, slash + 1)}{...}`}`;
}
