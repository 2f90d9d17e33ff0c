import jwt from 'jsonwebtoken';
import { type FileFault, type FileServer, failCall, startFileServer } from '#test/file-server.ts';

export type VideoSdkStandIn = FileServer & {
  /** What a `GET` of this path and query answers. */
  readonly answers: Map<string, unknown>;
  /** The next calls go wrong, one fault each. */
  readonly fail: (...faults: readonly FileFault[]) => void;
};

type Options = {
  readonly key: string;
  readonly secret: string;
  readonly now: () => Date;
  /** Where a redirect leads. */
  readonly elsewhere?: string;
};

/** The API of VideoSDK around files, for whoever brings a token of the account that holds now. */
export async function startVideoSdk({ key, secret, now, elsewhere }: Options): Promise<VideoSdkStandIn> {
  const answers = new Map<string, unknown>();
  const faults: FileFault[] = [];
  const isSigned = (token: string | undefined): boolean => {
    try {
      const clockTimestamp = Math.floor(now().getTime() / 1000);
      const claims = jwt.verify(token ?? '', secret, { algorithms: ['HS256'], clockTimestamp });
      if (typeof claims === 'string') return false;
      const { apikey, version, roles, iat = 0, exp = Number.POSITIVE_INFINITY } = claims;
      return apikey === key && version === 2 && String(roles) === 'crawler' && exp - iat <= 600;
    } catch {
      return false;
    }
  };
  const server = await startFileServer(({ method, path, headers }, response) => {
    const fault = faults.shift();
    if (fault !== undefined) {
      failCall(fault, response, elsewhere ?? 'http://127.0.0.1:9/');
      return;
    }
    const found = method === 'GET' ? answers.get(path) : undefined;
    const status = isSigned(headers.authorization) ? (found === undefined ? 404 : 200) : 401;
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(JSON.stringify(status === 200 ? found : { message: 'no' }));
  });
  return Object.assign(server, {
    answers,
    fail: (...next: readonly FileFault[]) => void faults.push(...next),
  });
}
