/** ssh2's own server, which does as it is told: what OpenSSH's would not do. */
import { once } from 'node:events';
import type { AddressInfo, Socket } from 'node:net';
import { connect } from 'node:net';
import type { Connection, ServerConfig } from 'ssh2';
import { Server } from 'ssh2';
import type { KeyFile } from './sshd.ts';

export interface RogueServer {
  readonly port: number;
  /** An open TCP connection to it. */
  dial(): Promise<Socket>;
  /** Ends its connections, and itself. */
  stop(): void;
}

/** @param handle told of every connection at once, before anything was said */
export async function startRogueServer(handle: (connection: Connection) => void, hostKeys: readonly KeyFile[], options: Omit<ServerConfig, 'hostKeys'> = {}): Promise<RogueServer> {
  const connections = new Set<Connection>();
  const server = new Server({ hostKeys: hostKeys.map(({ privateKey }) => privateKey), ...options }, (connection) => {
    connections.add(connection);
    // Who plays tricks is hung up on: that is what the tests are about.
    connection.on('error', () => undefined);
    handle(connection);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    port,
    dial: () => dialLoopback(port),
    stop() {
      for (const connection of connections) connection.end();
      server.close();
    },
  };
}

export async function dialLoopback(port: number): Promise<Socket> {
  const socket = connect({ host: '127.0.0.1', port, noDelay: true });
  await once(socket, 'connect');
  return socket;
}
