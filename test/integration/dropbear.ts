/** Debian's dropbear on a random loopback port, with keys of its own, as the user who runs the tests. */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import type { Socket } from 'node:net';
import { connect, createServer } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';

export interface Dropbear {
  readonly osUser: string;
  dial(): Promise<Socket>;
  stop(): Promise<void>;
}

/** @param machine command and arguments that it is started by: see privateMachine.ts */
export async function startDropbear(machine: readonly string[]): Promise<Dropbear> {
  const folder = mkdtempSync(join(tmpdir(), 'postern-dropbear-'));
  const hostKey = join(folder, 'host');
  execFileSync('dropbearkey', ['-t', 'ed25519', '-f', hostKey], { stdio: 'ignore' });
  const port = await freePort();
  const [program = 'dropbear', ...before] = machine;
  const dropbear = spawn(program, [...before, '/usr/sbin/dropbear', '-F', '-E', '-r', hostKey, '-p', `127.0.0.1:${port}`, '-P', join(folder, 'pid')], { stdio: 'ignore' });
  const dial = async (): Promise<Socket> => {
    const socket = connect({ host: '127.0.0.1', port, noDelay: true });
    await once(socket, 'connect');
    return socket;
  };
  // It says nothing of listening: it listens when it answers.
  for (let answers = false; !answers && dropbear.exitCode === null; ) {
    answers = await dial().then(
      (socket) => {
        socket.destroy();
        return true;
      },
      () => false,
    );
  }
  return {
    osUser: userInfo().username,
    dial,
    async stop() {
      const exited = dropbear.exitCode === null ? once(dropbear, 'exit') : undefined;
      dropbear.kill('SIGKILL');
      await exited;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no free port');
  return address.port;
}
