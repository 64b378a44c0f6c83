/**
 * A shell or a command on a host by SSH, over a connection of its own.
 */
import { say } from '../../contract/say.ts';
import type { Shell } from '../base/shell.ts';
import type { SshConnectionOptions } from './connection.ts';
import { openSshConnection } from './connection.ts';
import type { ShellRequest } from './startShell.ts';

export interface SshShellOptions extends SshConnectionOptions, ShellRequest {}

/**
 * Connect, check the host key, sign in, and start a login shell in a terminal, or `command` without one.
 *
 * The connection ends with the shell.
 *
 * @throws PosternError `ssh.protocol`, `ssh.host-key-changed`, `ssh.host-key-refused`, `ssh.auth-exhausted`,
 *   `ssh.connection-lost`, `cancelled`; the transport is closed then
 */
export async function openSshShell(options: SshShellOptions): Promise<Shell> {
  const connection = await openSshConnection(options);
  try {
    options.onStep?.('starting-shell', options.command === undefined ? say`a login shell` : say`a command`);
    const shell = await connection.openShell(options, options.signal);
    shell.exited.then(connection.close, connection.close);
    return {
      ...shell,
      close() {
        shell.close();
        connection.close();
      },
    };
  } catch (thrown) {
    connection.close();
    throw thrown;
  }
}
