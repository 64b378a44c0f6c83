/**
 * The small servers of demo hosts besides SSH, so that a port forward has somewhere to go: a web page, a store that speaks Redis's
 * protocol, and a Remote Desktop that answers a client's first request.
 */
import { createServer as createHttpServer } from 'node:http';
import { createServer } from 'node:net';
import type { Server, Socket } from 'node:net';
import { RespReader, answerCommand } from './redisProtocol.ts';

export interface HostServer {
  /** On 127.0.0.1. */
  readonly port: number;
  close(): Promise<void>;
}

/** A page that says where it comes from, whatever is asked. */
export async function startWebServer(hostname: string): Promise<HostServer> {
  const server = createHttpServer((request, response) => {
    const page = `<!doctype html><html lang="en"><meta charset="utf-8"><title>${hostname}</title><h1>Hello from ${hostname}</h1><p>This page came from a demo instance, through a way you opened.</p></html>\n`;
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8', 'content-length': Buffer.byteLength(page), server: 'postern-demo' });
    response.end(request.method === 'HEAD' ? undefined : page);
  });
  return listen(server, () => server.closeAllConnections());
}

/** Keeps texts in memory: enough for redis-cli and client libraries to say hello, set and get. */
export async function startTextStore(): Promise<HostServer> {
  const texts = new Map<string, string>();
  const sockets = new Set<Socket>();
  const server = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    // 'close' follows.
    socket.on('error', () => {});
    const reader = new RespReader();
    socket.on('data', (bytes) => {
      for (const command of reader.read(bytes.toString('latin1'))) {
        socket.write(Buffer.from(answerCommand(texts, command), 'latin1'));
        if (command[0]?.toUpperCase() === 'QUIT') socket.end();
      }
      if (reader.failed) socket.end('-ERR Protocol error\r\n');
    });
  });
  return listen(server, () => {
    for (const socket of sockets) socket.destroy();
  });
}

/** X.224 Connection Confirm with RDP_NEG_RSP, which chooses TLS. @see MS-RDPBCGR 2.2.1.2 */
const CONNECTION_CONFIRM = Buffer.from('030000130ed000001234000200080001000000', 'hex');

/** Negotiates as Windows does, and hangs up: there is no desktop behind it. */
export async function startRemoteDesktop(): Promise<HostServer> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    // 'close' follows.
    socket.on('error', () => {});
    // A TPKT header, and the X.224 Connection Request in it.
    socket.once('data', (bytes) => {
      if (bytes[0] === 3 && bytes[5] === 0xe0) socket.write(CONNECTION_CONFIRM);
      socket.end();
    });
  });
  return listen(server, () => {
    for (const socket of sockets) socket.destroy();
  });
}

async function listen(server: Server, cutConnections: () => void): Promise<HostServer> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('a TCP listener has no port');
  return {
    port: address.port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        cutConnections();
      }),
  };
}
