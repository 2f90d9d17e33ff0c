import { once } from 'node:events';
import { createServer } from 'node:net';

/** `wanted` when nothing on this machine listens there, else any free port. */
export async function freePort(wanted: number): Promise<number> {
  // What listens on ::1 alone would get what a browser sends to "localhost".
  const taken = [await open(wanted, '::1'), await open(wanted, '127.0.0.1')].includes('taken');
  const port = taken ? await open(0, '127.0.0.1') : wanted;
  if (typeof port !== 'number') throw new Error('there is no free port on 127.0.0.1');
  return port;
}

/** The port that could be listened on; it is free again when this resolves. */
async function open(port: number, host: string): Promise<number | 'taken' | 'no such address'> {
  const server = createServer();
  try {
    server.listen(port, host);
    await once(server, 'listening');
  } catch (error) {
    const isTaken = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
    return isTaken ? 'taken' : 'no such address';
  }
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address !== null ? address.port : port;
}
