import { createHash, createHmac, type KeyObject, sign } from 'node:crypto';
import jwt from 'jsonwebtoken';

/** Headers of a webhook, names in lower case. */
export type SignedHeaders = Readonly<Record<string, string>>;

/** An API key with its secret, and the moment of signing. */
export type JwtSigner = { readonly key: string; readonly secret: string; readonly now: Date };

function bodyToken(body: string | Buffer, { key, secret, now }: JwtSigner): string {
  const seconds = Math.floor(now.getTime() / 1000);
  const sha256 = createHash('sha256').update(body).digest('base64');
  return jwt.sign({ iss: key, nbf: seconds, iat: seconds, exp: seconds + 300, sha256 }, secret, {
    algorithm: 'HS256',
  });
}

/** The headers that plugNmeet sends with this body. */
export function signPlugNmeet(body: string | Buffer, signer: JwtSigner): SignedHeaders {
  const token = bodyToken(body, signer);
  return { 'content-type': 'application/json', authorization: token, 'hash-token': token };
}

/** The headers that LiveKit sends with this body. */
export function signLiveKit(body: string | Buffer, signer: JwtSigner): SignedHeaders {
  return { 'content-type': 'application/webhook+json', authorization: bodyToken(body, signer) };
}

/** The headers that VideoSDK sends with this body; `privateKey` is an RSA key. */
export function signVideoSdk(
  body: string | Buffer,
  { privateKey }: { readonly privateKey: KeyObject },
): SignedHeaders {
  const signature = sign('RSA-SHA256', Buffer.from(body), privateKey).toString('base64');
  return { 'content-type': 'application/json', 'videosdk-signature': signature };
}

/** `secret`: `whsec_` and base64, or base64 alone. */
export type StandardSigner = { readonly secret: string; readonly id: string; readonly now: Date };

/** The headers of the Standard Webhooks specification for this body. */
export function signStandardWebhook(
  body: string | Buffer,
  { secret, id, now }: StandardSigner,
): SignedHeaders {
  const timestamp = String(Math.floor(now.getTime() / 1000));
  const bytes = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
  const digest = createHmac('sha256', bytes).update(`${id}.${timestamp}.`).update(body).digest('base64');
  return {
    'content-type': 'application/json',
    'webhook-id': id,
    'webhook-timestamp': timestamp,
    'webhook-signature': `v1,${digest}`,
  };
}

/** What proves the sender: whoever sees one of these may send the same request again. */
const proofs = new Set(['authorization', 'hash-token', 'videosdk-signature', 'webhook-signature']);

/** The same headers, fit to be shown: of a token or signature only its beginning and length. */
export function maskProofs(headers: SignedHeaders): SignedHeaders {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name,
      proofs.has(name) ? `${value.slice(0, 6)}… (${value.length} characters)` : value,
    ]),
  );
}
