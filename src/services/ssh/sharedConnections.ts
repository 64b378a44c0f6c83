/**
 * Live SSH connections, shared by what goes to the same host as the same user by the same way: a second tab needs no
 * handshake and no sign-in. Each is closed a while after its last channel.
 */
import { PosternError, toPosternError } from '../../contract/error.ts';
import { say } from '../../contract/say.ts';
import type { SshConnection } from './connection.ts';

/** How long a connection without channels waits for the next one. */
export const LINGER_MS = 30_000;
/** How long a live connection may take for another channel before a connection of its own is the quicker way. */
const CHANNEL_LIMIT_MS = 5000;

/** Something that runs over a connection: a shell, a command, a forwarded port. */
export interface Channel {
  /** Settles, either way, when the channel has ended. */
  readonly exited: Promise<unknown>;
}

export interface SharedConnections {
  /**
   * Open a channel over a live connection of that key, or over one that is opened for it. Whoever comes while one is being
   * opened waits for it, and opens its own when that fails.
   *
   * @param key what two users of one connection have in common: host, user, way, key. Absent: one of its own, closed with its channel
   * @throws PosternError as `open` and `start`, `cancelled`
   */
  use<C extends Channel>(key: string | undefined, parts: ConnectionParts<C>, signal: AbortSignal): Promise<C>;
  /** Asks every connection for a sign of life: after a sleep, or where the network changed. */
  probe(withinMs: number): void;
  /** What is open now takes no further channels, and ends with those it has: the next one proves its host anew. */
  retire(): void;
  /** How many connections are open. */
  count(): number;
  /** Ends them all with their channels. */
  closeAll(): void;
}

export interface ConnectionParts<C extends Channel> {
  readonly open: () => Promise<SshConnection>;
  readonly start: (connection: SshConnection, signal: AbortSignal) => Promise<C>;
  /** Told before a channel is tried over a connection that others use. */
  readonly onShared?: () => void;
  /** Told when another one's opening is waited for. */
  readonly onWaiting?: () => void;
}

interface Held {
  readonly connection: SshConnection;
  channels: number;
  /** How many channels the server took before it refused one (MaxSessions of sshd, 10 unless set). */
  limit: number;
  /** Nobody else can come. */
  readonly alone: boolean;
  lingering: NodeJS.Timeout | undefined;
}

export function createSharedConnections({ lingerMs = LINGER_MS }: { readonly lingerMs?: number } = {}): SharedConnections {
  const held = new Map<string | symbol, Set<Held>>();
  const opening = new Map<string | symbol, Promise<unknown>>();

  function hold(key: string | symbol, connection: SshConnection): Held {
    const entry: Held = { connection, channels: 0, limit: Number.POSITIVE_INFINITY, alone: typeof key === 'symbol', lingering: undefined };
    const others = held.get(key) ?? new Set();
    held.set(key, others.add(entry));
    connection.onEnd(() => {
      clearTimeout(entry.lingering);
      others.delete(entry);
      if (others.size === 0 && held.get(key) === others) held.delete(key);
    });
    return entry;
  }

  async function startOver<C extends Channel>(entry: Held, start: ConnectionParts<C>['start'], signal: AbortSignal): Promise<C> {
    clearTimeout(entry.lingering);
    entry.channels += 1;
    const leave = (): void => {
      entry.channels -= 1;
      if (entry.channels === 0) entry.lingering = setTimeout(() => entry.connection.close(), entry.alone || entry.limit === 0 ? 0 : lingerMs).unref();
    };
    try {
      const channel = await start(entry.connection, signal);
      channel.exited.then(leave, leave);
      return channel;
    } catch (thrown) {
      leave();
      throw thrown;
    }
  }

  /** Over a live connection, the newest first: the older ones are the fuller ones. */
  async function share<C extends Channel>(key: string | symbol, { start, onShared }: ConnectionParts<C>, signal: AbortSignal): Promise<C | undefined> {
    const entry = [...(held.get(key) ?? [])].toReversed().find(({ channels, limit }) => channels < limit);
    if (entry === undefined) return undefined;
    onShared?.();
    try {
      return await startOver(entry, start, AbortSignal.any([signal, AbortSignal.timeout(CHANNEL_LIMIT_MS)]));
    } catch (thrown) {
      if (signal.aborted) throw thrown;
      // Refused, silent or lost: a connection of its own tells more. One that has just ended is not asked again.
      if (toPosternError(thrown).code === 'ssh.protocol') entry.limit = entry.channels;
      return undefined;
    }
  }

  return {
    async use(sharedKey, parts, signal) {
      const key = sharedKey ?? Symbol('alone');
      const shared = await share(key, parts, signal);
      if (shared !== undefined) return shared;
      const before = opening.get(key);
      if (before !== undefined) {
        parts.onWaiting?.();
        await settledOrAborted(before, signal);
        const afterwards = await share(key, parts, signal);
        if (afterwards !== undefined) return afterwards;
      }
      const mine = parts.open().then((connection) => hold(key, connection));
      const settled = mine.catch(() => undefined);
      opening.set(key, settled);
      try {
        const entry = await mine;
        try {
          return await startOver(entry, parts.start, signal);
        } catch (thrown) {
          // Nobody else is on it and it starts nothing: its end must not wait.
          if (entry.channels === 0) entry.connection.close();
          throw thrown;
        }
      } finally {
        if (opening.get(key) === settled) opening.delete(key);
      }
    },
    probe(withinMs) {
      for (const entries of held.values()) for (const { connection } of entries) connection.probe(withinMs);
    },
    retire() {
      for (const entries of [...held.values()]) {
        for (const entry of [...entries]) {
          entry.limit = 0;
          if (entry.channels === 0) entry.connection.close();
        }
      }
    },
    count: () => [...held.values()].reduce((sum, entries) => sum + entries.size, 0),
    closeAll() {
      for (const entries of [...held.values()]) for (const { connection } of [...entries]) connection.close();
    },
  };
}

/** @throws PosternError `cancelled` */
async function settledOrAborted(work: Promise<unknown>, signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const handleAbort = (): void => resolve();
  signal.addEventListener('abort', handleAbort, { once: true });
  if (signal.aborted) resolve();
  await Promise.race([work, promise]);
  signal.removeEventListener('abort', handleAbort);
  if (signal.aborted) throw new PosternError({ code: 'cancelled', message: say`The connection was cancelled.` });
}
