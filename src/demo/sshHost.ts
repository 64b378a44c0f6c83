/**
 * The SSH server of a demo host: public keys only, real shells and commands, connections on into the demo's network, no SFTP yet.
 *
 * It refuses what sshd would refuse, so that the client's failures can be seen without a real host.
 */
import { createServer } from 'node:net';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { AuthContext, Connection, PseudoTtyInfo, PublicKeyAuthContext, ServerChannel, Session } from 'ssh2';
import type { TerminalSize } from '../contract/session.ts';
import { loadSsh2 } from '../services/base/loadSsh2.ts';
import type { Log } from '../services/base/log.ts';
import type { Shell } from '../services/base/shell.ts';
import type { CommandRun } from './runCommand.ts';
import { serveCommand, serveShell } from './sshChannel.ts';
import { serveForwards } from './sshForward.ts';

/** What a user may do here. */
export interface SshLogin {
  readonly authorizedKeys: () => readonly string[];
  readonly openShell: (size: TerminalSize, command: string | undefined) => Promise<Shell & { readonly pid?: number }>;
  readonly runCommand: (command: string) => Promise<CommandRun>;
}

export interface SshHostOptions {
  /** OpenSSH private key text. */
  readonly hostKey: string;
  /** Undefined for a user that does not exist. */
  readonly login: (osUser: string) => SshLogin | undefined;
  /** The network as this host sees it: what it may connect a client on to. */
  readonly dial: (address: string, port: number, signal: AbortSignal) => Promise<Duplex>;
  readonly log: Log;
}

export interface SshHost {
  /** On 127.0.0.1. */
  readonly port: number;
  close(): Promise<void>;
}

/** As sshd's MaxAuthTries. The client's first request, with method `none`, is not counted. */
const MAX_AUTH_TRIES = 6;
/** Without SHA-1. */
const MAC_ALGORITHMS = ['hmac-sha2-256-etm@openssh.com', 'hmac-sha2-512-etm@openssh.com', 'hmac-sha2-256', 'hmac-sha2-512'] as const;
const DEFAULT_SIZE: TerminalSize = { columns: 80, rows: 24 };

export async function startSshHost(options: SshHostOptions): Promise<SshHost> {
  const server = new (loadSsh2().Server)({ hostKeys: [options.hostKey], ident: 'Postern_demo', algorithms: { hmac: [...MAC_ALGORITHMS] } }, (connection) => serveConnection(connection, options));
  const sockets = new Set<Socket>();
  // Not ssh2's own listener: it never sets TCP_NODELAY, which costs 40 ms an echo.
  const listener = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    server.injectSocket(socket);
  });
  await new Promise<void>((resolve, reject) => {
    listener.once('error', reject);
    listener.listen(0, '127.0.0.1', resolve);
  });
  const address = listener.address();
  if (address === null || typeof address === 'string') throw new Error('a TCP listener has no port');
  return {
    port: address.port,
    close: () =>
      new Promise((resolve) => {
        listener.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

function serveConnection(connection: Connection, options: SshHostOptions): void {
  let failures = 0;
  let login: SshLogin | undefined;
  connection.on('authentication', (context) => {
    login = options.login(context.username);
    if (login !== undefined && isAllowed(context, login)) {
      context.accept();
      return;
    }
    if (context.method !== 'none') failures += 1;
    if (failures >= MAX_AUTH_TRIES) connection.end();
    else context.reject(['publickey']);
  });
  connection.on('session', (accept, reject) => {
    if (login === undefined) reject();
    else serveSession(accept(), login);
  });
  serveForwards(connection, options.dial);
  // A client that just goes away, or speaks nonsense, is no fault of the host.
  connection.on('error', (error) => options.log.debug('An SSH client of a demo host was lost.', { error: error.message }));
}

function isAllowed(context: AuthContext, login: SshLogin): boolean {
  if (context.method !== 'publickey') return false;
  return login.authorizedKeys().some((line) => isSignedBy(context, line));
}

/** True for a key that is authorized, and whose signature is right where one was sent: clients ask first without one. */
function isSignedBy(context: PublicKeyAuthContext, authorizedKey: string): boolean {
  const key = loadSsh2().utils.parseKey(authorizedKey);
  if (key instanceof Error || !Buffer.from(key.getPublicSSH()).equals(context.key.data)) return false;
  if (context.signature === undefined) return true;
  return context.blob !== undefined && key.verify(context.blob, context.signature, context.hashAlgo) === true;
}

function serveSession(session: Session, options: SshLogin): void {
  let size: TerminalSize | undefined;
  let resize: ((size: TerminalSize) => void) | undefined;
  let signal: ((name: string) => void) | undefined;

  session.on('pty', (accept, _reject, info) => {
    size = sizeOf(info);
    accept?.();
  });
  session.on('window-change', (accept, _reject, info) => {
    size = sizeOf(info);
    resize?.(size);
    accept?.();
  });
  // As sshd without AcceptEnv.
  session.on('env', (_accept, reject) => reject?.());
  session.on('signal', (accept, _reject, info) => {
    signal?.(info.name);
    accept?.();
  });

  const startShell = (channel: ServerChannel, command: string | undefined): void => {
    const isClosed = watchClose(channel);
    void options.openShell(size ?? DEFAULT_SIZE, command).then(
      (shell) => {
        if (isClosed()) return shell.close();
        // The window may have changed while the program started.
        if (size !== undefined) shell.resize(size);
        resize = (newSize) => shell.resize(newSize);
        const { pid } = shell;
        if (pid !== undefined) signal = (name) => signalGroup(pid, name);
        return serveShell(channel, shell);
      },
      (error: unknown) => failChannel(channel, error),
    );
  };
  session.on('shell', (accept) => startShell(accept(), undefined));
  session.on('exec', (accept, _reject, info) => {
    const channel = accept();
    if (size !== undefined) {
      startShell(channel, info.command);
      return;
    }
    const isClosed = watchClose(channel);
    void options.runCommand(info.command).then(
      (run) => {
        if (isClosed()) return run.close();
        signal = (name) => signalGroup(run.pid, name);
        return serveCommand(channel, run);
      },
      (error: unknown) => failChannel(channel, error),
    );
  });
}

/** A client may leave before its program has started. */
function watchClose(channel: ServerChannel): () => boolean {
  let closed = false;
  channel.once('close', () => {
    closed = true;
  });
  return () => closed;
}

function sizeOf(info: Pick<PseudoTtyInfo, 'cols' | 'rows'>): TerminalSize {
  return { columns: info.cols > 0 ? info.cols : DEFAULT_SIZE.columns, rows: info.rows > 0 ? info.rows : DEFAULT_SIZE.rows };
}

function failChannel(channel: ServerChannel, error: unknown): void {
  channel.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  channel.exit(255);
  channel.end();
}

/** @param name as in RFC 4254 section 6.9, without `SIG` */
function signalGroup(leader: number, name: string): void {
  try {
    process.kill(-leader, `SIG${name}`);
  } catch {
    // It ended meanwhile, or the client named a signal that this system does not have.
  }
}
