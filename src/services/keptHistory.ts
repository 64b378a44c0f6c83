/** Writes the history of what the services do: follows sessions and tunnels by what they tell, and is told of actions. */
import { AsyncLocalStorage } from 'node:async_hooks';
import type { Duplex } from 'node:stream';
import type { EventListener } from '../contract/contract.ts';
import type { Forward } from '../contract/forward.ts';
import type { HistoryEntry } from '../contract/history.ts';
import type { Instance } from '../contract/instance.ts';
import { say, sayAll } from '../contract/say.ts';
import { scopeKey, type Scope } from '../contract/scope.ts';
import type { TerminalSession } from '../contract/session.ts';
import type { Notice } from '../contract/settings.ts';
import { configHostName } from '../contract/sshConfig.ts';
import type { AwsClients } from './aws/clients.ts';
import { callerIdentity } from './aws/sts.ts';
import type { Clock } from './base/clock.ts';
import type { Log } from './base/log.ts';
import type { Forwards } from './forwards/forwards.ts';
import { createHistory, type Ending, type History, type NewEntry, type OpenEntry } from './history/history.ts';
import type { Sessions } from './sessions/sessions.ts';

/** A sign-in as somebody else is seen after this. */
const CALLER_HOLD_MS = 15 * 60_000;
const CALLER_TIMEOUT_MS = 10_000;

type Bytes = Pick<Forward, 'sentBytes' | 'receivedBytes'>;

export interface HistoryServices {
  /** Told every event of the services. */
  readonly follow: EventListener;
  /** The same, and whatever they start at AWS is written beside them. */
  watchSessions(sessions: Sessions): Sessions;
  watchForwards(forwards: Forwards): Forwards;
  /** AWS started this session for what is being opened here. */
  noteAwsSession<T extends { readonly sessionId: string }>(started: T): T;
  /** Bytes to a port for another program. */
  watchTransport(instance: Instance, port: number, open: () => Promise<Duplex>): Promise<Duplex>;
  begin(entry: NewEntry, scope: Scope | undefined): OpenEntry;
  /** The entry of a session that is listed. */
  entryIdOf(sessionId: string): string | undefined;
  readonly entries: Pick<History, 'list' | 'get' | 'setRecordings' | 'remove' | 'recordedBefore'>;
  close(): void;
}

export interface HistoryServicesOptions {
  readonly dataDir: string;
  readonly clients: () => AwsClients;
  readonly instance: (instanceId: string) => Instance | undefined;
  readonly clock: Clock;
  readonly log: Log;
  readonly onChanged: (entry: HistoryEntry) => void;
  readonly onNotice: (notice: Notice) => void;
  readonly keepDays: () => Promise<number>;
  readonly onDropped: (entries: readonly HistoryEntry[]) => void;
  /** Who runs Postern. */
  readonly localUser: string | undefined;
}

/** What is being opened, and its entry once there is one. */
interface Opening {
  readonly kind: 'session' | 'command' | 'forward';
  entry: OpenEntry | undefined;
  readonly awsSessionIds: string[];
}

export function createHistoryServices({ dataDir, clients, instance, clock, log, onChanged, onNotice, keepDays, onDropped, localUser }: HistoryServicesOptions): HistoryServices {
  const history = createHistory({ dataDir, clock, log, onChanged, onNotice, keepDays, onDropped });
  // What is started at AWS while something is opened, however deep below, is that one's.
  const openings = new AsyncLocalStorage<Opening>();
  const entries = new Map<string, { readonly entry: OpenEntry; ended: boolean }>();
  /** Of forwards, written with their end: they change each second. */
  const bytes = new Map<string, Bytes>();
  /** Of forwards that were started again: what they had counted before, which is another entry's. */
  const bytesBefore = new Map<string, Bytes>();
  const callers = new Map<string, { readonly untilMs: number; readonly arn: Promise<string | undefined> }>();

  function callerOf(scope: Scope): Promise<string | undefined> {
    const key = scopeKey(scope);
    const known = callers.get(key);
    if (known !== undefined && known.untilMs > clock.now()) return known.arn;
    const arn = clients()
      .forScope(scope)
      .then((scoped) => callerIdentity(scoped, AbortSignal.timeout(CALLER_TIMEOUT_MS)))
      .then(
        (identity) => identity.arn,
        (cause: unknown) => {
          log.debug('the caller of a history entry is not known', { scope: key, cause });
          return undefined;
        },
      );
    callers.set(key, { untilMs: clock.now() + CALLER_HOLD_MS, arn });
    return arn;
  }

  function begin(entry: NewEntry, scope: Scope | undefined): OpenEntry {
    const begun = history.begin({ ...entry, ...(localUser === undefined ? {} : { localUser }), ...(scope === undefined ? {} : { profile: scope.profile, region: scope.region, ...(scope.accountId === undefined ? {} : { accountId: scope.accountId }) }) });
    if (scope !== undefined) void callerOf(scope).then((callerArn) => (callerArn === undefined ? undefined : begun.add({ callerArn })));
    return begun;
  }

  function followOne(id: string, facts: Partial<NewEntry> & { readonly hostId: string }, kind: Opening['kind'], ending: Ending | undefined): void {
    let known = entries.get(id);
    if (known === undefined) {
      const opening = openings.getStore();
      const scope = configHostName(facts.hostId) === undefined ? instance(facts.hostId)?.scope : undefined;
      known = { entry: begin({ ...facts, kind: opening?.kind ?? kind }, scope), ended: false };
      entries.set(id, known);
      if (opening !== undefined) {
        opening.entry = known.entry;
        if (opening.awsSessionIds.length > 0) known.entry.add({ awsSessionIds: [...opening.awsSessionIds] });
      }
    } else if (!known.ended) known.entry.add(facts);
    if (ending === undefined || known.ended) return;
    known.ended = true;
    known.entry.end(ending);
  }

  function endOne(id: string, ending: Ending): void {
    const known = entries.get(id);
    entries.delete(id);
    if (known?.ended === false) known.entry.end(ending);
  }

  const watchSessions = (sessions: Sessions): Sessions => ({ ...sessions, open: (request) => openings.run({ kind: request.command === undefined ? 'session' : 'command', entry: undefined, awsSessionIds: [] }, () => sessions.open(request)) });
  const watchForwards = (forwards: Forwards): Forwards => {
    const opening = <T>(open: () => T): T => openings.run({ kind: 'forward', entry: undefined, awsSessionIds: [] }, open);
    return { ...forwards, open: (...request) => opening(() => forwards.open(...request)), openOver: (...request) => opening(() => forwards.openOver(...request)), restart: (forwardId) => opening(() => forwards.restart(forwardId)) };
  };

  return {
    entries: history,
    entryIdOf: (sessionId) => entries.get(sessionId)?.entry.entryId,
    follow(event) {
      switch (event.name) {
        case 'sessions.changed':
          return followOne(event.payload.sessionId, sessionFacts(event.payload), 'session', endingOf(event.payload));
        case 'sessions.removed':
          return endOne(event.payload.sessionId, { outcome: 'ok', reason: say`Closed here.` });
        case 'forwards.changed':
          return followForward(event.payload);
        case 'forwards.removed': {
          const { forwardId } = event.payload;
          endOne(forwardId, { outcome: 'ok', reason: say`Closed here.`, ...bytes.get(forwardId) });
          bytes.delete(forwardId);
          bytesBefore.delete(forwardId);
          return;
        }
        default:
          return;
      }
    },
    watchSessions,
    watchForwards,
    noteAwsSession(started) {
      const opening = openings.getStore();
      if (opening !== undefined) {
        opening.awsSessionIds.push(started.sessionId);
        opening.entry?.add({ awsSessionIds: [...opening.awsSessionIds] });
      }
      return started;
    },
    watchTransport(target, port, open) {
      const opening: Opening = { kind: 'forward', awsSessionIds: [], entry: begin({ kind: 'forward', hostId: target.instanceId, ...(target.name === undefined ? {} : { hostName: target.name }), subject: say`port ${port}, for another program` }, target.scope) };
      return openings.run(opening, async () => {
        try {
          const stream = await open();
          stream.once('close', () => opening.entry?.end({ outcome: 'ok' }));
          return stream;
        } catch (thrown) {
          opening.entry?.end({ outcome: 'failed', reason: thrown instanceof Error ? thrown.message : String(thrown) });
          throw thrown;
        }
      });
    },
    begin,
    close: () => history.close(),
  };

  /** One that failed is over; started again, it is another entry. */
  function followForward(forward: Forward): void {
    const { forwardId, instanceId, instanceName, remoteHost, remotePort, state, error } = forward;
    if (state === 'opening' && entries.get(forwardId)?.ended === true) {
      entries.delete(forwardId);
      bytesBefore.set(forwardId, { sentBytes: forward.sentBytes, receivedBytes: forward.receivedBytes });
    }
    const before = bytesBefore.get(forwardId) ?? { sentBytes: 0, receivedBytes: 0 };
    const counted: Bytes = { sentBytes: forward.sentBytes - before.sentBytes, receivedBytes: forward.receivedBytes - before.receivedBytes };
    bytes.set(forwardId, counted);
    const subject = remoteHost === undefined ? say`port ${String(remotePort)}` : `${remoteHost}:${remotePort}`;
    const ending: Ending | undefined = state === 'failed' ? { outcome: 'failed', ...(error === undefined ? {} : { reason: error.message }), ...counted } : undefined;
    followOne(forwardId, { hostId: instanceId, ...(instanceName === undefined ? {} : { hostName: instanceName }), subject }, 'forward', ending);
  }
}

function sessionFacts({ instanceId, instanceName, osUser, route }: TerminalSession): Partial<NewEntry> & { readonly hostId: string } {
  return { hostId: instanceId, ...(instanceName === undefined ? {} : { hostName: instanceName }), ...(osUser === undefined ? {} : { osUser }), ...(route === undefined ? {} : { route: route.kind }) };
}

function endingOf({ state }: TerminalSession): Ending | undefined {
  switch (state.name) {
    case 'closed': {
      const { exitCode, signal } = state.exit;
      const how = signal !== undefined ? say`Ended by signal ${signal}.` : exitCode !== undefined ? say`Exit status ${exitCode}.` : undefined;
      const reason = state.reason ?? how;
      return { outcome: 'ok', ...(reason === undefined ? {} : { reason }) };
    }
    case 'failed':
      return { outcome: 'failed', reason: sayAll(state.error.message.split(/\s*\n\s*/)) };
    default:
      return undefined;
  }
}
