/**
 * A message service in a process of its own, for benchmarks and for tests that stop or kill it. Its hosts' `localhost` is this machine's.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { MessageFaults, RandomLoss } from './messageFaults.ts';
import type { DataChannelTicket, MessageServiceOptions } from './messageService.ts';
import type { SessionRequest, SessionSummary } from './relaySession.ts';

export type RemoteMessageServiceOptions = Omit<MessageServiceOptions, 'log' | 'verifyUpgrade'>;
export type RemoteSessionRequest = Omit<SessionRequest, 'host' | 'decryptDataKey'>;

/** The switches that can be told to another process. */
export interface RemoteFaults extends Omit<MessageFaults, 'drop' | 'duplicate' | 'reorder' | 'wrongDigest'> {
  readonly loss?: RandomLoss;
}

export type RemoteCall =
  | { readonly name: 'openSession'; readonly request: RemoteSessionRequest }
  | { readonly name: 'publish'; readonly sessionId: string; readonly kind: 'pause' | 'start' }
  | { readonly name: 'setFaults'; readonly faults: RemoteFaults }
  | { readonly name: 'resumeSession' | 'terminateSession' | 'cutClient' | 'suspendAgent' | 'resumeAgent'; readonly sessionId: string }
  | { readonly name: 'sessions' | 'memory' };

export interface RemoteMessageService {
  readonly pid: number;
  openSession(request: RemoteSessionRequest): Promise<DataChannelTicket>;
  resumeSession(sessionId: string): Promise<DataChannelTicket | undefined>;
  terminateSession(sessionId: string): Promise<boolean>;
  sessions(): Promise<readonly SessionSummary[]>;
  publish(sessionId: string, kind: 'pause' | 'start'): Promise<void>;
  cutClient(sessionId: string): Promise<void>;
  suspendAgent(sessionId: string): Promise<void>;
  resumeAgent(sessionId: string): Promise<void>;
  /** Replaces all that was set before. */
  setFaults(faults: RemoteFaults): Promise<void>;
  /** Its resident set. */
  memoryBytes(): Promise<number>;
  close(): Promise<void>;
}

interface Reply {
  readonly ready?: true;
  readonly id?: number;
  readonly result?: unknown;
  readonly error?: string;
}

export async function startRemoteMessageService(options: RemoteMessageServiceOptions = {}): Promise<RemoteMessageService> {
  const child = fork(fileURLToPath(new URL('./messageServiceProcess.ts', import.meta.url)), [JSON.stringify(options)], { execArgv: [], stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  const waiting = new Map<number, PromiseWithResolvers<unknown>>();
  const ready = Promise.withResolvers<void>();
  let nextId = 0;
  child.on('message', (reply: Reply) => {
    if (reply.ready === true) ready.resolve();
    const call = waiting.get(reply.id ?? -1);
    waiting.delete(reply.id ?? -1);
    if (reply.error === undefined) call?.resolve(reply.result);
    else call?.reject(new Error(reply.error));
  });
  const exited = once(child, 'exit').then(() => {
    const gone = new Error('the message service ended');
    ready.reject(gone);
    for (const call of waiting.values()) call.reject(gone);
  });
  await ready.promise;
  const { pid } = child;
  if (pid === undefined) throw new Error('the message service has no process id');

  const ask = <T>(call: RemoteCall): Promise<T> => {
    const id = nextId;
    nextId += 1;
    const answer = Promise.withResolvers<unknown>();
    waiting.set(id, answer);
    child.send({ id, call });
    return answer.promise as Promise<T>;
  };
  return {
    pid,
    openSession: (request) => ask({ name: 'openSession', request }),
    resumeSession: (sessionId) => ask({ name: 'resumeSession', sessionId }),
    terminateSession: (sessionId) => ask({ name: 'terminateSession', sessionId }),
    sessions: () => ask({ name: 'sessions' }),
    publish: (sessionId, kind) => ask({ name: 'publish', sessionId, kind }),
    cutClient: (sessionId) => ask({ name: 'cutClient', sessionId }),
    suspendAgent: (sessionId) => ask({ name: 'suspendAgent', sessionId }),
    resumeAgent: (sessionId) => ask({ name: 'resumeAgent', sessionId }),
    setFaults: (faults) => ask({ name: 'setFaults', faults }),
    memoryBytes: () => ask({ name: 'memory' }),
    async close() {
      if (child.connected) child.disconnect();
      await exited;
    },
  };
}
