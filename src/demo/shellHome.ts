/**
 * The home folders of one demo host: temporary, private, with a few files to look at, and an environment that holds nothing of ours.
 */
import { accessSync, constants } from 'node:fs';
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { accessLog, colours, hostname, readme, shellStart } from './shellFiles.ts';

export interface ShellHome {
  readonly path: string;
  /** All that a program on the demo host gets to see. */
  readonly environment: Readonly<Record<string, string>>;
  /** The shell program and its arguments for an interactive shell. */
  readonly interactive: Program;
  /** The same shell, told to run one command. */
  command(text: string): Program;
}

export interface Program {
  readonly file: string;
  readonly arguments: readonly string[];
}

export interface ShellHomes {
  readonly path: string;
  /** Makes the home of `osUser` at first use. */
  homeOf(osUser: string): Promise<ShellHome>;
  /** Removes every home. Nothing may be running in them any more. */
  close(): Promise<void>;
}

const SYSTEM_PATH = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin', '/opt/homebrew/bin', '/run/current-system/sw/bin'];

/** Where sshd's host keys are. The machine's own are the person's. */
const HOST_KEY_PREFIX = '/etc/ssh/ssh_host_';

/**
 * A folder for the homes of one host, readable by this user only.
 *
 * @param hostKeyLines `ssh-ed25519 AAAA...`: what commands find in the host's public key files
 */
export async function createShellHomes(privateDnsName: string, hostKeyLines: readonly string[] = []): Promise<ShellHomes> {
  const path = await mkdtemp(join(tmpdir(), 'postern-demo-'));
  await chmod(path, 0o700);
  await mkdir(join(path, '.etc', 'ssh'), { recursive: true, mode: 0o700 });
  for (const line of hostKeyLines) {
    const [keyType = ''] = line.split(' ');
    await writeFile(join(path, `.${HOST_KEY_PREFIX.slice(1)}${keyType.replace('ssh-', '')}_key.pub`), `${line} root@${privateDnsName}\n`);
  }
  const homes = new Map<string, Promise<ShellHome>>();
  return {
    path,
    homeOf(osUser) {
      const made = homes.get(osUser) ?? makeHome(path, osUser, privateDnsName);
      homes.set(osUser, made);
      return made;
    },
    async close() {
      await rm(path, { recursive: true, force: true, maxRetries: 3 });
    },
  };
}

async function makeHome(root: string, osUser: string, privateDnsName: string): Promise<ShellHome> {
  const path = join(root, osUser);
  const programs = join(path, '.local', 'bin');
  await mkdir(path, { recursive: true, mode: 0o700 });
  await mkdir(programs, { recursive: true, mode: 0o700 });
  await mkdir(join(path, 'logs'), { mode: 0o700 });
  await writeFile(join(path, 'README'), readme(osUser, privateDnsName));
  await writeFile(join(path, 'logs', 'access.log'), accessLog(privateDnsName));
  await writeFile(join(path, '.bashrc'), shellStart(osUser, privateDnsName, 'bash'));
  await writeFile(join(path, '.shrc'), shellStart(osUser, privateDnsName, 'sh'));
  await writeFile(join(programs, 'hostname'), hostname(privateDnsName), { mode: 0o700 });
  await writeFile(join(programs, 'colours'), colours(), { mode: 0o700 });

  const bash = findProgram('bash');
  const shell = bash ?? '/bin/sh';
  const startFile = join(path, bash === undefined ? '.shrc' : '.bashrc');
  return {
    path,
    environment: {
      PATH: [programs, ...SYSTEM_PATH].join(':'),
      HOME: path,
      USER: osUser,
      LOGNAME: osUser,
      SHELL: shell,
      TERM: 'xterm-256color',
      LANG: process.platform === 'darwin' ? 'en_US.UTF-8' : 'C.UTF-8',
      // Read by sh only; bash takes its file by name, which also keeps the machine's own /etc/bash.bashrc out.
      ...(bash === undefined ? { ENV: startFile } : {}),
    },
    interactive: { file: shell, arguments: bash === undefined ? ['-i'] : ['--noprofile', '--rcfile', startFile, '-i'] },
    command: (text) => ({ file: shell, arguments: ['-c', text.replaceAll(HOST_KEY_PREFIX, join(root, `.${HOST_KEY_PREFIX.slice(1)}`))] }),
  };
}

function findProgram(name: string): string | undefined {
  return SYSTEM_PATH.map((folder) => join(folder, name)).find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    // Absent or not for us: the next folder may have it.
    return false;
  }
}
