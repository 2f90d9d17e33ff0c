import { createHmac, timingSafeEqual } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import jwt from 'jsonwebtoken';

/**
 * What goes wrong with a call for a token. `hang`: no answer. `reset`: the socket is destroyed. `500`: an error page. `garbage`: status 200
 * and no JSON. `huge`: an answer without end. `redirect`: to another address. `refused`: a business error that is not "not found".
 */
export type PlugNmeetFault = 'hang' | 'reset' | '500' | 'garbage' | 'huge' | 'redirect' | 'refused';

type Credentials = { readonly key: string; readonly secret: string };
type Kind = 'recording' | 'artifact';

const tokenLifeS = { recording: 1800, artifact: 600 };
const idNames = { recording: 'record_id', artifact: 'artifact_id' } as const;

/** A server that does what plugNmeet's does around its files: hands out tokens to who signs in, and files to who has a token. */
export class PlugNmeetStandIn implements AsyncDisposable {
  readonly #server: Server;
  readonly #credentials: Credentials;
  readonly #now: () => Date;
  readonly #files = new Map<string, Buffer>();
  readonly #faults: PlugNmeetFault[] = [];
  readonly #calls: string[] = [];

  private constructor(server: Server, credentials: Credentials, now: () => Date) {
    this.#server = server;
    this.#credentials = credentials;
    this.#now = now;
  }

  /** Listens on a free port of 127.0.0.1. Tokens end by `now`. */
  static async start({ key, secret, now = () => new Date() }: Credentials & { now?: () => Date }) {
    const server = createServer();
    const standIn = new PlugNmeetStandIn(server, { key, secret }, now);
    server.on('request', (request, response) => {
      standIn.#answer(request, response).catch(() => response.destroy());
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return standIn;
  }

  /** Address of the server, without a slash at the end. */
  get url(): string {
    const { port } = this.#server.address() as AddressInfo;
    return `http://127.0.0.1:${port}`;
  }

  /** The calls so far as `POST /path`, in order. */
  get calls(): readonly string[] {
    return this.#calls;
  }

  addRecording(recordId: string, bytes: string | Buffer = `recording ${recordId}`): void {
    this.#files.set(`recording/${recordId}`, Buffer.from(bytes));
  }

  addArtifact(artifactId: string, bytes: string | Buffer = `artifact ${artifactId}`): void {
    this.#files.set(`artifact/${artifactId}`, Buffer.from(bytes));
  }

  /** Deletes the recording or artifact of that id. */
  deleteFile(id: string): void {
    this.#files.delete(`recording/${id}`);
    this.#files.delete(`artifact/${id}`);
  }

  /** The next calls for a token go wrong, one fault each. */
  fail(...faults: readonly PlugNmeetFault[]): void {
    this.#faults.push(...faults);
  }

  async stop(): Promise<void> {
    if (!this.#server.listening) return;
    this.#server.close();
    this.#server.closeAllConnections();
    await once(this.#server, 'close');
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = '', url = '' } = request;
    this.#calls.push(`${method} ${url}`);
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(Buffer.from(chunk));
    const asked = /^\/auth\/(recording|artifact)\/getDownloadToken$/.exec(url)?.[1];
    if (method === 'POST' && isKind(asked)) {
      this.#giveToken(asked, Buffer.concat(chunks), request, response);
      return;
    }
    const [, kind, token = ''] = /^\/download\/(recording|artifact)\/([^/]+)$/.exec(url) ?? [];
    if ((method === 'GET' || method === 'HEAD') && isKind(kind)) {
      this.#giveFile(kind, decodeURIComponent(token), response);
      return;
    }
    response.writeHead(404).end('Not Found');
  }

  #giveToken(kind: Kind, body: Buffer, request: IncomingMessage, response: ServerResponse): void {
    const fault = this.#faults.shift();
    if (fault !== undefined && faulty(fault, response)) return;
    if (!this.#isSigned(request, body)) {
      reply(response, 401, { status: false, msg: 'invalid credentials' });
      return;
    }
    const wanted: unknown = JSON.parse(body.toString('utf8'))[idNames[kind]];
    if (fault === 'refused') {
      reply(response, 200, { status: false, msg: 'storage is not ready', status_code: 'INTERNAL' });
    } else if (typeof wanted !== 'string' || !this.#files.has(`${kind}/${wanted}`)) {
      reply(response, 200, { status: false, msg: 'no info found', status_code: 'NOT_FOUND' });
    } else {
      const seconds = Math.floor(this.#now().getTime() / 1000);
      const { key, secret } = this.#credentials;
      const token = jwt.sign(
        { iss: key, nbf: seconds, exp: seconds + tokenLifeS[kind], sub: `${kind}/${wanted}` },
        secret,
      );
      reply(response, 200, { status: true, msg: 'success', status_code: 'OK', token });
    }
  }

  #isSigned({ headers }: IncomingMessage, body: Buffer): boolean {
    const { key, secret } = this.#credentials;
    const expected = Buffer.from(createHmac('sha256', secret).update(body).digest('hex'));
    const given = Buffer.from(String(headers['hash-signature']));
    return headers['api-key'] === key && given.length === expected.length && timingSafeEqual(given, expected);
  }

  #giveFile(kind: Kind, token: string, response: ServerResponse): void {
    let subject: string | undefined;
    try {
      const clockTimestamp = Math.floor(this.#now().getTime() / 1000);
      subject = jwt.verify(token, this.#credentials.secret, { clockTimestamp }).sub?.toString();
    } catch {
      response.writeHead(401).end('token is not valid');
      return;
    }
    const bytes = subject?.startsWith(`${kind}/`) ? this.#files.get(subject) : undefined;
    if (bytes === undefined) response.writeHead(404).end('file is gone');
    else response.writeHead(200, { 'content-type': 'application/octet-stream' }).end(bytes);
  }
}

function isKind(text: string | undefined): text is Kind {
  return text === 'recording' || text === 'artifact';
}

function reply(response: ServerResponse, status: number, answer: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
}

/** True when the fault has dealt with the call. */
function faulty(fault: PlugNmeetFault, response: ServerResponse): boolean {
  switch (fault) {
    case 'hang':
      return true;
    case 'reset':
      response.destroy();
      return true;
    case '500':
      response.writeHead(500).end('<html>Internal Server Error</html>');
      return true;
    case 'garbage':
      response.writeHead(200, { 'content-type': 'application/json' }).end('{"status":tru');
      return true;
    case 'huge':
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(`{"status":true,"token":"${'x'.repeat(1_000_000)}"}`);
      return true;
    case 'redirect':
      response.writeHead(302, { location: '/elsewhere' }).end();
      return true;
    case 'refused':
      break;
  }
  return false;
}
