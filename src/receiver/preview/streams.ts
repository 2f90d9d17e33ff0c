import type { ServerResponse } from 'node:http';

export type StreamOptions = {
  /** Calls the listener at every change until the returned function is called. */
  readonly subscribe: (listener: () => void) => () => void;
  /** More than these at a time are refused. */
  readonly maxStreams: number;
  /** Comments at this distance keep proxies from closing a quiet stream. */
  readonly heartbeatMs: number;
  /** Changes within this time are told as one. */
  readonly collectMs: number;
  /** Ends all streams and admits no more. */
  readonly signal: AbortSignal;
};

export type Streams = {
  /** Makes the response a stream of server-sent events that lasts until either side leaves; false when there is no room. */
  add(response: ServerResponse): boolean;
};

/** How long a browser waits before it opens a lost stream again. */
const reconnectMs = 2000;

/** Tells any number of browsers that something changed. Listens and keeps timers only while somebody watches. */
export function createStreams(options: StreamOptions): Streams {
  const open = new Set<ServerResponse>();
  let stop: (() => void) | undefined;

  const write = (text: string) => {
    for (const response of open) response.write(text);
  };
  const start = () => {
    let collecting: NodeJS.Timeout | undefined;
    const unsubscribe = options.subscribe(() => {
      collecting ??= setTimeout(() => {
        collecting = undefined;
        write('event: changed\ndata: {}\n\n');
      }, options.collectMs);
    });
    const heartbeat = setInterval(() => write(': still here\n\n'), options.heartbeatMs);
    stop = () => {
      unsubscribe();
      clearInterval(heartbeat);
      clearTimeout(collecting);
      stop = undefined;
    };
  };
  const remove = (response: ServerResponse) => {
    if (open.delete(response) && open.size === 0) stop?.();
  };

  options.signal.addEventListener('abort', () => {
    for (const response of open) {
      remove(response);
      response.end();
    }
  });

  return {
    add: (response) => {
      if (options.signal.aborted || open.size >= options.maxStreams) return false;
      response.on('close', () => remove(response));
      response.on('error', () => remove(response));
      response.writeHead(200, { 'content-type': 'text/event-stream', 'x-accel-buffering': 'no' });
      response.write(`retry: ${reconnectMs}\n\n`);
      open.add(response);
      if (stop === undefined) start();
      return true;
    },
  };
}
