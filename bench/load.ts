import { connect, type Socket } from 'node:net';
import type { WireRequest } from './traffic.ts';

export type LoadResult = {
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Answers by status. */
  readonly statuses: Readonly<Record<string, number>>;
};

/** Sends every request once over `connections` keep-alive connections, each waiting for its answer before the next. */
export async function runLoad(
  port: number,
  requests: readonly WireRequest[],
  connections: number,
): Promise<LoadResult> {
  const latencies = new Float64Array(requests.length);
  const statuses: Record<string, number> = {};
  let next = 0;
  const run = (socket: Socket) =>
    new Promise<void>((resolve, reject) => {
      let index = -1;
      let sentAt = 0;
      let pending = '';
      const send = () => {
        index = next++;
        const request = requests[index];
        if (request === undefined) {
          socket.end();
          resolve();
          return;
        }
        sentAt = performance.now();
        socket.write(request);
      };
      socket.setNoDelay(true);
      socket.on('error', reject);
      socket.on('data', (chunk) => {
        pending += chunk.toString('latin1');
        const end = answerEnd(pending);
        if (end === undefined) return;
        latencies[index] = performance.now() - sentAt;
        const status = pending.slice(9, 12);
        statuses[status] = (statuses[status] ?? 0) + 1;
        pending = pending.slice(end);
        send();
      });
      socket.on('connect', send);
    });
  const startedAt = performance.now();
  await Promise.all(Array.from({ length: connections }, () => run(connect(port, '127.0.0.1'))));
  const seconds = (performance.now() - startedAt) / 1000;
  const sorted = latencies.toSorted();
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
  return { perSecond: requests.length / seconds, p50Ms: at(0.5), p99Ms: at(0.99), statuses };
}

/** Where the first answer in the text ends, or undefined while it is not complete. */
function answerEnd(text: string): number | undefined {
  const head = text.indexOf('\r\n\r\n');
  if (head < 0) return undefined;
  const length = Number(/content-length: (\d+)/i.exec(text.slice(0, head))?.[1] ?? 0);
  const end = head + 4 + length;
  return text.length >= end ? end : undefined;
}
