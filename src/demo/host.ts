/**
 * One machine of the demo cloud: an SSH server, other small servers, shells and commands, in a temporary home of its own. Nothing of it exists
 * before it is used.
 */
import type { Log } from '../services/base/log.ts';
import type { AgentHost, ShellRequest } from './agentPlugin.ts';
import { endProcesses } from './endProcesses.ts';
import { createHostKey } from './hostKey.ts';
import { createHostNetwork } from './hostNetwork.ts';
import type { HostNetwork } from './hostNetwork.ts';
import type { HostServer } from './hostServers.ts';
import { openPtyShell } from '../services/base/ptyShell.ts';
import type { PtyShell } from '../services/base/ptyShell.ts';
import { runCommand } from './runCommand.ts';
import type { CommandRun } from './runCommand.ts';
import { createShellHomes } from './shellHome.ts';
import type { ShellHomes } from './shellHome.ts';
import { startSshHost } from './sshHost.ts';
import type { SshHost } from './sshHost.ts';
import { startCommand } from './startCommand.ts';
import type { StartedCommand } from './startCommand.ts';

export interface DemoHostOptions {
  readonly instanceId: string;
  readonly privateDnsName: string;
  /** Who may log in by SSH: the user of the image. */
  readonly osUser: string;
  /** Of the whole demo. Secret in the sense of a host key. */
  readonly seed: Uint8Array;
  /** The authorized_keys lines that are valid right now, lent ones included. */
  readonly authorizedKeys: () => readonly string[];
  /** Besides SSH on port 22, by port. Started at first use. */
  readonly servers?: Readonly<Record<number, () => Promise<HostServer>>>;
  /** What programs on this machine reach; `listenerPort` leads to its own servers. Absent: nothing but itself. */
  readonly network?: (listenerPort: DemoHost['listenerPort']) => HostNetwork;
  readonly log: Log;
}

export interface DemoHost extends AgentHost {
  /** On 127.0.0.1. Starts the SSH server at first use. */
  sshPort(): Promise<number>;
  /** The loopback port behind a port of this machine; undefined where nothing listens. Starts the server at first use. */
  listenerPort(port: number): Promise<number | undefined>;
  /** `ssh-ed25519 <base64>`: what a console log of the instance shows. */
  hostKeyLines(): readonly string[];
  /** Ends connections and every program, and removes the homes. */
  close(): Promise<void>;
}

const SSH_PORT = 22;
const ROOT = 'root';
const AGENT_USER = 'ssm-user';

export function createDemoHost(options: DemoHostOptions): DemoHost {
  const hostKey = createHostKey(options.seed, options.instanceId);
  const leaders = new Set<number>();
  let homes: Promise<ShellHomes> | undefined;
  const servers = new Map<number, Promise<HostServer>>();
  let server: Promise<SshHost> | undefined;
  let closed = false;

  const homeOf = async (osUser: string) => {
    if (closed) throw new Error(`${options.instanceId} is switched off`);
    homes ??= createShellHomes(options.privateDnsName, [hostKey.publicLine]);
    return (await homes).homeOf(osUser);
  };
  const track = <T extends PtyShell | CommandRun | StartedCommand>(program: T): T => {
    leaders.add(program.pid);
    // It was still starting when the host was switched off.
    if (closed) program.close();
    void program.exited.then(() => leaders.delete(program.pid));
    return program;
  };
  const openShell = async (request: ShellRequest): Promise<PtyShell> => {
    const home = await homeOf(request.osUser);
    const program = request.command === undefined ? home.interactive : home.command(request.command);
    return track(await openPtyShell({ ...program, cwd: home.path, environment: home.environment }, request.size));
  };
  const sshPort = async (): Promise<number> => {
    server ??= startSshHost({
      hostKey: hostKey.privateKey,
      login: (osUser) =>
        osUser === options.osUser
          ? {
              authorizedKeys: options.authorizedKeys,
              openShell: (size, command) => openShell({ osUser, size, command }),
              runCommand: async (command) => track(await runCommand(await homeOf(osUser), command)),
            }
          : undefined,
      dial: (address, port, signal) => network.dial(address, port, signal),
      log: options.log,
    });
    return (await server).port;
  };
  const listenerPort = async (port: number): Promise<number | undefined> => {
    if (port === SSH_PORT) return sshPort();
    const start = options.servers?.[port];
    if (start === undefined || closed) return undefined;
    const started = servers.get(port) ?? start();
    servers.set(port, started);
    return (await started).port;
  };
  const network = options.network?.(listenerPort) ?? createHostNetwork({ listenerPort });
  const users: ReadonlySet<string> = new Set([options.osUser, AGENT_USER, ROOT]);
  const checkUser = (osUser: string): void => {
    if (!users.has(osUser)) throw new Error(`failed to start pty since RunAs user ${osUser} does not exist`);
  };

  return {
    sshPort,
    listenerPort,
    hostKeyLines: () => [hostKey.publicLine],
    network,
    async openShell(request) {
      checkUser(request.osUser);
      return openShell(request);
    },
    async startCommand({ osUser, command, outputFile }) {
      checkUser(osUser);
      return track(await startCommand(await homeOf(osUser), command, outputFile));
    },
    async close() {
      closed = true;
      await (await server)?.close();
      for (const started of servers.values()) await (await started).close();
      const made = await homes;
      if (made === undefined) return;
      await endProcesses(made.path, leaders);
      await made.close();
    },
  };
}
