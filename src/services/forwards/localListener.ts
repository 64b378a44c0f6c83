/** The listening end of a forward: a TCP port of this machine, or a unix socket that only its owner may use. */
import { chmod } from 'node:fs/promises';
import type { AddressInfo, Server, Socket } from 'node:net';
import { createServer } from 'node:net';
import { PosternError } from '../../contract/error.ts';
import type { LocalEnd } from '../../contract/forward.ts';
import { say } from '../../contract/say.ts';

export interface LocalListener {
  /** Where it listens, with the port that was taken. */
  readonly local: LocalEnd;
  /** Takes no more connections from now on; settles when those it took are closed. */
  close(): Promise<void>;
}

/** Nothing but the owner's rights for what is made meanwhile: a socket must not be open to others before its mode is set. */
const OWNER_ONLY_UMASK = 0o077;

/**
 * @param onConnection takes the connection, which is paused and keeps its half when the other has ended
 * @throws PosternError `app.port-in-use`
 */
export async function listenLocally(local: LocalEnd, onConnection: (socket: Socket) => void): Promise<LocalListener> {
  const server = createServer({ allowHalfOpen: true, noDelay: true, pauseOnConnect: true }, onConnection);
  await new Promise<void>((resolve, reject) => {
    // Stays: what fails later (no more file descriptors) costs one connection and not the process.
    server.on('error', (cause: NodeJS.ErrnoException) => reject(listenError(local, cause)));
    if (local.kind === 'tcp') server.listen(local.port, local.address, resolve);
    else listenAsOwner(server, local.path, resolve);
  });
  if (local.kind === 'unix') await chmod(local.path, 0o600);
  return {
    local: local.kind === 'unix' ? local : { ...local, port: (server.address() as AddressInfo).port },
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

/** The socket is made within `listen`, so that the umask is back before anything else runs. */
function listenAsOwner(server: Server, path: string, onListening: () => void): void {
  const umask = process.umask(OWNER_ONLY_UMASK);
  try {
    server.listen(path, onListening);
  } finally {
    process.umask(umask);
  }
}

function listenError(local: LocalEnd, cause: NodeJS.ErrnoException): PosternError {
  const where = local.kind === 'unix' ? local.path : say`${local.address} port ${local.port}`;
  return new PosternError(
    {
      code: 'app.port-in-use',
      message: cause.code === 'EADDRINUSE' ? say`${where} is in use.` : say`Cannot listen on ${where} (${cause.code ?? cause.message}).`,
      remedy: local.kind === 'unix' ? say`Choose another path, or remove the socket that is there.` : say`Choose another port, or 0 for a free one, and an address of this machine.`,
    },
    { cause },
  );
}
