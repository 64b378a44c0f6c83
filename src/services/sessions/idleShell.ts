/** A session without a shell: it holds a connection open for its forwards, as `ssh -N` does. */
import { Duplex } from 'node:stream';
import type { ExitStatus } from '../../contract/session.ts';
import type { Shell } from '../base/shell.ts';
import type { SshConnection } from '../ssh/connection.ts';

export function openIdleShell(connection: Pick<SshConnection, 'onEnd' | 'close'>): Shell {
  const { promise: exited, resolve, reject } = Promise.withResolvers<ExitStatus>();
  exited.catch(() => undefined);
  // Says nothing, and forgets what it is told.
  const stream = new Duplex({ read() {}, write: (_chunk, _encoding, done) => done() });
  connection.onEnd((error) => {
    stream.destroy();
    if (error === undefined) resolve({});
    else reject(error);
  });
  return { stream, resize() {}, exited, close: connection.close };
}
