/** Forwards whose sessions are real TCP to a loopback server of the test, which can be ended and made to resume. */
import { once } from 'node:events';
import type { AddressInfo, Server, Socket } from 'node:net';
import { connect, createServer } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { onTestFinished } from 'vitest';
import { PosternError } from '../../../src/contract/error.ts';
import type { Forward, OpenForward } from '../../../src/contract/forward.ts';
import type { Instance } from '../../../src/contract/instance.ts';
import type { ForwardSession, ForwardSessionEvents } from '../../../src/services/forwards/forwardSession.ts';
import { createForwards, type Forwards } from '../../../src/services/forwards/forwards.ts';
import type { OpenForwardSession } from '../../../src/services/forwards/liveForward.ts';

const instance: Instance = {
  instanceId: 'i-1', name: 'web-1', scope: { profile: 'p', region: 'r' }, state: 'running', networkInterfaces: [], securityGroups: [], ssmKnown: true, tags: {},
};

/** A TCP server of the test, closed with all its connections when the test ends. */
export async function startServer(handle: (socket: Socket) => void): Promise<{ port: number; server: Server; sockets: Set<Socket> }> {
  const sockets = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    socket.on('error', () => {});
    handle(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });
  return { port: (server.address() as AddressInfo).port, server, sockets };
}

export const echo = (socket: Socket): void => void socket.pipe(socket);

export class LoopbackSession implements ForwardSession {
  readonly events: ForwardSessionEvents;
  readonly sockets = new Set<Socket>();
  readonly ended: Promise<PosternError | undefined>;
  connections = 0;
  closed = false;
  readonly #port: number;
  readonly #end: (error: PosternError | undefined) => void;

  constructor(port: number, events: ForwardSessionEvents) {
    this.#port = port;
    this.events = events;
    const { promise, resolve } = Promise.withResolvers<PosternError | undefined>();
    this.ended = promise;
    this.#end = resolve;
  }

  async connect(signal: AbortSignal): Promise<Socket> {
    if (signal.aborted) throw new PosternError({ code: 'cancelled', message: 'cancelled' });
    this.connections += 1;
    const socket = connect({ host: '127.0.0.1', port: this.#port, allowHalfOpen: true, noDelay: true });
    try {
      await once(socket, 'connect', { signal });
    } catch (cause) {
      socket.destroy();
      throw signal.aborted
        ? new PosternError({ code: 'cancelled', message: 'cancelled' })
        : new PosternError({ code: 'route.refused', message: `Port ${this.#port} of web-1 refused the connection.` }, { cause });
    }
    this.sockets.add(socket);
    socket.once('close', () => this.sockets.delete(socket));
    return socket;
  }

  /** As the service does: every connection is lost, and no new one can be made. */
  end(error: PosternError | undefined): void {
    for (const socket of this.sockets) socket.destroy(error);
    this.#end(error);
  }

  close(): void {
    this.closed = true;
    this.end(undefined);
  }
}

export interface TestForwards {
  readonly forwards: Forwards;
  readonly sessions: LoopbackSession[];
  readonly told: Forward[];
  readonly removed: string[];
  /** The first told, or last told already, for which this holds. */
  until(holds: (forward: Forward) => boolean): Promise<Forward>;
  /** Opens one to the server and waits until it listens. */
  listening(request: Partial<OpenForward> & { remotePort: number }): Promise<{ forward: Forward; port: number }>;
}

export function request(over: Partial<OpenForward> & { remotePort: number }): OpenForward {
  return { instanceId: 'i-1', local: { kind: 'tcp', address: '127.0.0.1', port: 0 }, sessions: 1, ...over };
}

export function openForwards({ now = () => 0, openSession }: { now?: () => number; openSession?: OpenForwardSession } = {}): TestForwards {
  const sessions: LoopbackSession[] = [];
  const told: Forward[] = [];
  const removed: string[] = [];
  const waiting = new Set<(forward: Forward) => void>();
  const forwards = createForwards({
    openSession:
      openSession ??
      (async ({ remotePort }, events) => {
        const session = new LoopbackSession(remotePort, events);
        sessions.push(session);
        return session;
      }),
    instanceOf: (instanceId) => {
      if (instanceId === instance.instanceId) return instance;
      throw new PosternError({ code: 'instance.not-found', message: `No instance ${instanceId}.` });
    },
    clock: { now },
    onChanged: (forward) => {
      told.push(forward);
      for (const waiter of waiting) waiter(forward);
    },
    onRemoved: (forwardId) => removed.push(forwardId),
  });
  onTestFinished(() => forwards.closeAll());
  const until: TestForwards['until'] = (holds) => {
    const last = told.at(-1);
    if (last !== undefined && holds(last)) return Promise.resolve(last);
    return new Promise((resolve) => {
      const waiter = (forward: Forward): void => {
        if (!holds(forward)) return;
        waiting.delete(waiter);
        resolve(forward);
      };
      waiting.add(waiter);
    });
  };
  return {
    forwards, sessions, told, removed, until,
    async listening(over) {
      const { forwardId } = forwards.open(request(over));
      const forward = await until((candidate) => candidate.forwardId === forwardId && candidate.state === 'listening');
      return { forward, port: forward.local.kind === 'tcp' ? forward.local.port : 0 };
    },
  };
}

/** A connection to a local end; it keeps its half when the other has ended. */
export async function dial(port: number): Promise<Socket> {
  const socket = connect({ host: '127.0.0.1', port, allowHalfOpen: true, noDelay: true });
  await once(socket, 'connect');
  onTestFinished(() => void socket.destroy());
  return socket;
}

/** All that comes back for `sent`, after our side has ended. */
export async function exchange(port: number, sent: Uint8Array): Promise<Buffer> {
  const socket = await dial(port);
  socket.end(sent);
  return buffer(socket);
}

/** The code a connection fails with, e.g. ECONNRESET. */
export function lossOf(socket: Socket): Promise<string | undefined> {
  socket.resume();
  return new Promise((resolve) => {
    socket.once('error', (error: NodeJS.ErrnoException) => resolve(error.code));
    socket.once('close', () => resolve(undefined));
  });
}

/** Waits, without a timer of its own, until it is so. */
export async function eventually(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setImmediate(resolve));
}
