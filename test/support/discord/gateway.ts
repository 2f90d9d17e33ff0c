import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { z } from 'zod';
import type { Fault, Faults } from '#test/faults.ts';
import { acceptWebSocket, type ServerSocket } from '#test/websocket.ts';

const ops = {
  dispatch: 0,
  heartbeat: 1,
  identify: 2,
  presence: 3,
  resume: 6,
  reconnect: 7,
  invalidSession: 9,
  hello: 10,
  ack: 11,
} as const;
const closeCodes = {
  unknownOp: 4001,
  undecodable: 4002,
  notAuthenticated: 4003,
  badToken: 4004,
  alreadyAuthenticated: 4005,
  timedOut: 4009,
  invalidIntents: 4013,
  disallowedIntents: 4014,
} as const;
const intents = { all: 0b11_1111_1111_1111_1111_1111_1111, privileged: (1 << 1) | (1 << 8) | (1 << 15) };
/** A client that closes with one of these ends its session. */
const endingCloseCodes = [1000, 1001];
const missedHeartbeats = 2.5;
const identifiesPerDay = 1000;

const received = z.object({ op: z.int(), d: z.unknown() });
const identify = z.object({ token: z.string(), intents: z.int() });
const resume = z.object({ token: z.string(), session_id: z.string(), seq: z.int() });

export type GatewayOptions = {
  readonly faults: Faults;
  readonly heartbeatMs: number;
  isToken(token: string): boolean;
  /** What READY tells of the bot, besides the session. */
  identity(): object;
  /** GUILD_CREATE of the one guild. */
  guild(): object;
  /** `ws://…`, without a query. */
  url(): string;
};

type Session = {
  readonly id: string;
  readonly sent: string[];
  socket: ServerSocket | undefined;
};

/** The gateway's side of every socket: identify, resume, heartbeats, dispatches. */
export class Gateway {
  readonly #options: GatewayOptions;
  readonly #sessions = new Map<string, Session>();
  readonly #sockets = new Set<ServerSocket>();
  #identifies = 0;
  #resumes = 0;
  #isReady = false;
  #ready = Promise.withResolvers<void>();

  constructor(options: GatewayOptions) {
    this.#options = options;
  }

  /** How often a client began, and took up, a session. */
  counts(): { readonly identifies: number; readonly resumes: number } {
    return { identifies: this.#identifies, resumes: this.#resumes };
  }

  /** The body of `GET /gateway/bot`. */
  information(): object {
    const remaining = Math.max(0, identifiesPerDay - this.#identifies);
    const limit = { total: identifiesPerDay, remaining, reset_after: 86_400_000, max_concurrency: 1 };
    return { url: this.#options.url(), shards: 1, session_start_limit: limit };
  }

  /** Resolves once a session is ready or resumed; after a drop, once it is so again. */
  ready(): Promise<void> {
    return this.#ready.promise;
  }

  /** Sends an event to every session; one without a socket gets it when it resumes. */
  dispatch(event: string, data: object): void {
    for (const session of this.#sessions.values()) dispatchTo(session, event, data);
  }

  /** Asks the clients to reconnect and resume (op 7). */
  askToReconnect(): void {
    this.#unready();
    for (const socket of this.#sockets) send(socket, ops.reconnect, null);
  }

  /** Declares the sessions invalid (op 9). */
  invalidate(isResumable: boolean): void {
    this.#unready();
    if (!isResumable) this.#sessions.clear();
    for (const socket of this.#sockets) send(socket, ops.invalidSession, isResumable);
  }

  /** Closes every socket with `code`; the sessions can be resumed. */
  drop(code: number): void {
    this.#unready();
    for (const socket of this.#sockets) socket.close(code);
  }

  stop(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  /** Takes over a request for a socket. */
  upgrade(request: IncomingMessage, stream: Duplex, head: Buffer): void {
    const fault = this.#options.faults.take({ method: 'GATEWAY open' });
    if (fault === 'open-503') {
      stream.end('HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
      return;
    }
    const socket = acceptWebSocket(request, stream, head);
    if (socket === undefined) return;
    this.#sockets.add(socket);
    new Connection(socket, fault, this.#options, {
      begin: () => this.#begin(socket),
      resume: (id, seq) => this.#resume(socket, id, seq),
      end: (session, code) => this.#end(socket, session, code),
    }).open();
  }

  #begin(socket: ServerSocket): Session {
    this.#identifies += 1;
    const session: Session = { id: `session-${this.#identifies}`, sent: [], socket };
    this.#sessions.set(session.id, session);
    dispatchTo(session, 'READY', {
      v: 10,
      session_id: session.id,
      resume_gateway_url: this.#options.url(),
      ...this.#options.identity(),
    });
    dispatchTo(session, 'GUILD_CREATE', this.#options.guild());
    this.#becomeReady();
    return session;
  }

  #resume(socket: ServerSocket, id: string, seq: number): Session | undefined {
    const session = this.#sessions.get(id);
    if (session === undefined || seq > session.sent.length) return undefined;
    this.#resumes += 1;
    session.socket = socket;
    for (const missed of session.sent.slice(seq)) socket.send(missed);
    dispatchTo(session, 'RESUMED', {});
    this.#becomeReady();
    return session;
  }

  #end(socket: ServerSocket, session: Session | undefined, code: number): void {
    this.#sockets.delete(socket);
    if (session?.socket !== socket) return;
    session.socket = undefined;
    if (endingCloseCodes.includes(code)) this.#sessions.delete(session.id);
    this.#unready();
  }

  #becomeReady(): void {
    this.#isReady = true;
    this.#ready.resolve();
  }

  #unready(): void {
    if (this.#isReady) this.#ready = Promise.withResolvers<void>();
    this.#isReady = false;
  }
}

type Sessions = {
  begin(): Session;
  resume(id: string, seq: number): Session | undefined;
  end(session: Session | undefined, code: number): void;
};

/** One socket, from HELLO to its close. */
class Connection {
  readonly #socket: ServerSocket;
  readonly #openFault: Fault | undefined;
  readonly #options: GatewayOptions;
  readonly #sessions: Sessions;
  #session: Session | undefined;
  #isMute = false;
  #watchdog: NodeJS.Timeout | undefined;

  constructor(
    socket: ServerSocket,
    openFault: Fault | undefined,
    options: GatewayOptions,
    sessions: Sessions,
  ) {
    this.#socket = socket;
    this.#openFault = openFault;
    this.#options = options;
    this.#sessions = sessions;
  }

  open(): void {
    this.#socket.onMessage((text) => this.#receive(text));
    this.#socket.onClose((code) => {
      clearTimeout(this.#watchdog);
      this.#sessions.end(this.#session, code);
    });
    this.#awaitHeartbeat();
    if (this.#meets(this.#openFault)) return;
    send(this.#socket, ops.hello, { heartbeat_interval: this.#options.heartbeatMs });
  }

  /** Whether a fault has taken the place of the usual reaction. */
  #meets(fault: Fault | undefined): boolean {
    if (fault === 'ws-silent') this.#isMute = true;
    if (typeof fault === 'object' && fault.kind === 'ws-drop') {
      this.#socket.close(fault.code);
      return true;
    }
    if (fault === 'identify-invalid') {
      send(this.#socket, ops.invalidSession, false);
      return true;
    }
    return this.#isMute;
  }

  #receive(text: string): void {
    const message = received.safeParse(parsed(text));
    if (!message.success) return this.#socket.close(closeCodes.undecodable);
    const { op, d } = message.data;
    const name = Object.entries(ops).find(([, value]) => value === op)?.[0] ?? String(op);
    if (this.#meets(this.#options.faults.take({ method: `GATEWAY ${name}` }))) return;
    if (op === ops.heartbeat) return this.#heartbeat();
    if (op === ops.identify) return this.#identify(d);
    if (op === ops.resume) return this.#resume(d);
    if (this.#session === undefined) return this.#socket.close(closeCodes.notAuthenticated);
    if (op !== ops.presence) this.#socket.close(closeCodes.unknownOp);
  }

  #heartbeat(): void {
    this.#awaitHeartbeat();
    send(this.#socket, ops.ack, null);
  }

  #awaitHeartbeat(): void {
    clearTimeout(this.#watchdog);
    const patienceMs = this.#options.heartbeatMs * missedHeartbeats;
    this.#watchdog = setTimeout(() => this.#socket.close(closeCodes.timedOut), patienceMs).unref();
  }

  #identify(data: unknown): void {
    const asked = identify.safeParse(data);
    if (!asked.success) return this.#socket.close(closeCodes.undecodable);
    if (this.#session !== undefined) return this.#socket.close(closeCodes.alreadyAuthenticated);
    const { token, intents: wanted } = asked.data;
    if (!this.#options.isToken(token)) return this.#socket.close(closeCodes.badToken);
    if (wanted < 0 || wanted > intents.all) return this.#socket.close(closeCodes.invalidIntents);
    if ((wanted & intents.privileged) !== 0) return this.#socket.close(closeCodes.disallowedIntents);
    this.#session = this.#sessions.begin();
  }

  #resume(data: unknown): void {
    const asked = resume.safeParse(data);
    if (!asked.success) return this.#socket.close(closeCodes.undecodable);
    const { token, session_id: id, seq } = asked.data;
    if (!this.#options.isToken(token)) return this.#socket.close(closeCodes.badToken);
    this.#session = this.#sessions.resume(id, seq);
    if (this.#session === undefined) send(this.#socket, ops.invalidSession, false);
  }
}

function dispatchTo(session: Session, event: string, data: object): void {
  const text = JSON.stringify({ op: ops.dispatch, t: event, s: session.sent.length + 1, d: data });
  session.sent.push(text);
  session.socket?.send(text);
}

function send(socket: ServerSocket, op: number, data: unknown): void {
  socket.send(JSON.stringify({ op, d: data, t: null, s: null }));
}

function parsed(text: string): unknown {
  try {
    const json: unknown = JSON.parse(text);
    return json;
  } catch {
    return undefined;
  }
}
