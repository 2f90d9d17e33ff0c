import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import type { Fault } from '#test/faults.ts';
import { acceptWebSocket, type ServerSocket } from '#test/websocket.ts';
import { identity } from './identity.ts';
import { type JsonObject, Refusal } from './refusal.ts';

/** What the app answered to an envelope within 3 s; `attempts` counts how often it was sent. */
export type Ack = {
  readonly acked: boolean;
  readonly payload: unknown;
  readonly elapsedMs: number;
  readonly attempts: number;
};

const maxSockets = 10;
const ackTimeoutMs = 3000;
const maxEventAttempts = 3;
const goodbyeMs = 200;

const ackShape = z.object({ envelope_id: z.string(), payload: z.unknown() });

/** Slack's side of Socket Mode: tickets, `hello`, envelopes and their acks. */
export class SocketMode {
  readonly #tickets = new Set<string>();
  readonly #sockets = new Set<ServerSocket>();
  readonly #waiting = new Map<string, (payload: unknown) => void>();
  #turn = 0;

  /** The path of a socket address that works once. */
  issueTicket(): string {
    if (this.#sockets.size >= maxSockets) throw new Refusal('too_many_websockets');
    const ticket = randomUUID();
    this.#tickets.add(ticket);
    return `/link/?ticket=${ticket}&app_id=${identity.appId}`;
  }

  accept(request: IncomingMessage, stream: Duplex, head: Buffer, fault: Fault | undefined): void {
    const ticket = new URL(request.url ?? '/', 'ws://localhost').searchParams.get('ticket') ?? '';
    if (fault === 'open-503' || !this.#tickets.delete(ticket)) {
      stream.end(`HTTP/1.1 ${fault === 'open-503' ? 503 : 401} Refused\r\nConnection: close\r\n\r\n`);
      return;
    }
    const socket = acceptWebSocket(request, stream, head);
    if (socket === undefined) return;
    this.#sockets.add(socket);
    socket.onMessage((text) => this.#settle(text));
    socket.onClose(() => this.#sockets.delete(socket));
    if (fault === 'ws-silent') return;
    socket.send(JSON.stringify(this.#hello()));
    if (typeof fault === 'object' && fault.kind === 'ws-drop') socket.close(fault.code);
  }

  /** How many sockets are open. */
  count(): number {
    return this.#sockets.size;
  }

  /** Sends an envelope over one of the sockets, in turn; events that nobody acks are sent again, over the next one. */
  async send(type: 'slash_commands' | 'interactive' | 'events_api', payload: JsonObject): Promise<Ack> {
    const startedAt = performance.now();
    const attempts = type === 'events_api' ? maxEventAttempts : 1;
    for (let attempt = 1; attempt <= attempts; attempt += 1) {
      const answer = await this.#sendOnce(type, payload, attempt);
      const elapsedMs = performance.now() - startedAt;
      if (answer.acked) return { ...answer, elapsedMs, attempts: attempt };
    }
    return { acked: false, payload: undefined, elapsedMs: performance.now() - startedAt, attempts };
  }

  /** Asks every client to reconnect. */
  disconnect(reason: string): void {
    for (const socket of this.#sockets) socket.send(JSON.stringify({ type: 'disconnect', reason }));
  }

  /** Closes every socket with a code, or cuts the connection when there is none. */
  drop(code?: number): void {
    for (const socket of this.#sockets) {
      if (code === undefined) socket.destroy();
      else socket.close(code);
    }
  }

  /** Closes every socket politely, and by force where the client does not answer at once. */
  async stop(): Promise<void> {
    const closed = Array.from(this.#sockets, (socket) => {
      const { promise, resolve } = Promise.withResolvers<void>();
      socket.onClose(() => resolve());
      socket.close(1001);
      return promise;
    });
    const waited = delay(goodbyeMs, undefined, { ref: false });
    await Promise.race([Promise.all(closed), waited]);
    this.drop();
  }

  async #sendOnce(
    type: string,
    payload: JsonObject,
    attempt: number,
  ): Promise<{ acked: boolean; payload: unknown }> {
    const socket = Array.from(this.#sockets)[this.#turn % Math.max(1, this.#sockets.size)];
    this.#turn += 1;
    if (socket === undefined) return { acked: false, payload: undefined };
    const envelopeId = randomUUID();
    const { promise, resolve } = Promise.withResolvers<{ acked: boolean; payload: unknown }>();
    const timer = setTimeout(() => resolve({ acked: false, payload: undefined }), ackTimeoutMs);
    this.#waiting.set(envelopeId, (answer) => resolve({ acked: true, payload: answer }));
    const retry =
      type === 'events_api' ? { retry_attempt: attempt - 1, retry_reason: reasonOf(attempt) } : {};
    socket.send(
      JSON.stringify({
        type,
        envelope_id: envelopeId,
        accepts_response_payload: type !== 'events_api',
        payload,
        ...retry,
      }),
    );
    const answer = await promise;
    clearTimeout(timer);
    this.#waiting.delete(envelopeId);
    return answer;
  }

  #settle(text: string): void {
    const ack = ackShape.safeParse(JSON.parse(text));
    if (ack.success) this.#waiting.get(ack.data.envelope_id)?.(ack.data.payload);
  }

  #hello(): JsonObject {
    return {
      type: 'hello',
      num_connections: this.#sockets.size,
      connection_info: { app_id: identity.appId },
      debug_info: { host: 'stand-in', approximate_connection_time: 18_060 },
    };
  }
}

function reasonOf(attempt: number): string {
  return attempt === 1 ? '' : 'timeout';
}
