import jwt from 'jsonwebtoken';
import { z } from 'zod';

const audience = 'callboard-artifact';
const claims = z.object({ sub: z.string().min(1).max(100), exp: z.number() });

/** Makes and checks the signed part of artifact links. The first secret signs, all verify. */
export class LinkTokens {
  readonly #secrets: readonly string[];

  constructor(secrets: readonly string[]) {
    this.#secrets = secrets;
  }

  /** A token for an artifact that ends at `expiresAt`. */
  sign(artifactId: string, expiresAt: Date): string {
    const [secret = ''] = this.#secrets;
    const exp = Math.floor(expiresAt.getTime() / 1000);
    return jwt.sign({ sub: artifactId, exp, aud: audience }, secret, {
      algorithm: 'HS256',
      noTimestamp: true,
    });
  }

  /** The artifact a token stands for; `expired` tells a genuine one that is over from a forged one. */
  read(token: string, now: Date): { kind: 'valid' | 'expired'; artifactId: string } | { kind: 'forged' } {
    for (const secret of this.#secrets) {
      const payload = verified(token, secret);
      if (payload === undefined) continue;
      const kind = payload.exp * 1000 > now.getTime() ? 'valid' : 'expired';
      return { kind, artifactId: payload.sub };
    }
    return { kind: 'forged' };
  }
}

function verified(token: string, secret: string): z.infer<typeof claims> | undefined {
  try {
    return claims.parse(
      jwt.verify(token, secret, { algorithms: ['HS256'], audience, ignoreExpiration: true }),
    );
  } catch {
    return undefined;
  }
}
