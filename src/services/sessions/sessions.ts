/**
 * All terminal sessions of this process. They belong to the services, not to a window: a reload or a closed lid costs nothing.
 */
import type { Duplex, Readable } from 'node:stream';
import { PosternError } from '../../contract/error.ts';
import type { Instance } from '../../contract/instance.ts';
import type { LiveRecording } from '../../contract/recording.ts';
import { say } from '../../contract/say.ts';
import type { Answer, TerminalSession, TerminalSize } from '../../contract/session.ts';
import type { Clock } from '../base/clock.ts';
import type { ConnectRequest } from './connectRequest.ts';
import type { Connect } from './progress.ts';
import { LiveSession } from './liveSession.ts';
import type { SessionTap } from './sessionTap.ts';

export interface SessionsOptions {
  readonly connect: Connect;
  /** @throws PosternError `instance.not-found` */
  readonly instanceOf: (instanceId: string) => Instance;
  readonly clock: Clock;
  readonly onChanged: (session: TerminalSession) => void;
  readonly onRemoved: (sessionId: string) => void;
}

export interface Sessions {
  /** Returns at once; the session is `connecting` and tells the rest by `onChanged`. */
  open(request: ConnectRequest): TerminalSession;
  list(): TerminalSession[];
  answer(answer: Answer): void;
  resize(sessionId: string, size: TerminalSize): void;
  /** Ends a live session; it stays listed with how it ended. */
  cancel(sessionId: string): void;
  /** Ends a live session and forgets it. */
  close(sessionId: string): void;
  /** Tries a dropped session now. */
  reconnectNow(sessionId: string): void;
  /** Gives a dropped session up. */
  stopReconnecting(sessionId: string): void;
  /** Tries every dropped session now: the machine woke, or its network came back. */
  wake(): void;
  terminal(sessionId: string): Duplex;
  /** Its terminal's size, as last told. */
  sizeOf(sessionId: string): TerminalSize;
  /** Lets `tap` see what passes from now on, in place of the one before. */
  setTap(sessionId: string, tap: SessionTap | undefined): void;
  /** What is shown of its recording. A session that is gone shows nothing. */
  setRecording(sessionId: string, recording: LiveRecording | undefined): void;
  stderr(sessionId: string): Readable | undefined;
  closeAll(): Promise<void>;
}

export function createSessions(options: SessionsOptions): Sessions {
  const sessions = new Map<string, LiveSession>();
  const running = new Set<Promise<void>>();

  function get(sessionId: string): LiveSession {
    const session = sessions.get(sessionId);
    if (session === undefined) throw new PosternError({ code: 'session.not-found', message: say`That session has been closed.`, remedy: say`Open a new one.` });
    return session;
  }

  function close(sessionId: string): void {
    get(sessionId).close();
    sessions.delete(sessionId);
    options.onRemoved(sessionId);
  }

  return {
    open(request) {
      const instance = options.instanceOf(request.instanceId);
      const session = new LiveSession(request, instance, options.clock, (changed) => {
        // A session that was closed and forgotten has nothing more to tell.
        if (sessions.has(changed.sessionId)) options.onChanged(changed);
      });
      sessions.set(session.sessionId, session);
      const opened = session.toTerminalSession();
      options.onChanged(opened);
      const run = session.run(request, options.connect, () => options.instanceOf(request.instanceId)).finally(() => running.delete(run));
      running.add(run);
      return opened;
    },
    list: () => [...sessions.values()].map((session) => session.toTerminalSession()),
    answer: (answer) => get(answer.sessionId).answer(answer),
    resize: (sessionId, size) => get(sessionId).resize(size),
    cancel: (sessionId) => get(sessionId).close(),
    close,
    reconnectNow: (sessionId) => get(sessionId).reconnectNow(),
    stopReconnecting: (sessionId) => get(sessionId).stopReconnecting(),
    wake() {
      for (const session of sessions.values()) session.reconnectNow();
    },
    terminal: (sessionId) => get(sessionId).attach(),
    sizeOf: (sessionId) => get(sessionId).size,
    setTap: (sessionId, tap) => get(sessionId).setTap(tap),
    setRecording: (sessionId, recording) => sessions.get(sessionId)?.setRecording(recording),
    stderr: (sessionId) => get(sessionId).stderr,
    async closeAll() {
      for (const sessionId of [...sessions.keys()]) close(sessionId);
      await Promise.all(running);
    },
  };
}
