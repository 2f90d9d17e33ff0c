import { createSecretKey, hash, type KeyObject, timingSafeEqual } from 'node:crypto';
import jwt from 'jsonwebtoken';
import { z } from 'zod';
import { isObject } from '#domain/value.ts';

// plugNmeet and LiveKit sign alike: a short-lived JWT that holds the hash of the body. The same secret also signs the tokens that every
// participant carries, so a token without the hash proves nothing.

/** Seconds by which the sender's clock and ours may differ. */
const clockToleranceS = 60;

/** Settings: secrets by API key. */
export const keysSetting = z
  .record(z.string().min(1), z.string().min(1))
  .refine((keys) => Object.keys(keys).length > 0, 'needs at least one API key with its secret')
  .describe('secrets by API key');

export type SigningKeys = ReadonlyMap<string, KeyObject>;

/** Prepares the secrets once; a text would be turned into a key again for every webhook. */
export function signingKeys(secrets: Readonly<Record<string, string>>): SigningKeys {
  return new Map(
    Object.entries(secrets).map(([key, secret]) => [key, createSecretKey(Buffer.from(secret, 'utf8'))]),
  );
}

/** Why the token does not vouch for these bytes now, without any part of it; `undefined` when it does. */
export function objectionTo(token: string, body: Buffer, keys: SigningKeys, now: Date): string | undefined {
  try {
    const [only] = keys.size === 1 ? keys.values() : [];
    const key = only ?? keys.get(issuerOf(token) ?? '');
    if (key === undefined) return 'the issuer of the token is not a configured API key';
    const claims = jwt.verify(token, key, {
      algorithms: ['HS256'],
      clockTolerance: clockToleranceS,
      clockTimestamp: Math.floor(now.getTime() / 1000),
    });
    if (typeof claims === 'string' || typeof claims.exp !== 'number') return 'the token has no expiry';
    if (keys.get(claims.iss ?? '') !== key) return 'the issuer of the token is not a configured API key';
    const claimed: unknown = claims['sha256'];
    if (typeof claimed !== 'string' || claimed === '') return 'the token has no hash of a body';
    return isHashOf(claimed, body) ? undefined : 'the token was made for another body';
  } catch (error) {
    return reasonOf(error);
  }
}

/** The issuer a token claims, not verified: it only chooses the key. Throws for what is no JSON. */
function issuerOf(token: string): string | undefined {
  const [, payload] = token.split('.', 2);
  if (payload === undefined) return undefined;
  const claims: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString());
  return isObject(claims) && typeof claims['iss'] === 'string' ? claims['iss'] : undefined;
}

function isHashOf(claim: string, body: Buffer): boolean {
  const expected = Buffer.from(hash('sha256', body, 'base64'));
  const claimed = Buffer.from(claim);
  return claimed.length === expected.length && timingSafeEqual(claimed, expected);
}

/** Errors of JSON.parse quote the token, so only those of the library are passed on. */
function reasonOf(error: unknown): string {
  if (error instanceof jwt.TokenExpiredError) return 'the token has expired';
  if (error instanceof jwt.NotBeforeError) return 'the token is not valid yet';
  if (error instanceof jwt.JsonWebTokenError && error.message === 'invalid signature') {
    return 'the signature of the token does not fit the secret';
  }
  return 'the token is malformed or not signed with HS256';
}

/** The token of a header: bare, or behind `Bearer ` where a proxy added it. Missing when there is none. */
export function tokenOf(header: string | undefined): string | undefined {
  const token = header?.replace(/^bearer /i, '').trim();
  return token === '' ? undefined : token;
}
