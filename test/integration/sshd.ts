/**
 * Debian's own OpenSSH server on a random loopback port, with keys and configuration of its own, as the user who runs the tests.
 */
import { execFileSync, spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import type { Socket } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';

const SSHD = '/usr/sbin/sshd';
/** Another process may take a port between our asking for a free one and sshd's binding it. */
const PORT_ATTEMPTS = 5;

export interface KeyFile {
  readonly path: string;
  readonly privateKey: string;
  /** One authorized_keys line. */
  readonly publicKey: string;
  /** The public key on the wire. */
  readonly blob: Buffer;
}

export interface SshdOptions {
  /** Types of ssh-keygen; default: ed25519. */
  readonly hostKeyTypes?: readonly string[];
  /** authorized_keys lines. */
  readonly authorizedKeys?: readonly string[];
  /** Further sshd_config lines; the first value of a keyword wins, and these come first. */
  readonly config?: readonly string[];
  /** Where it runs instead: the address to listen on, port 22, in a network namespace or, without one, on this machine's loopback (127.x.y.z). */
  readonly machine?: { readonly namespace?: string; readonly address: string };
  /** What it is started by: see privateMachine.ts. */
  readonly startedBy?: readonly string[];
}

export interface Sshd {
  readonly port: number;
  readonly osUser: string;
  /** By type, as given. */
  readonly hostKeys: readonly KeyFile[];
  /** Everything it wrote at LogLevel DEBUG3. */
  log(): string;
  /** Settles when the log has this text. */
  logged(text: string): Promise<void>;
  /** An open TCP connection to it. */
  dial(): Promise<Socket>;
  /** HOME of its shells. */
  readonly home: string;
  /** Stop it and every process it started in their tracks; they stay alive. */
  freeze(): void;
  /** Kill the processes of its connections, not the listener. */
  cutConnections(): void;
  stop(): Promise<void>;
}

export async function startSshd({ hostKeyTypes = ['ed25519'], authorizedKeys = [], config = [], machine, startedBy = [] }: SshdOptions = {}): Promise<Sshd> {
  // Where sshd, started as root, separates its privileges; the package's boot script makes it.
  if (process.getuid?.() === 0 && !existsSync('/run/sshd')) mkdirSync('/run/sshd', { mode: 0o755 });
  const folder = mkdtempSync(join(tmpdir(), 'postern-sshd-'));
  const hostKeys = hostKeyTypes.map((type, index) => generateKeyFile(join(folder, `host_${index}`), type.split(':')));
  const home = join(folder, 'home');
  mkdirSync(home);
  writeFileSync(join(folder, 'authorized_keys'), `${authorizedKeys.join('\n')}\n`);
  for (let attempt = 1; ; attempt += 1) {
    const port = machine === undefined ? await freePort() : 22;
    writeFileSync(
      join(folder, 'sshd_config'),
      [
        ...config,
        `Port ${port}`,
        `ListenAddress ${machine?.address ?? '127.0.0.1'}`,
        `PidFile ${join(folder, 'sshd.pid')}`,
        ...hostKeys.map(({ path }) => `HostKey ${path}`),
        `AuthorizedKeysFile ${join(folder, 'authorized_keys')}`,
        // Not the tester's own start-up files: they may do anything, and are cut off in mid-run here.
        `SetEnv HOME=${home}`,
        'StrictModes no',
        'UsePAM no',
        'PermitRootLogin yes',
        'PasswordAuthentication no',
        'KbdInteractiveAuthentication no',
        'UseDNS no',
        'PrintMotd no',
        'PrintLastLog no',
        'LogLevel DEBUG3',
        '',
      ].join('\n'),
    );
    const [program = SSHD, ...inside] = [...(machine?.namespace === undefined ? [] : ['ip', 'netns', 'exec', machine.namespace]), ...startedBy, SSHD];
    const sshd = spawn(program, [...inside, '-D', '-e', '-f', join(folder, 'sshd_config')], { stdio: ['ignore', 'ignore', 'pipe'] });
    const log = collect(sshd);
    await log.has('Server listening on').catch(() => undefined);
    if (sshd.exitCode === null) return toSshd(sshd, log, folder, port, hostKeys, machine?.address ?? '127.0.0.1');
    if (attempt === PORT_ATTEMPTS || !log.text().includes('Address already in use')) {
      rmSync(folder, { recursive: true, force: true });
      throw new Error(`sshd did not start:\n${log.text()}`);
    }
  }
}

function toSshd(sshd: ChildProcess, log: Collected, folder: string, port: number, hostKeys: readonly KeyFile[], address: string): Sshd {
  return {
    home: join(folder, 'home'),
    port,
    osUser: userInfo().username,
    hostKeys,
    log: log.text,
    logged: log.has,
    async dial() {
      const socket = connect({ host: address, port, noDelay: true });
      await once(socket, 'connect');
      return socket;
    },
    freeze() {
      for (const pid of [...descendants(sshd.pid), sshd.pid]) signal(pid, 'SIGSTOP');
    },
    cutConnections() {
      for (const pid of descendants(sshd.pid)) signal(pid, 'SIGKILL');
    },
    async stop() {
      const exited = sshd.exitCode === null && sshd.signalCode === null ? once(sshd, 'exit') : undefined;
      for (const pid of [...descendants(sshd.pid), sshd.pid]) signal(pid, 'SIGKILL');
      await exited;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** A key made by ssh-keygen; `type` is its type and, where given, its bits. */
export function generateKeyFile(path: string, [type = 'ed25519', bits]: readonly string[], passphrase = ''): KeyFile {
  execFileSync('ssh-keygen', ['-q', '-t', type, ...(bits === undefined ? [] : ['-b', bits]), '-N', passphrase, '-C', 'test', '-f', path]);
  const publicKey = readFileSync(`${path}.pub`, 'utf8').trim();
  return { path, privateKey: readFileSync(path, 'utf8'), publicKey, blob: Buffer.from(publicKey.split(' ')[1] ?? '', 'base64') };
}

interface Collected {
  text(): string;
  /** Rejects when the process ends without having said it. */
  has(text: string): Promise<void>;
}

function collect(child: ChildProcess): Collected {
  let text = '';
  const waiting = new Set<() => void>();
  const look = (): void => waiting.forEach((check) => check());
  child.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
    look();
  });
  child.stderr?.once('close', look);
  return {
    text: () => text,
    has: (wanted) =>
      new Promise((resolve, reject) => {
        const check = (): void => {
          if (text.includes(wanted)) resolve();
          else if (child.stderr?.closed === true) reject(new Error(`sshd ended without saying "${wanted}":\n${text}`));
          else return;
          waiting.delete(check);
        };
        waiting.add(check);
        check();
      }),
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

/** Every process below `pid`, by the parents in /proc: sshd gives each connection a process group of its own. */
function descendants(pid: number | undefined): number[] {
  if (pid === undefined) return [];
  const parents = new Map<number, number>();
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
      parents.set(Number(name), Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]));
    } catch {
      // It ended while we looked.
      continue;
    }
  }
  const found: number[] = [];
  for (const queue = [pid]; queue.length > 0; ) {
    const parent = queue.shift();
    const children = [...parents].filter(([, itsParent]) => itsParent === parent).map(([child]) => child);
    queue.push(...children);
    found.push(...children);
  }
  return found;
}

function signal(pid: number | undefined, name: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(pid, name);
  } catch (cause) {
    if (!(cause instanceof Error && 'code' in cause && cause.code === 'ESRCH')) throw cause;
  }
}
