import type { RawRequest, Verification, VerifiedRequest } from './source.ts';

/** The one place that vouches for a request; only for `verify` of a source, after its check has passed. */
export function authentic(request: RawRequest): Verification {
  return { kind: 'authentic', request: request as VerifiedRequest };
}

/** Not signed by the sender. `reason` goes to the log and must hold no part of a token. */
export function refused(reason: string): Verification {
  return { kind: 'refused', reason };
}

/** Cannot be checked now; the sender should repeat it. */
export function unavailable(reason: string): Verification {
  return { kind: 'unavailable', reason };
}
