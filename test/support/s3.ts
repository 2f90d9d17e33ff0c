import { createHash, createHmac } from 'node:crypto';
import { type Call, type FileFault, type FileServer, failCall, startFileServer } from '#test/file-server.ts';

export type S3StandIn = FileServer & {
  /** Puts an object into a bucket. */
  readonly put: (bucket: string, key: string, bytes?: string) => void;
  readonly remove: (bucket: string, key: string) => void;
  /** The next calls go wrong, one fault each. */
  readonly fail: (...faults: readonly FileFault[]) => void;
};

type Options = {
  readonly region: string;
  readonly accessKey: string;
  readonly secretKey: string;
  readonly now: () => Date;
  /** Where a redirect leads. */
  readonly elsewhere?: string;
};

/** A storage that gives private objects to whoever has a presigned address that holds: path style, as MinIO does. */
export async function startS3(options: Options): Promise<S3StandIn> {
  const objects = new Map<string, string>();
  const faults: FileFault[] = [];
  const server = await startFileServer((call, response) => {
    const fault = faults.shift();
    if (fault !== undefined) {
      failCall(fault, response, options.elsewhere ?? 'http://127.0.0.1:9/');
      return;
    }
    const objection = objectionTo(call, options);
    if (objection !== undefined) {
      response.writeHead(403).end(`<Error><Code>${objection}</Code></Error>`);
      return;
    }
    const bytes = objects.get(decodeURIComponent(call.path.split('?')[0] ?? ''));
    if (bytes === undefined) response.writeHead(404).end('<Error><Code>NoSuchKey</Code></Error>');
    else response.writeHead(200).end(bytes);
  });
  return Object.assign(server, {
    put: (bucket: string, key: string, bytes = `object ${key}`) =>
      void objects.set(`/${bucket}/${key}`, bytes),
    remove: (bucket: string, key: string) => void objects.delete(`/${bucket}/${key}`),
    fail: (...next: readonly FileFault[]) => void faults.push(...next),
  });
}

/** Why a presigned request is refused, as S3 names it; the signature is made again from what came over the wire. */
function objectionTo({ method, path, headers }: Call, { region, accessKey, secretKey, now }: Options) {
  const [name = '', query = ''] = path.split('?');
  const given = new URLSearchParams(query);
  const date = given.get('X-Amz-Date') ?? '';
  const day = date.slice(0, 8);
  const scope = [day, region, 's3', 'aws4_request'];
  if (given.get('X-Amz-Credential') !== [accessKey, ...scope].join('/')) return 'InvalidAccessKeyId';
  const canonicalQuery = query
    .split('&')
    .filter((each) => !each.startsWith('X-Amz-Signature='))
    .sort()
    .join('&');
  const request = `${method}\n${name}\n${canonicalQuery}\nhost:${headers.host}\n\nhost\nUNSIGNED-PAYLOAD`;
  const digest = createHash('sha256').update(request).digest('hex');
  let key = Buffer.from(`AWS4${secretKey}`);
  for (const part of scope) key = createHmac('sha256', key).update(part).digest();
  const text = `AWS4-HMAC-SHA256\n${date}\n${scope.join('/')}\n${digest}`;
  if (given.get('X-Amz-Signature') !== createHmac('sha256', key).update(text).digest('hex'))
    return 'SignatureDoesNotMatch';
  const begin = Date.parse(date.replace(/^(\d{4})(\d\d)(\d\dT\d\d)(\d\d)(\d\dZ)$/, '$1-$2-$3:$4:$5'));
  const age = now().getTime() - begin;
  return age >= 0 && age < Number(given.get('X-Amz-Expires')) * 1000 ? undefined : 'AccessDenied';
}
