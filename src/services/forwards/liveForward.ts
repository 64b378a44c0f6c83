/** One forward: its listener, its sessions, its connections, and what a person sees of them. */
import { randomUUID } from 'node:crypto';
import type { Socket } from 'node:net';
import { PosternError, toPosternError } from '../../contract/error.ts';
import type { Forward, LocalEnd, OpenForward } from '../../contract/forward.ts';
import type { Instance } from '../../contract/instance.ts';
import { say } from '../../contract/say.ts';
import type { Clock } from '../base/clock.ts';
import { isoTime } from '../base/clock.ts';
import type { ForwardSession, ForwardSessionEvents } from './forwardSession.ts';
import { joinStreams, resetSocket } from './joinStreams.ts';
import type { LocalListener } from './localListener.ts';
import { listenLocally } from './localListener.ts';
import type { SocksRequest } from './socks.ts';
import { readSocksRequest } from './socks.ts';
import { Traffic } from './traffic.ts';

/** What one forward is asked to be: as the window asks, or without a port where each connection says by SOCKS where to. */
export type ForwardRequest = OpenForward | (Omit<OpenForward, 'remoteHost' | 'remotePort'> & { readonly remoteHost?: undefined; readonly remotePort?: undefined });

export type OpenForwardSession = (request: OpenForward, events: ForwardSessionEvents, signal: AbortSignal) => Promise<ForwardSession>;

interface SessionSlot {
  readonly session: ForwardSession;
  openConnections: number;
}

/** All that lives from one start to its end; a restart makes a new one, and nothing of an ended run is heard any more. */
interface Run {
  readonly cancel: AbortController;
  readonly slots: SessionSlot[];
  readonly sockets: Set<Socket>;
  /** Events of sessions that are being resumed. */
  readonly resuming: Set<ForwardSessionEvents>;
  /** When each session reaches its longest duration, as ISO times. */
  readonly ends: Map<ForwardSessionEvents, string>;
  /** Settles when the sessions are there, or with why not. */
  readonly ready: PromiseWithResolvers<void>;
  listener?: LocalListener;
}

export class LiveForward {
  readonly forwardId = randomUUID();
  readonly #request: ForwardRequest;
  readonly #instance: Instance;
  readonly #clock: Clock;
  readonly #openSession: (events: ForwardSessionEvents, signal: AbortSignal) => Promise<ForwardSession>;
  readonly #onChange: (forward: Forward) => void;
  readonly #openedAt: string;
  #state: Forward['state'] = 'opening';
  #error: PosternError | undefined;
  #local: LocalEnd;
  #run: Run | undefined;
  /** The last run's coming and going: the next one waits for it, or the port would still be taken. */
  #work: Promise<void> = Promise.resolve();
  /** Settles when the sessions of all ended runs are over on both sides. */
  #sessionsEnded: Promise<unknown> = Promise.resolve();
  readonly #traffic: Traffic;
  #message: string | undefined;
  #lastDrop: Forward['lastDrop'];

  constructor(request: ForwardRequest, instance: Instance, clock: Clock, openSession: (events: ForwardSessionEvents, signal: AbortSignal) => Promise<ForwardSession>, onChange: (forward: Forward) => void) {
    this.#request = request;
    this.#instance = instance;
    this.#clock = clock;
    this.#openSession = openSession;
    this.#onChange = onChange;
    this.#local = request.local;
    this.#openedAt = isoTime(clock);
    this.#traffic = new Traffic(clock, () => this.#tell());
  }

  toForward(): Forward {
    const { instanceId, remoteHost, remotePort, sessions } = this.#request;
    const endsAt = [...(this.#run?.ends.values() ?? [])].toSorted()[0];
    return {
      forwardId: this.forwardId,
      instanceId,
      ...(this.#instance.name === undefined ? {} : { instanceName: this.#instance.name }),
      local: this.#local,
      ...(remoteHost === undefined ? {} : { remoteHost }),
      ...(remotePort === undefined ? { kind: 'dynamic' as const } : { remotePort }),
      sessions,
      state: this.#state,
      ...(this.#error === undefined ? {} : { error: this.#error.toReport() }),
      openedAt: this.#openedAt,
      ...this.#traffic.figures(),
      ...(endsAt === undefined ? {} : { endsAt }),
      ...(this.#message === undefined ? {} : { message: this.#message }),
      ...(this.#lastDrop === undefined ? {} : { lastDrop: this.#lastDrop }),
    };
  }

  /** Opens listener and sessions, ending those of an earlier start. Settles when it listens, has failed or was stopped; never rejects. */
  start(): Promise<void> {
    const ended = this.#end();
    const run: Run = { cancel: new AbortController(), slots: [], sockets: new Set(), resuming: new Set(), ends: new Map(), ready: Promise.withResolvers() };
    run.ready.promise.catch(() => undefined);
    this.#run = run;
    this.#error = undefined;
    this.#setState('opening');
    this.#work = Promise.all([this.#work, ended]).then(() => this.#open(run));
    return this.#work;
  }

  /** Ends everything. Settles when sockets, sessions and port are free. */
  async stop(): Promise<void> {
    await Promise.all([this.#end(), this.#work]);
    await this.#sessionsEnded;
  }

  async #open(run: Run): Promise<void> {
    const { signal } = run.cancel;
    if (signal.aborted) return;
    try {
      // The port first: a port in use must not cost a session. Connections that come early wait.
      run.listener = await listenLocally(this.#local, (socket) => void this.#serve(run, socket));
      if (signal.aborted) {
        await run.listener.close();
        return;
      }
      this.#local = run.listener.local;
      this.#tell();
      const fail = (thrown: unknown): void => this.#fail(run, toPosternError(thrown));
      await Promise.all(Array.from({ length: this.#request.sessions }, () => this.#openSlot(run).catch(fail)));
      if (signal.aborted) return;
      run.ready.resolve();
      this.#setState(run.resuming.size > 0 ? 'resuming' : 'listening');
    } catch (thrown) {
      this.#fail(run, toPosternError(thrown));
    }
  }

  async #openSlot(run: Run): Promise<void> {
    const { signal } = run.cancel;
    const events: ForwardSessionEvents = {
      onMessage: (text) => {
        if (signal.aborted || text === this.#message) return;
        this.#message = text;
        this.#tell();
      },
      onLimits: ({ endsAt }) => {
        if (signal.aborted || endsAt === undefined) return;
        run.ends.set(events, endsAt);
        this.#tell();
      },
      onResuming: (reason) => {
        if (signal.aborted) return;
        run.resuming.add(events);
        this.#drop(reason);
        if (this.#state === 'listening') this.#setState('resuming');
      },
      onResumed: () => {
        run.resuming.delete(events);
        if (!signal.aborted && this.#state === 'resuming' && run.resuming.size === 0) this.#setState('listening');
      },
    };
    const session = await this.#openSession(events, signal);
    if (signal.aborted) {
      session.close();
      await session.ended;
      return;
    }
    run.slots.push({ session, openConnections: 0 });
    void session.ended.then((error) => {
      this.#fail(run, error ?? new PosternError({ code: 'ssm.session-ended', message: say`The session of the forward has ended.`, remedy: say`Restart the forward.`, retryable: true }));
    });
  }

  async #serve(run: Run, local: Socket): Promise<void> {
    run.sockets.add(local);
    this.#traffic.opened();
    // Told by its close; an error nobody listens to would end the process.
    local.on('error', () => undefined);
    local.once('close', () => {
      run.sockets.delete(local);
      this.#traffic.closed();
    });
    /** Asked for by SOCKS and neither granted nor refused yet. */
    let waiting: SocksRequest | undefined;
    let slot: SessionSlot | undefined;
    try {
      await run.ready.promise;
      slot = run.slots.toSorted((a, b) => a.openConnections - b.openConnections)[0];
      if (slot === undefined) return void local.destroy();
      slot.openConnections += 1;
      const asked = this.#request.remotePort === undefined ? await readSocksRequest(local) : undefined;
      waiting = asked;
      const remote = await slot.session.connect(closedSignal(local), asked);
      waiting = undefined;
      asked?.grant();
      await joinStreams(local, remote, this.#traffic.counters);
    } catch (thrown) {
      const isOver = run.cancel.signal.aborted || (thrown instanceof PosternError && thrown.code === 'cancelled');
      if (!isOver) this.#drop(thrown instanceof PosternError ? thrown.message : say`A connection of it was lost.`);
      if (waiting !== undefined && thrown instanceof PosternError) waiting.refuse(thrown);
      else if (!local.writableEnded) resetSocket(local);
    } finally {
      if (slot !== undefined) slot.openConnections -= 1;
    }
  }

  #fail(run: Run, error: PosternError): void {
    if (run.cancel.signal.aborted) return;
    void this.#end();
    this.#error = error;
    this.#drop(error.message);
    this.#setState('failed');
  }

  /** From the return of this call on nothing listens and no connection carries bytes; settles when the port is free. */
  async #end(): Promise<void> {
    const run = this.#run;
    this.#run = undefined;
    if (run === undefined) return;
    run.cancel.abort();
    run.ready.reject(new PosternError({ code: 'cancelled', message: say`The forward was closed.` }));
    this.#traffic.stop();
    for (const socket of run.sockets) resetSocket(socket);
    for (const { session } of run.slots) session.close();
    this.#sessionsEnded = Promise.all([this.#sessionsEnded, ...run.slots.map(({ session }) => session.ended)]);
    await run.listener?.close();
  }

  #drop(reason: string): void {
    this.#lastDrop = { time: isoTime(this.#clock), reason };
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
  if (socket.destroyed) controller.abort();
  socket.once('close', () => controller.abort());
  return controller.signal;
}
