/** Whole seconds since 1970, as text: so protobuf writes 64-bit integers. */
export function unixSeconds(at: Date): string {
  return String(Math.floor(at.getTime() / 1000));
}

/** Milliseconds since 1970, as text. */
export function unixMs(at: Date): string {
  return String(at.getTime());
}

/** Nanoseconds since 1970, as text. */
export function nanoseconds(at: Date): string {
  return `${at.getTime()}000000`;
}

export function secondsAfter(start: Date, seconds: number): Date {
  return new Date(start.getTime() + seconds * 1000);
}

/** An id of LiveKit: a prefix such as `EV` and twelve characters out of a UUID. */
export function shortId(prefix: string, uuid: string): string {
  return `${prefix}_${uuid.replaceAll('-', '').slice(0, 12)}`;
}
