/** One forward: its listener, its sessions, its connections, and what a person sees of them. */
import { randomUUID } from 'node:crypto';
import { chmod } from 'node:fs/promises';
import type { AddressInfo, Server, Socket } from 'node:net';
import { createServer } from 'node:net';
import type { Duplex } from 'node:stream';
import { PosternError, toPosternError } from '../../contract/error.ts';
import type { Forward, LocalEnd, OpenForward } from '../../contract/forward.ts';
import type { Instance } from '../../contract/instance.ts';
import type { Clock } from '../base/clock.ts';
import { isoTime } from '../base/clock.ts';
import type { ForwardSession, ForwardSessionEvents } from './forwardSession.ts';
import { joinStreams } from './joinStreams.ts';

/** How often moving bytes are told. */
const TELL_EVERY_MS = 1000;

export type OpenForwardSession = (request: OpenForward, events: ForwardSessionEvents, signal: AbortSignal) => Promise<ForwardSession>;

interface SessionSlot {
  readonly session: ForwardSession;
  openConnections: number;
}

export class LiveForward {
  readonly forwardId = randomUUID();
  readonly #request: OpenForward;
  readonly #instance: Instance;
  readonly #clock: Clock;
  readonly #openSession: OpenForwardSession;
  readonly #onChange: (forward: Forward) => void;
  readonly #openedAt: string;
  readonly #connections = new Set<{ readonly local: Socket; readonly remote: Duplex }>();
  #state: Forward['state'] = 'opening';
  #error: PosternError | undefined;
  #local: LocalEnd;
  #server: Server | undefined;
  #slots: SessionSlot[] = [];
  #cancel = new AbortController();
  #totalConnections = 0;
  #sentBytes = 0;
  #receivedBytes = 0;
  #lastDrop: Forward['lastDrop'];
  #told = { sentBytes: 0, receivedBytes: 0, atMs: 0 };
  #rate = { sent: 0, received: 0 };
  #ticker: NodeJS.Timeout | undefined;

  constructor(request: OpenForward, instance: Instance, clock: Clock, openSession: OpenForwardSession, onChange: (forward: Forward) => void) {
    this.#request = request;
    this.#instance = instance;
    this.#clock = clock;
    this.#openSession = openSession;
    this.#onChange = onChange;
    this.#local = request.local;
    this.#openedAt = isoTime(clock);
  }

  toForward(): Forward {
    const { instanceId, remoteHost, remotePort, sessions } = this.#request;
    return {
      forwardId: this.forwardId,
      instanceId,
      ...(this.#instance.name === undefined ? {} : { instanceName: this.#instance.name }),
      local: this.#local,
      ...(remoteHost === undefined ? {} : { remoteHost }),
      remotePort,
      sessions,
      state: this.#state,
      ...(this.#error === undefined ? {} : { error: this.#error.toReport() }),
      openedAt: this.#openedAt,
      openConnections: this.#connections.size,
      totalConnections: this.#totalConnections,
      sentBytes: this.#sentBytes,
      receivedBytes: this.#receivedBytes,
      sentBytesPerSecond: this.#rate.sent,
      receivedBytesPerSecond: this.#rate.received,
      ...(this.#lastDrop === undefined ? {} : { lastDrop: this.#lastDrop }),
    };
  }

  /** Opens sessions and listener. Settles when it listens or has failed; never rejects. */
  async start(): Promise<void> {
    this.#cancel = new AbortController();
    const { signal } = this.#cancel;
    this.#error = undefined;
    this.#setState('opening');
    try {
      // The port first: a port in use must not cost a session.
      this.#server = await this.#listen();
      const opening = Array.from({ length: this.#request.sessions }, () => this.#openSlot(signal));
      await Promise.all(opening);
      if (signal.aborted) throw new PosternError({ code: 'cancelled', message: 'The forward was closed.' });
      this.#setState('listening');
    } catch (thrown) {
      this.#fail(toPosternError(thrown));
    }
  }

  /** Ends everything; `start` may follow. */
  async stop(): Promise<void> {
    this.#cancel.abort();
    clearInterval(this.#ticker);
    this.#ticker = undefined;
    for (const { local, remote } of this.#connections) {
      local.destroy();
      remote.destroy();
    }
    for (const { session } of this.#slots.splice(0)) session.close();
    const server = this.#server;
    this.#server = undefined;
    if (server !== undefined) {
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
      });
    }
  }

  async #openSlot(signal: AbortSignal): Promise<void> {
    const session = await this.#openSession(
      this.#request,
      {
        onResuming: (reason) => {
          this.#lastDrop = { time: isoTime(this.#clock), reason };
          if (this.#state === 'listening') this.#setState('resuming');
        },
        onResumed: () => {
          if (this.#state === 'resuming') this.#setState('listening');
        },
      },
      signal,
    );
    if (signal.aborted) {
      session.close();
      return;
    }
    this.#slots.push({ session, openConnections: 0 });
    void session.ended.then((error) => {
      if (!signal.aborted) this.#fail(error ?? new PosternError({ code: 'ssm.session-ended', message: 'The session of the forward has ended.', remedy: 'Restart the forward.', retryable: true }));
    });
  }

  async #listen(): Promise<Server> {
    const server = createServer({ allowHalfOpen: true, noDelay: true, pauseOnConnect: true }, (socket) => void this.#serve(socket));
    const { local } = this.#request;
    await new Promise<void>((resolve, reject) => {
      server.once('error', (cause: NodeJS.ErrnoException) => reject(listenError(local, cause)));
      if (local.kind === 'unix') server.listen(local.path, resolve);
      else server.listen(this.#local.kind === 'tcp' ? this.#local.port : local.port, local.address, resolve);
    });
    if (local.kind === 'unix') await chmod(local.path, 0o600);
    else this.#local = { ...local, port: (server.address() as AddressInfo).port };
    return server;
  }

  async #serve(local: Socket): Promise<void> {
    // The least busy session; all of them are there before the state says so.
    const slot = this.#slots.toSorted((a, b) => a.openConnections - b.openConnections)[0];
    local.on('error', () => local.destroy());
    if (slot === undefined) {
      local.destroy();
      return;
    }
    slot.openConnections += 1;
    this.#totalConnections += 1;
    try {
      const remote = await slot.session.connect(AbortSignal.any([this.#cancel.signal, closedSignal(local)]));
      const connection = { local, remote };
      this.#connections.add(connection);
      this.#startTicking();
      this.#tell();
      try {
        await joinStreams(local, remote, {
          onSent: (bytes) => (this.#sentBytes += bytes),
          onReceived: (bytes) => (this.#receivedBytes += bytes),
        });
      } finally {
        this.#connections.delete(connection);
      }
    } catch (thrown) {
      const error = toPosternError(thrown);
      if (error.code !== 'cancelled') this.#lastDrop = { time: isoTime(this.#clock), reason: error.message };
      local.resetAndDestroy();
    } finally {
      slot.openConnections -= 1;
      this.#tell();
    }
  }

  /** Tells bytes and rates while they move, and once more when they stop. */
  #startTicking(): void {
    if (this.#ticker !== undefined) return;
    this.#told = { sentBytes: this.#sentBytes, receivedBytes: this.#receivedBytes, atMs: this.#clock.now() };
    this.#ticker = setInterval(() => this.#tick(), TELL_EVERY_MS);
  }

  #tick(): void {
    const now = this.#clock.now();
    const seconds = Math.max(0.001, (now - this.#told.atMs) / 1000);
    const rate = { sent: (this.#sentBytes - this.#told.sentBytes) / seconds, received: (this.#receivedBytes - this.#told.receivedBytes) / seconds };
    const quiet = rate.sent === 0 && rate.received === 0;
    const wasQuiet = this.#rate.sent === 0 && this.#rate.received === 0;
    this.#rate = rate;
    this.#told = { sentBytes: this.#sentBytes, receivedBytes: this.#receivedBytes, atMs: now };
    if (!quiet || !wasQuiet) this.#tell();
    if (quiet && this.#connections.size === 0) {
      clearInterval(this.#ticker);
      this.#ticker = undefined;
    }
  }

  #fail(error: PosternError): void {
    if (this.#state === 'failed' || error.code === 'cancelled') return;
    this.#error = error;
    this.#lastDrop = { time: isoTime(this.#clock), reason: error.message };
    this.#rate = { sent: 0, received: 0 };
    void this.stop().then(() => this.#setState('failed'));
  }

  #setState(state: Forward['state']): void {
    this.#state = state;
    this.#tell();
  }

  #tell(): void {
    this.#onChange(this.toForward());
  }
}

/** Fires when the local side goes away while its connection is still being made. */
function closedSignal(socket: Socket): AbortSignal {
  const controller = new AbortController();
  socket.once('close', () => controller.abort());
  return controller.signal;
}

function listenError(local: LocalEnd, cause: NodeJS.ErrnoException): PosternError {
  const where = local.kind === 'unix' ? local.path : `${local.address} port ${local.port}`;
  const inUse = cause.code === 'EADDRINUSE';
  return new PosternError(
    {
      code: 'app.port-in-use',
      message: inUse ? `${where} is in use.` : `Cannot listen on ${where} (${cause.code ?? cause.message}).`,
      remedy: local.kind === 'unix' ? 'Choose another path, or remove the socket that is there.' : 'Choose another port, or 0 for a free one, and an address of this machine.',
    },
    { cause },
  );
}
