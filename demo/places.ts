import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

const pages: Readonly<Record<string, string>> = {
  '/rooms/': 'Here the meeting room would open.',
  '/storage/': 'Here your storage would hand out the file or play the stream.',
};

export type Places = AsyncDisposable & {
  /** Meeting rooms live below this address. */
  readonly rooms: string;
  /** Files and streams live below this address. */
  readonly storage: string;
};

/** Where links of the demo lead that are not plugNmeet's: pages that say what would be there. */
export async function openPlaces(): Promise<Places> {
  const server = createServer((request, response) => {
    const page = Object.entries(pages).find(([start]) => request.url?.startsWith(start))?.[1];
    response.writeHead(page === undefined ? 404 : 200, { 'content-type': 'text/plain; charset=utf-8' });
    response.end(`${page ?? 'Nothing is here.'}\n`);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const address = `http://127.0.0.1:${port}`;
  return {
    rooms: `${address}/rooms`,
    storage: `${address}/storage`,
    [Symbol.asyncDispose]: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}
