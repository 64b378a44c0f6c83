/**
 * One machine of the demo cloud: an SSH server and shells, in a temporary home of its own. Nothing of it exists before it is used.
 */
import type { TerminalSize } from '../contract/session.ts';
import type { Log } from '../services/base/log.ts';
import type { Shell } from '../services/base/shell.ts';
import { endProcesses } from './endProcesses.ts';
import { createHostKey } from './hostKey.ts';
import { openPtyShell } from './ptyShell.ts';
import type { PtyShell } from './ptyShell.ts';
import { runCommand } from './runCommand.ts';
import type { CommandRun } from './runCommand.ts';
import { createShellHomes } from './shellHome.ts';
import type { ShellHomes } from './shellHome.ts';
import { startSshHost } from './sshHost.ts';
import type { SshHost } from './sshHost.ts';

export interface DemoHostOptions {
  readonly instanceId: string;
  readonly privateDnsName: string;
  /** Who may log in by SSH: the user of the image. */
  readonly osUser: string;
  /** Of the whole demo. Secret in the sense of a host key. */
  readonly seed: Uint8Array;
  /** The authorized_keys lines that are valid right now, lent ones included. */
  readonly authorizedKeys: () => readonly string[];
  readonly log: Log;
}

export interface ShellRequest {
  readonly osUser: string;
  readonly size: TerminalSize;
  /** Absent: an interactive shell. */
  readonly command?: string | undefined;
}

export interface DemoHost {
  /** On 127.0.0.1. Starts the SSH server at first use. */
  sshPort(): Promise<number>;
  /** `ssh-ed25519 <base64>`: what a console log of the instance shows. */
  hostKeyLines(): readonly string[];
  /** A shell past any login, as the agent opens it. */
  openShell(request: ShellRequest): Promise<Shell>;
  /** Ends connections and every program, and removes the homes. */
  close(): Promise<void>;
}

export function createDemoHost(options: DemoHostOptions): DemoHost {
  const hostKey = createHostKey(options.seed, options.instanceId);
  const leaders = new Set<number>();
  let homes: Promise<ShellHomes> | undefined;
  let server: Promise<SshHost> | undefined;
  let closed = false;

  const homeOf = async (osUser: string) => {
    if (closed) throw new Error(`${options.instanceId} is switched off`);
    homes ??= createShellHomes(options.privateDnsName);
    return (await homes).homeOf(osUser);
  };
  const track = <T extends PtyShell | CommandRun>(program: T): T => {
    leaders.add(program.pid);
    // It was still starting when the host was switched off.
    if (closed) program.close();
    void program.exited.then(() => leaders.delete(program.pid));
    return program;
  };
  const openShell = async (request: ShellRequest): Promise<PtyShell> => {
    const home = await homeOf(request.osUser);
    const program = request.command === undefined ? home.interactive : home.command(request.command);
    return track(await openPtyShell(home, program, request.size));
  };

  return {
    async sshPort() {
      server ??= startSshHost({
        hostKey: hostKey.privateKey,
        osUser: options.osUser,
        authorizedKeys: options.authorizedKeys,
        openShell: (size, command) => openShell({ osUser: options.osUser, size, command }),
        runCommand: async (command) => track(await runCommand(await homeOf(options.osUser), command)),
        log: options.log,
      });
      return (await server).port;
    },
    hostKeyLines: () => [hostKey.publicLine],
    openShell,
    async close() {
      closed = true;
      await (await server)?.close();
      const made = await homes;
      if (made === undefined) return;
      await endProcesses(made.path, leaders);
      await made.close();
    },
  };
}
