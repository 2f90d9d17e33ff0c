import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';

/** The server's end of one WebSocket (RFC 6455, text frames, no extensions); pings are answered by themselves. */
export type ServerSocket = {
  /** Sends one text message; does nothing once the socket is closing. */
  send(text: string): void;
  ping(): void;
  /** Listens to whole messages; fragments have been joined. */
  onMessage(listener: (text: string) => void): void;
  /** Called once: with the client's close code, or 1006 when the connection ended without one. */
  onClose(listener: (code: number) => void): void;
  /** Sends a close frame; the connection ends when the client has answered it. */
  close(code: number, reason?: string): void;
  /** Ends the connection without a close frame. */
  destroy(): void;
};

const acceptSuffix = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';
const opcodes = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;
const closedAbnormally = 1006;
const noCodeGiven = 1005;

/** Answers an HTTP upgrade (`server.on('upgrade')`) and takes over its socket; a request that is none gets 400. */
export function acceptWebSocket(
  request: IncomingMessage,
  socket: Duplex,
  head: Buffer = Buffer.alloc(0),
): ServerSocket | undefined {
  const key = request.headers['sec-websocket-key'];
  if (key === undefined || request.headers.upgrade?.toLowerCase() !== 'websocket') {
    socket.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n');
    return undefined;
  }
  const accept = createHash('sha1')
    .update(key + acceptSuffix)
    .digest('base64');
  socket.write(
    'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n' +
      `Sec-WebSocket-Accept: ${accept}\r\n\r\n`,
  );
  return serve(socket, head);
}

function serve(socket: Duplex, head: Buffer): ServerSocket {
  const messageListeners: ((text: string) => void)[] = [];
  const closeListeners: ((code: number) => void)[] = [];
  let received = head;
  let fragments: Buffer[] = [];
  let isClosing = false;
  let closeCode = closedAbnormally;

  const write = (opcode: number, payload: Buffer): void => {
    if (!socket.destroyed && socket.writable) socket.write(encodeFrame(opcode, payload));
  };
  const close = (code: number, reason = ''): void => {
    if (isClosing) return;
    isClosing = true;
    write(opcodes.close, closePayload(code, reason));
  };
  const handle = (frame: Frame): void => {
    if (frame.opcode === opcodes.ping) return write(opcodes.pong, frame.payload);
    if (frame.opcode === opcodes.pong) return;
    if (frame.opcode === opcodes.close) {
      closeCode = frame.payload.length >= 2 ? frame.payload.readUInt16BE(0) : noCodeGiven;
      close(closeCode === noCodeGiven ? 1000 : closeCode);
      socket.end();
      return;
    }
    fragments.push(frame.payload);
    if (!frame.isFinal) return;
    const text = Buffer.concat(fragments).toString('utf8');
    fragments = [];
    for (const listener of messageListeners) listener(text);
  };
  const drain = (): void => {
    for (let next = decodeFrame(received); next !== undefined; next = decodeFrame(received)) {
      received = received.subarray(next.size);
      handle(next);
    }
  };

  socket.on('data', (chunk: Buffer) => {
    received = Buffer.concat([received, chunk]);
    drain();
  });
  socket.on('end', () => socket.end());
  socket.on('error', () => socket.destroy());
  socket.on('close', () => {
    for (const listener of closeListeners) listener(closeCode);
  });
  // What came with the upgrade waits until the caller has registered its listeners.
  queueMicrotask(drain);

  return {
    send: (text) => {
      if (!isClosing) write(opcodes.text, Buffer.from(text));
    },
    ping: () => write(opcodes.ping, Buffer.alloc(0)),
    onMessage: (listener) => void messageListeners.push(listener),
    onClose: (listener) => void closeListeners.push(listener),
    close,
    destroy: () => void socket.destroy(),
  };
}

type Frame = {
  readonly isFinal: boolean;
  readonly opcode: number;
  readonly payload: Buffer;
  readonly size: number;
};

/** The first frame of `bytes`, unmasked; undefined while it is incomplete. */
function decodeFrame(bytes: Buffer): Frame | undefined {
  if (bytes.length < 2) return undefined;
  const shortLength = bytes.readUInt8(1) & 0x7f;
  const lengthSize = shortLength === 126 ? 2 : shortLength === 127 ? 8 : 0;
  if (bytes.length < 2 + lengthSize) return undefined;
  const length =
    lengthSize === 0
      ? shortLength
      : lengthSize === 2
        ? bytes.readUInt16BE(2)
        : Number(bytes.readBigUInt64BE(2));
  const isMasked = (bytes.readUInt8(1) & 0x80) !== 0;
  const start = 2 + lengthSize + (isMasked ? 4 : 0);
  if (bytes.length < start + length) return undefined;
  const payload = Buffer.from(bytes.subarray(start, start + length));
  if (isMasked) unmask(payload, bytes.subarray(start - 4, start));
  const first = bytes.readUInt8(0);
  return { isFinal: (first & 0x80) !== 0, opcode: first & 0x0f, payload, size: start + length };
}

function unmask(payload: Buffer, mask: Buffer): void {
  for (let index = 0; index < payload.length; index += 1) {
    payload.writeUInt8(payload.readUInt8(index) ^ mask.readUInt8(index % 4), index);
  }
}

function encodeFrame(opcode: number, payload: Buffer): Buffer {
  return Buffer.concat([frameHeader(opcode, payload.length), payload]);
}

function frameHeader(opcode: number, length: number): Buffer {
  const first = 0x80 | opcode;
  if (length < 126) return Buffer.from([first, length]);
  const header = Buffer.alloc(length < 0x10000 ? 4 : 10);
  header.writeUInt8(first, 0);
  if (length < 0x10000) {
    header.writeUInt8(126, 1);
    header.writeUInt16BE(length, 2);
  } else {
    header.writeUInt8(127, 1);
    header.writeBigUInt64BE(BigInt(length), 2);
  }
  return header;
}

function closePayload(code: number, reason: string): Buffer {
  const payload = Buffer.alloc(2 + Buffer.byteLength(reason));
  payload.writeUInt16BE(code, 0);
  payload.write(reason, 2);
  return payload;
}
