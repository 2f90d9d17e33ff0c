import { generateKeyPairSync, sign } from 'node:crypto';

/** What an endpoint answered; `body` is parsed JSON, or the text when it is none. */
export type EndpointAnswer = { readonly status: number; readonly body: unknown };

/** Signs deliveries to interaction endpoints as Discord does (Ed25519 over timestamp and body). */
export class SignedDelivery {
  /** The public half in hex, as the developer portal shows it. */
  readonly publicKey: string;
  readonly #privateKey;

  constructor() {
    const { publicKey, privateKey } = generateKeyPairSync('ed25519');
    this.#privateKey = privateKey;
    // The last 32 bytes of the DER form are the raw key.
    this.publicKey = publicKey.export({ format: 'der', type: 'spki' }).subarray(-32).toString('hex');
  }

  /** Posts `payload`; undefined when no answer came within `withinMs`. */
  async send(
    to: string,
    payload: object,
    { withinMs, forged = false }: { withinMs: number; forged?: boolean },
  ): Promise<EndpointAnswer | undefined> {
    const body = JSON.stringify(payload);
    const timestamp = String(Math.floor(Date.now() / 1000));
    const signed = forged ? `${timestamp}${body} ` : timestamp + body;
    try {
      const response = await fetch(to, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          'user-agent': 'Discord-Interactions/1.0 (+https://discord.com)',
          'x-signature-ed25519': sign(null, Buffer.from(signed), this.#privateKey).toString('hex'),
          'x-signature-timestamp': timestamp,
        },
        body,
        signal: AbortSignal.timeout(withinMs),
      });
      return { status: response.status, body: parsed(await response.text()) };
    } catch (error) {
      if (error instanceof DOMException && error.name === 'TimeoutError') return undefined;
      throw error;
    }
  }
}

function parsed(body: string): unknown {
  try {
    const json: unknown = JSON.parse(body);
    return json;
  } catch {
    return body;
  }
}
