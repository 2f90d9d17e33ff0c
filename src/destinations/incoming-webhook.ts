import { createHash } from 'node:crypto';

/** The answer to one call, read to its end. */
export type WebhookAnswer = {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
};

/**
 * The address of an incoming webhook, if it may be called: https on one of `hosts`, or the very origin of an API base that the operator
 * has put in place of the vendor's. Otherwise rejects with an Error that does not repeat the address: it is a secret.
 */
export function webhookAddress(
  text: string,
  platform: { readonly hosts: readonly string[]; readonly apiUrl: string; readonly isOverridden: boolean },
): URL {
  const wanted = `https on ${platform.hosts[0]}`;
  if (!URL.canParse(text)) throw new Error(`webhook: not an address; ${wanted} is expected`);
  const url = new URL(text);
  const isVendors = url.protocol === 'https:' && url.port === '' && platform.hosts.includes(url.hostname);
  const isStandIn = platform.isOverridden && url.origin === new URL(platform.apiUrl).origin;
  if (!isVendors && !isStandIn)
    throw new Error(`webhook: this address is not allowed; ${wanted} is expected`);
  return url;
}

/** Names a webhook without giving it away. */
export function webhookLane(platform: string, url: URL): string {
  return `${platform}:webhook:${createHash('sha256').update(url.href).digest('hex').slice(0, 8)}`;
}

/** Sends JSON once and reads the answer; rejects as `fetch` does, also for a redirect and for a body that does not end in time. */
export async function sendJson(
  fetch: typeof globalThis.fetch,
  method: 'POST' | 'PATCH',
  url: URL,
  body: unknown,
  options: { readonly timeoutMs: number; readonly headers?: Readonly<Record<string, string>> },
): Promise<WebhookAnswer> {
  const response = await fetch(url, {
    method,
    headers: { ...options.headers, 'content-type': 'application/json' },
    body: JSON.stringify(body),
    redirect: 'error',
    signal: AbortSignal.timeout(options.timeoutMs),
  });
  return { status: response.status, headers: response.headers, text: await response.text() };
}
