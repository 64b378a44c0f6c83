/**
 * One SSH connection over any two-way stream: handshake, host key, sign-in; then shells and commands as its channels.
 */
import type { Duplex } from 'node:stream';
import type { NegotiatedAlgorithms } from 'ssh2';
import { PosternError, toPosternError } from '../../contract/error.ts';
import { say } from '../../contract/say.ts';
import type { StepName } from '../../contract/session.ts';
import type { Shell } from '../base/shell.ts';
import { loadSsh2 } from '../base/loadSsh2.ts';
import type { SshAlgorithms } from './algorithms.ts';
import { isOpenToTerrapin, sshAlgorithms, weakAlgorithms } from './algorithms.ts';
import type { AuthMethods } from './auth.ts';
import { Authenticator } from './auth.ts';
import type { ForwardedAgent } from './forwardedAgent.ts';
import { lendAgent } from './forwardedAgent.ts';
import { HandshakeNotes } from './handshakeNotes.ts';
import type { HostKeyCheck } from './hostKeyCheck.ts';
import { hostKeyFingerprint } from './hostKeys.ts';
import { openForward } from './openForward.ts';
import type { Rekeying } from './rekeying.ts';
import { startRekeying } from './rekeying.ts';
import type { KeepAlive } from './keepAlive.ts';
import { startKeepAlive } from './keepAlive.ts';
import type { RemoteListener } from './remoteForward.ts';
import { listenRemotely } from './remoteForward.ts';
import { MAX_TEXT_CHARACTERS, toPlainText } from './plainText.ts';
import { acceptCertificates, ping, pipelineShells, pipelineSignIn, rekey } from './ssh2Internals.ts';
import { limitServer } from './serverLimits.ts';
import type { SshFailure } from './sshErrors.ts';
import { cancelled, closedAtOnce, connectionLost, lineReason, hostKeySwapped, openToTerrapin, toHandshakeError, toReason } from './sshErrors.ts';
import type { ShellRequest, SpareShell } from './startShell.ts';
import { openSpareShell, startShell } from './startShell.ts';
import { TerminalWindows } from './terminalWindow.ts';

export interface SshConnectionOptions {
  /** An open way to the server's port. Taken over: it is closed with the connection, and when the opening fails. */
  readonly transport: Duplex;
  /** Named in errors, e.g. `web-1 (203.0.113.9 port 22)`. */
  readonly host: string;
  readonly osUser: string;
  readonly hostKey: HostKeyCheck;
  readonly authentication: AuthMethods;
  /** Algorithms that are no longer safe may be used with this host. */
  readonly allowWeakAlgorithms?: boolean;
  /** What to offer instead, where a configuration says so; `offer` is all that can be offered, with or without what is weak. */
  readonly chooseAlgorithms?: (offer: (withWeak: boolean) => SshAlgorithms) => SshAlgorithms;
  /** Told when some are. */
  readonly onWeakAlgorithms?: (names: readonly string[]) => void;
  readonly onStep?: (step: StepName, detail?: string) => void;
  /** What the server says before sign-in, as plain text; at most MAX_TEXT_CHARACTERS of it in all. */
  readonly onBanner?: (text: string) => void;
  /** Silence after which the server is asked for a sign of life; without three of them the connection is lost. */
  readonly keepAliveIntervalMs?: number;
  /** Whether the transport is known to be down and being brought back: then silence is no loss. */
  readonly isAway?: (() => boolean) | undefined;
  /** Asks the way there for a sign of life: see startKeepAlive. */
  readonly isWayThere?: ((withinMs: number) => Promise<boolean>) | undefined;
  /** After what time, and after how many bytes received, new keys are agreed on. */
  readonly rekeyIntervalMs?: number;
  readonly rekeyBytes?: number;
  /** How long the server may take for the handshake, for the sign-in and for the shell; while a person is asked it does not run. */
  readonly stepTimeoutMs?: number;
  /** The person's agent, or the part of it that this host may use. Absent: a host that asks for it is refused. */
  readonly lentAgent?: ForwardedAgent | undefined;
  /** Once a shell runs, keep the channel of the next one open: for connections that are shared. */
  readonly keepSpareShell?: boolean;
  /** Cancels the opening; the open connection is ended by `close`. */
  readonly signal: AbortSignal;
}

export interface SshConnection {
  /** e.g. `SSH-2.0-OpenSSH_9.2p1 Debian-2`. */
  readonly serverIdentification: string;
  readonly negotiated: NegotiatedAlgorithms;
  /**
   * Start a shell or a command in a channel of its own.
   *
   * @throws PosternError `ssh.protocol` when the server will not, `ssh.connection-lost`, `cancelled`
   */
  openShell(request: ShellRequest, signal: AbortSignal): Promise<Shell>;
  /**
   * A TCP connection that the server makes for us, e.g. to a host behind it.
   *
   * @throws PosternError `route.refused`, `route.prohibited` (the server forwards nothing, or not there), `route.unreachable`,
   *   `ssh.connection-lost`, `cancelled`
   */
  forwardOut(address: string, port: number, signal: AbortSignal): Promise<Duplex>;
  /** How many channels the server opened that nobody asked for. Each was refused. */
  readonly refusedChannels: number;
  /** Milliseconds there and back, as last measured; absent until then. */
  readonly roundTripMs: number | undefined;
  /** Told after each measurement. Returns how to stop. */
  onRoundTrip(listener: (roundTripMs: number) => void): () => void;
  /** Asks the server for a sign of life now, as after a sleep: without one within so many milliseconds the connection is lost. */
  probe(withinMs: number): void;
  /** The server listens for us: see `listenRemotely`. */
  forwardIn(bindAddress: string, port: number, onConnection: (stream: Duplex) => void, signal: AbortSignal): Promise<RemoteListener>;
  /** Told once, synchronously, when the connection ends: why it was lost, or nothing when we closed it. Returns how to stop. */
  onEnd(listener: (error: PosternError | undefined) => void): () => void;
  /** Ends it with all of its channels. Safe to call twice. */
  close(): void;
}

const KEEP_ALIVE_INTERVAL_MS = 15_000;
const STEP_TIMEOUT_MS = 20_000;
/** How long a server may take to read our farewell before the transport is torn down. */
const FAREWELL_MS = 1000;

/**
 * Sign in to an SSH server.
 *
 * @throws PosternError `ssh.protocol`, `ssh.auth-exhausted`, `ssh.connection-lost`, `cancelled`, what the host key check
 *   and the authentication methods reject with, or the error the transport ended with. The transport is closed then.
 */
export async function openSshConnection(options: SshConnectionOptions): Promise<SshConnection> {
  const { transport, host, osUser, hostKey, authentication, onStep, onBanner, signal } = options;
  const keepAliveIntervalMs = options.keepAliveIntervalMs ?? KEEP_ALIVE_INTERVAL_MS;
  const timeoutMs = options.stepTimeoutMs ?? STEP_TIMEOUT_MS;
  const client = new (loadSsh2().Client)();
  const notes = new HandshakeNotes();
  const endListeners = new Set<(error: PosternError | undefined) => void>();
  const { promise: opened, resolve, reject } = Promise.withResolvers<NegotiatedAlgorithms>();
  opened.catch(() => undefined);
  const roundTripListeners = new Set<(roundTripMs: number) => void>();
  let keepAlive: KeepAlive | undefined;
  let rekeying: Rekeying | undefined;
  let spare: SpareShell | undefined;
  let terminalWindows: TerminalWindows | undefined;
  let sparesRefused = options.keepSpareShell !== true;
  let roundTripMs: number | undefined;
  let phase: 'handshake' | 'sign-in' | 'open' = 'handshake';
  let negotiated: NegotiatedAlgorithms | undefined;
  let authenticator: Authenticator | undefined;
  let acceptedKey: Buffer | undefined;
  let askingAboutKey = false;
  let bannerRoom = MAX_TEXT_CHARACTERS;
  let refusedChannels = 0;
  let ended = false;
  let timer: NodeJS.Timeout | undefined;

  function end(error: PosternError | undefined): void {
    ended = true;
    limitTime(false);
    keepAlive?.stop();
    rekeying?.stop();
    roundTripListeners.clear();
    signal.removeEventListener('abort', handleAbort);
    for (const listener of [...endListeners]) listener(error);
    endListeners.clear();
  }

  /** The first failure ends the connection; what ssh2 reports after it is its echo. */
  function fail(error: PosternError): void {
    if (ended) return;
    end(error);
    transport.destroy();
    reject(error);
  }

  function close(): void {
    if (ended) return;
    end(undefined);
    // A farewell where the transport still takes one; a stuck one is torn down.
    const teardown = setTimeout(() => transport.destroy(), FAREWELL_MS).unref();
    transport.once('close', () => clearTimeout(teardown));
    transport.once('finish', () => transport.destroy());
    client.end();
    if (!transport.writable || transport.writableFinished) transport.destroy();
  }

  /** Gives the server its time (again), or stops the clock. */
  function limitTime(running: boolean): void {
    clearTimeout(timer);
    if (!running || ended) return;
    timer = setTimeout(() => fail(connectionLost(host, say`no answer within ${timeoutMs / 1000} s during the ${phase}`)), timeoutMs);
  }

  function handleAbort(): void {
    fail(cancelled(host));
  }

  function handleClosed(): void {
    if (phase === 'handshake' && notes.serverIdentification === undefined) fail(closedAtOnce(host));
    else fail(connectionLost(host, askingAboutKey ? say`the host did not wait for the answer about its key` : say`the host closed it`));
  }

  function handleError(cause: SshFailure): void {
    // Said when a key could not sign or nothing is left to try; the authenticator goes on, or tells it with more to go by.
    if (cause.level === 'client-authentication') return;
    // What the way to the host says of its own end, before the host said anything: a tunnel that found nothing to connect to.
    if (phase === 'handshake' && notes.serverIdentification === undefined && cause instanceof PosternError) return fail(cause);
    if (phase === 'handshake') return fail(toHandshakeError(cause, host, notes));
    const saidByServer = typeof cause.code === 'number';
    if (phase === 'sign-in' && saidByServer && authenticator !== undefined) {
      authenticator.noteTooMany();
      return fail(authenticator.exhausted(toReason(cause.message)));
    }
    fail(connectionLost(host, saidByServer ? say`the host said "${toReason(cause.message)}"` : lineReason(cause), cause));
  }

  /** For calls into ssh2 from outside its own event handlers: it throws where the connection is gone. */
  function guarded(call: () => void): void {
    if (ended) return;
    try {
      call();
    } catch (thrown) {
      handleError(thrown instanceof Error ? thrown : new Error(String(thrown)));
    }
  }

  function handleHostKey(blob: Buffer, accept: (accepted: boolean) => void): void {
    // A re-key in a running session (RFC 4253 section 9) shows the key again.
    if (acceptedKey?.equals(blob) === true) return accept(true);
    // Nobody is asked: a host has no reason to change it, and whoever took its place has.
    if (acceptedKey !== undefined) return fail(hostKeySwapped(host, hostKeyFingerprint(acceptedKey), hostKeyFingerprint(blob)));
    limitTime(false);
    askingAboutKey = true;
    hostKey.verify(keyTypeOf(blob), blob).then(
      () => {
        askingAboutKey = false;
        acceptedKey = blob;
        limitTime(true);
        guarded(() => accept(true));
      },
      (thrown: unknown) => fail(toPosternError(thrown)),
    );
  }

  function handleHandshake(algorithms: NegotiatedAlgorithms): void {
    // Told again after each re-key.
    if (phase !== 'handshake') return;
    negotiated = algorithms;
    if (!notes.strict && isOpenToTerrapin(algorithms)) return fail(openToTerrapin(host));
    const weak = weakAlgorithms(algorithms);
    if (weak.length > 0) options.onWeakAlgorithms?.(weak);
    phase = 'sign-in';
    limitTime(true);
    onStep?.('authenticating', osUser);
    authenticator = new Authenticator({
      methods: authentication,
      osUser,
      host,
      // Every OpenSSH that knows SHA-2 has both; others, dropbear among them, may have the 256-bit one only.
      rsaAlgorithm: notes.serverIdentification?.includes('OpenSSH') === true ? 'rsa-sha2-512' : 'rsa-sha2-256',
      onOffer: (detail) => onStep?.('authenticating', detail),
      onAsking: (asking) => limitTime(!asking),
    });
  }

  function handleReady(): void {
    // A rogue server may say "you are in" at any time, even before its key was accepted: it counts as the answer to a sign-in only.
    if (phase !== 'sign-in' || negotiated === undefined) return fail(toHandshakeError(new Error('the host skipped the sign-in'), host, notes));
    phase = 'open';
    limitTime(false);
    signal.removeEventListener('abort', handleAbort);
    if (options.lentAgent !== undefined) lendAgent(client, options.lentAgent);
    limitServer(client, transport, (reason) => fail(connectionLost(host, reason)));
    pipelineShells(client, () => spare?.held);
    terminalWindows = new TerminalWindows(client);
    keepAlive = startKeepAlive({
      ping: (answered) => guarded(() => ping(client, answered)),
      intervalMs: keepAliveIntervalMs,
      isAway: options.isAway,
      isWayThere: options.isWayThere,
      onRoundTrip(measuredMs) {
        roundTripMs = measuredMs;
        terminalWindows?.measured(measuredMs);
        for (const listener of [...roundTripListeners]) listener(measuredMs);
      },
      onSilence: (silentMs) => fail(connectionLost(host, say`no sign of life for ${silentMs / 1000} s`)),
    });
    transport.on('data', keepAlive.heard);
    rekeying = startRekeying({ rekey: () => guarded(() => rekey(client)), intervalMs: options.rekeyIntervalMs, bytes: options.rekeyBytes });
    transport.on('data', rekeying.heard);
    resolve(negotiated);
  }

  client.on('error', handleError);
  client.on('handshake', handleHandshake);
  client.on('ready', handleReady);
  client.on('banner', (text) => {
    const shown = toPlainText(text, bannerRoom);
    bannerRoom -= Math.min(text.length, bannerRoom);
    if (shown !== '') onBanner?.(shown);
  });
  client.on('change password', () => {
    if (authenticator !== undefined) fail(authenticator.exhausted(say`the password has expired and must be changed`));
  });
  // Before ssh2's own listeners: it takes its protocol apart in them.
  transport.on('error', (cause) => handleError(Object.assign(cause, { level: 'client-socket' })));
  transport.once('end', handleClosed);
  transport.once('close', handleClosed);
  // Without it an echo takes 44 ms instead of 1 where ssh2 has no native crypto; ssh2 never sets it.
  if ('setNoDelay' in transport && typeof transport.setNoDelay === 'function') transport.setNoDelay(true);

  try {
    if (signal.aborted) throw cancelled(host);
    signal.addEventListener('abort', handleAbort, { once: true });
    onStep?.('checking-host-key', say`SSH handshake with ${host}`);
    const knownKeyTypes = (await hostKey.known()).map(({ keyType }) => keyType);
    const algorithms = options.chooseAlgorithms?.((withWeak) => sshAlgorithms(knownKeyTypes, undefined, withWeak)) ?? sshAlgorithms(knownKeyTypes, undefined, options.allowWeakAlgorithms);
    if (!ended) {
      limitTime(true);
      client.connect({
        sock: transport,
        username: osUser,
        algorithms,
        // Ours stops while a person is asked.
        readyTimeout: 0,
        // Ours measures, too.
        keepaliveInterval: 0,
        hostVerifier: handleHostKey,
        debug: (line) => {
          if (phase === 'handshake') notes.note(line);
          // A channel that nobody asked for (x11, forwarded-tcpip, auth-agent@openssh.com, …): ssh2 has refused it.
          else if (line.startsWith('Client: Automatic rejection of')) refusedChannels += 1;
        },
        authHandler: (allowed, _partialSuccess, next) => {
          authenticator?.next(allowed ?? undefined, fail).then(
            (method) => guarded(() => next(method)),
            (thrown: unknown) => fail(toPosternError(thrown)),
          );
        },
      });
      acceptCertificates(client);
      pipelineSignIn(client);
    }
    const agreed = await opened;
    return {
      serverIdentification: notes.serverIdentification ?? '',
      negotiated: agreed,
      openShell,
      forwardOut: (address, port, forwardSignal) => openForward({ client, host, onEnd }, address, port, forwardSignal),
      forwardIn: (bindAddress, port, onConnection, forwardSignal) => listenRemotely({ client, host, onEnd }, bindAddress, port, onConnection, forwardSignal),
      get roundTripMs() {
        return roundTripMs;
      },
      onRoundTrip(listener) {
        roundTripListeners.add(listener);
        return () => void roundTripListeners.delete(listener);
      },
      get refusedChannels() {
        return refusedChannels;
      },
      probe: (withinMs) => keepAlive?.probe(withinMs),
      onEnd,
      close,
    };
  } catch (thrown) {
    const error = toPosternError(thrown);
    fail(error);
    throw error;
  }

  async function openShell(request: ShellRequest, shellSignal: AbortSignal): Promise<Shell> {
    const inTerminal = request.command === undefined && request.terminal !== false;
    const taken = inTerminal && request.env === undefined && spare?.held.ready === true ? spare : undefined;
    if (taken !== undefined) spare = undefined;
    const shell = await startShell({ client, host, timeoutMs, onEnd, spare: taken, terminalWindows }, request, shellSignal);
    if (inTerminal) keepSpare();
    return shell;
  }

  function keepSpare(): void {
    if (spare !== undefined || sparesRefused || ended) return;
    guarded(() => {
      spare = openSpareShell(client, () => {
        spare = undefined;
        sparesRefused = true;
      });
    });
  }

  function onEnd(listener: (error: PosternError | undefined) => void): () => void {
    endListeners.add(listener);
    return () => void endListeners.delete(listener);
  }
}

/** The first string of a public key blob (RFC 4253 section 6.6). */
function keyTypeOf(blob: Buffer): string {
  return blob.toString('latin1', 4, 4 + blob.readUInt32BE(0));
}
