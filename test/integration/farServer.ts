/**
 * What stands at the far end of a transport in the tests: one port that echoes, one that answers once it has read everything,
 * one that floods. Run as a program with an address it serves there (in a network namespace) and tells what happens on stdout.
 */
import { createHash } from 'node:crypto';
import { createServer } from 'node:net';
import type { Server, Socket } from 'node:net';

export const FLOOD_BYTES = 96 * 1024 * 1024;
/** Of the flood, again and again. */
export const FLOOD_CHUNK = Buffer.alloc(64 * 1024, 'flood ');
/** A writer that was not let on for so long has been stopped. */
const STALL_MS = 500;

export const farPorts = { echo: 7001, digest: 7002, flood: 7003 } as const;
export type FarPort = keyof typeof farPorts;

export interface FarServer {
  readonly ports: Readonly<Record<FarPort, number>>;
  close(): void;
}

/** @param onStalled told how many bytes of a flood were taken when its reader stopped it */
export async function startFarServer(address: string, ports: Readonly<Record<FarPort, number>>, onStalled: (bytes: number) => void): Promise<FarServer> {
  const sockets = new Set<Socket>();
  const serve = (work: (socket: Socket) => void): Server =>
    createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
      sockets.add(socket);
      socket.once('close', () => sockets.delete(socket));
      // 'close' follows.
      socket.on('error', () => undefined);
      work(socket);
    });
  const servers: Record<FarPort, Server> = {
    echo: serve((socket) => socket.pipe(socket)),
    digest: serve((socket) => {
      const hash = createHash('sha256');
      socket.on('data', (chunk) => hash.update(chunk));
      socket.once('end', () => socket.end(hash.digest('hex')));
    }),
    flood: serve((socket) => flood(socket, onStalled)),
  };
  const taken: Record<FarPort, number> = { ...ports };
  for (const name of ['echo', 'digest', 'flood'] as const) taken[name] = await listen(servers[name], address, ports[name]);
  return {
    ports: taken,
    close() {
      for (const server of Object.values(servers)) server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

function flood(socket: Socket, onStalled: (bytes: number) => void): void {
  let sent = 0;
  let stalled: NodeJS.Timeout | undefined;
  socket.once('close', () => clearTimeout(stalled));
  const more = (): void => {
    while (sent < FLOOD_BYTES) {
      sent += FLOOD_CHUNK.length;
      if (socket.write(FLOOD_CHUNK)) continue;
      stalled = setTimeout(() => onStalled(sent), STALL_MS);
      socket.once('drain', () => {
        clearTimeout(stalled);
        more();
      });
      return;
    }
    socket.end();
  };
  more();
}

async function listen(server: Server, address: string, port: number): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, address, resolve);
  });
  const bound = server.address();
  if (bound === null || typeof bound === 'string') throw new Error('a TCP listener has no port');
  return bound.port;
}

const [, program, address] = process.argv;
if (program?.endsWith('farServer.ts') === true && address !== undefined) {
  await startFarServer(address, farPorts, (bytes) => process.stdout.write(`stalled ${bytes}\n`));
  process.stdout.write('listening\n');
}
