import type { IncomingMessage } from 'node:http';

/** More than this is refused with 413. LiveKit's metadata alone may fill half of it. */
export const maxBodyBytes = 2 * 1024 * 1024;

/** A body that is too large is read to its end all the same, so that its sender gets to see the answer; past this it is cut off. */
const maxDrainBytes = 32 * 1024 * 1024;

/** The exact bytes of a request, whatever its content type; `too large` past the limit; `aborted` when the sender went away. */
export function readBody(request: IncomingMessage): Promise<Buffer | 'too large' | 'aborted'> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let length = 0;
    request.on('data', (chunk: Buffer) => {
      length += chunk.length;
      if (length <= maxBodyBytes) chunks.push(chunk);
      else chunks.length = 0;
      if (length > maxDrainBytes) request.destroy();
    });
    request.on('end', () => {
      const [first] = chunks;
      if (length > maxBodyBytes) resolve('too large');
      else resolve(first !== undefined && chunks.length === 1 ? first : Buffer.concat(chunks));
    });
    request.on('error', () => resolve('aborted'));
    request.on('close', () => resolve('aborted'));
  });
}
