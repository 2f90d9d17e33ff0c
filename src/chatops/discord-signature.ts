import { createPublicKey, verify } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

type SignedRequest = { readonly headers: IncomingHttpHeaders; readonly body: Buffer };

const longestSkewMs = 300_000;

/** A check that a request was signed with Discord's half of `publicKey` (64 hexadecimal digits) at most 5 min from now. */
export function createSignatureCheck(
  publicKey: string,
  now: () => Date,
): (request: SignedRequest) => boolean {
  const x = Buffer.from(publicKey, 'hex').toString('base64url');
  const key = createPublicKey({ format: 'jwk', key: { kty: 'OKP', crv: 'Ed25519', x } });
  return ({ headers, body }) => {
    const signature = headers['x-signature-ed25519'];
    const timestamp = headers['x-signature-timestamp'];
    if (typeof signature !== 'string' || typeof timestamp !== 'string') return false;
    if (!/^[0-9a-f]{128}$/i.test(signature) || !/^\d{1,12}$/.test(timestamp)) return false;
    if (Math.abs(now().getTime() - Number(timestamp) * 1000) > longestSkewMs) return false;
    const signed = Buffer.concat([Buffer.from(timestamp), body]);
    return verify(null, signed, key, Buffer.from(signature, 'hex'));
  };
}
