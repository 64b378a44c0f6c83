/** One terminal session: its state, its progress, its pending question, its shell and its output. */
import { randomUUID } from 'node:crypto';
import type { Duplex, Readable } from 'node:stream';
import { isDeepStrictEqual } from 'node:util';
import { PosternError, toPosternError } from '../../contract/error.ts';
import type { Instance } from '../../contract/instance.ts';
import type { LiveRecording, RecordingFormat } from '../../contract/recording.ts';
import type { Route } from '../../contract/route.ts';
import { say } from '../../contract/say.ts';
import type { Answer, ConnectStep, OpenSession, Question, SessionLimits, SessionSecurity, SessionState, StepName, TerminalSession, TerminalSize } from '../../contract/session.ts';
import type { Clock } from '../base/clock.ts';
import { isoTime } from '../base/clock.ts';
import type { Shell } from '../base/shell.ts';
import type { ConfiguredConnection } from '../ssh/configuredConnection.ts';
import { Attachments } from './attachment.ts';
import type { SessionEvent } from './lifecycle.ts';
import { advance, hasEnded } from './lifecycle.ts';
import type { SessionTap } from './sessionTap.ts';
import { droppedLine, GIVE_UP_AFTER_MS, mayPass, reconnectDelayMs, reconnectedLine, reconnects, Wait } from './reconnect.ts';

/** What a connect is asked for. The command and the key file come from the command line only. */
export interface ConnectRequest extends OpenSession {
  /** Run this instead of a login shell, without a terminal. */
  readonly command?: string;
  /** The command is going to be given input. */
  readonly input?: true;
  /** False: a login shell without a terminal, as for a script on stdin. By Session Manager a shell always has one. */
  readonly terminal?: false;
  /** What OpenSSH's options on the command line say, beside the configuration files. */
  readonly openSsh?: OpenSshRequest;
  /** Set on the way to an instance that OpenSSH's configuration names. */
  readonly configured?: ConfiguredConnection;
  /** A shell whose connection drops is opened again in the same terminal. */
  readonly reconnect?: true;
  /** The way that worked before the connection dropped: this, or another of its kind. */
  readonly again?: Route;
  /** Record it from its first byte on, as the settings say; with `path`, into that new file. */
  readonly record?: { readonly path?: string; readonly format?: RecordingFormat };
}

export interface OpenSshRequest {
  /** Lines as `ssh -o` takes them; they beat the files. */
  readonly options?: readonly string[];
  /** What the configuration says and Postern does not do has been told elsewhere. */
  readonly toldUnheeded?: true;
  /** Hold the connection for its forwards, without a shell. */
  readonly noShell?: true;
}

type WithoutId<Q> = Q extends Question ? Omit<Q, 'questionId'> : never;
export type QuestionToAsk = WithoutId<Question>;
export type Reply = Exclude<Answer['reply'], { kind: 'cancel' }>;
export type ReplyTo<K extends Question['kind']> = Extract<Reply, { kind: K }>;

/** How a connect tells what it does, and asks a person. */
export interface Progress {
  step(step: StepName, detail?: string): void;
  /** The step that runs did not work; others follow. */
  failed(detail: string): void;
  chosen(route: Route, osUser: string | undefined): void;
  /** Algorithms in use on the way that are no longer safe. */
  weak(names: readonly string[]): void;
  /** What the connection to the host agreed on. */
  secured?(security: SessionSecurity): void;
  /** The agent is lent to the host; how often it has signed for it, and refused to. */
  agentForwarded?(counts: NonNullable<TerminalSession['agentForwarding']>): void;
  /** @throws PosternError `cancelled` when the person cancels or the session is closed */
  ask<K extends QuestionToAsk['kind']>(question: Extract<QuestionToAsk, { kind: K }>): Promise<ReplyTo<K>>;
  /** What the server says before sign-in, as plain text; shown above the shell. */
  banner(text: string): void;
  dropped(reason: string): void;
  /** When the far side ends the session by itself. */
  limits(limits: SessionLimits): void;
  resumed(): void;
  /** Milliseconds to the host and back, as just measured. */
  roundTrip(milliseconds: number): void;
}

export type Connect = (request: ConnectRequest, instance: Instance, progress: Progress, signal: AbortSignal) => Promise<Shell>;

interface PendingQuestion {
  readonly question: Question;
  settle(reply: Answer['reply']): void;
}

export class LiveSession {
  readonly sessionId = randomUUID();
  readonly #openedAt: string;
  #instance: Instance;
  readonly #clock: Clock;
  readonly #command: string | undefined;
  readonly #onChange: (session: TerminalSession) => void;
  readonly #cancel = new AbortController();
  readonly #attachments = new Attachments();
  #state: SessionState = { name: 'connecting', step: 'choosing-route' };
  #steps: ConnectStep[] = [];
  /** The step that runs. */
  #step: StepName = 'choosing-route';
  #stepStartedAt = 0;
  #route: Route | undefined;
  #limits: SessionLimits | undefined;
  #osUser: string | undefined;
  #weakAlgorithms: readonly string[] = [];
  #security: SessionSecurity | undefined;
  #agentForwarding: TerminalSession['agentForwarding'];
  #size: TerminalSize;
  #shell: Shell | undefined;
  #pending: PendingQuestion | undefined;
  #roundTripMs: number | undefined;
  #recording: LiveRecording | undefined;
  /** The wait before the next attempt to open a dropped session again. */
  readonly #wait = new Wait();
  /** Aborted when the person gives a dropped session up. */
  #stopped = new AbortController();

  constructor(request: ConnectRequest, instance: Instance, clock: Clock, onChange: (session: TerminalSession) => void) {
    this.#instance = instance;
    this.#command = request.command;
    this.#osUser = request.osUser;
    this.#size = request.size;
    this.#clock = clock;
    this.#onChange = onChange;
    this.#openedAt = isoTime(clock);
  }

  /** The session as the window sees it. */
  toTerminalSession(): TerminalSession {
    return {
      sessionId: this.sessionId,
      instanceId: this.#instance.instanceId,
      ...(this.#instance.name === undefined ? {} : { instanceName: this.#instance.name }),
      ...(this.#osUser === undefined ? {} : { osUser: this.#osUser }),
      ...(this.#route === undefined ? {} : { route: this.#route }),
      state: this.#state,
      ...(this.#roundTripMs === undefined ? {} : { roundTripMs: this.#roundTripMs }),
      ...(this.#limits === undefined || this.ended ? {} : { limits: this.#limits }),
      ...(this.#security === undefined ? {} : { security: this.#security }),
      ...(this.#weakAlgorithms.length === 0 ? {} : { weakAlgorithms: [...this.#weakAlgorithms] }),
      ...(this.#agentForwarding === undefined ? {} : { agentForwarding: this.#agentForwarding }),
      ...(this.#recording === undefined ? {} : { recording: this.#recording }),
      steps: this.#steps,
      openedAt: this.#openedAt,
    };
  }

  get ended(): boolean {
    return hasEnded(this.#state);
  }

  /** Where a command's stderr is kept apart; else undefined. */
  get stderr(): Readable | undefined {
    return this.#shell?.stderr;
  }

  attach(): Duplex {
    return this.#attachments.attach();
  }

  get size(): TerminalSize {
    return this.#size;
  }

  /** Lets `tap` see what passes from now on, in place of the one before. */
  setTap(tap: SessionTap | undefined): void {
    this.#attachments.tap = tap;
  }

  /** What is shown of its recording; undefined: nothing. */
  setRecording(recording: LiveRecording | undefined): void {
    this.#recording = recording;
    this.#tell();
  }

  /**
   * Connects and follows the shell to its end, and the shells after it where the connection drops. Settles when the session
   * has ended; never rejects.
   *
   * @param current the instance as it is now, for a further attempt
   */
  async run(request: ConnectRequest, connect: Connect, current: () => Instance = () => this.#instance): Promise<void> {
    try {
      let shell = await this.#open(request, connect, this.#cancel.signal);
      this.#start(shell, request.size);
      this.#advance({ type: 'open' });
      for (;;) {
        const outcome = await shell.exited.then((exit) => ({ exit }), (thrown: unknown) => ({ error: toPosternError(thrown) }));
        if ('exit' in outcome) {
          this.#advance({ type: 'end', exit: outcome.exit });
          this.#attachments.finish();
          return;
        }
        if (!this.#mayReconnect(request, outcome.error)) throw outcome.error;
        shell = await this.#reconnect(outcome.error, request, connect, current);
      }
    } catch (thrown) {
      const error = toPosternError(thrown);
      this.#finishStep('failed');
      this.#advance(error.code === 'cancelled' ? { type: 'cancel' } : { type: 'fail', error: error.toReport() });
      this.#attachments.finish();
    } finally {
      this.#pending = undefined;
    }
  }

  /** Tries a dropped session now. */
  reconnectNow(): void {
    this.#wait.wake();
  }

  /** Gives a dropped session up; it ends with why it dropped. */
  stopReconnecting(): void {
    this.#stopped.abort();
    this.#pending?.settle({ kind: 'cancel' });
  }

  async #open(request: ConnectRequest, connect: Connect, signal: AbortSignal): Promise<Shell> {
    const shell = await connect(request, this.#instance, this.#progress(), signal);
    if (signal.aborted) {
      shell.close();
      throw new PosternError({ code: 'cancelled', message: say`The connection was cancelled.` });
    }
    return shell;
  }

  #start(shell: Shell, size: TerminalSize): void {
    this.#finishStep('done');
    this.#shell = shell;
    // The window may have been resized while the connection was made.
    if (this.#size.columns !== size.columns || this.#size.rows !== size.rows) shell.resize(this.#size);
    this.#attachments.connect(shell.stream);
  }

  /** A command is never run twice, and a shell without a terminal has nobody to see that it is a new one. */
  #mayReconnect({ reconnect, command, terminal }: ConnectRequest, error: PosternError): boolean {
    return reconnect === true && command === undefined && terminal !== false && !this.#cancel.signal.aborted && reconnects(this.#route) && mayPass(error);
  }

  /** @throws PosternError why it cannot be opened again, or why it dropped when it was given up */
  async #reconnect(lost: PosternError, request: ConnectRequest, connect: Connect, current: () => Instance): Promise<Shell> {
    const droppedAtMs = this.#clock.now();
    const since = isoTime(this.#clock);
    this.#stopped = new AbortController();
    const ending = AbortSignal.any([this.#cancel.signal, this.#stopped.signal]);
    this.#shell = undefined;
    this.#roundTripMs = undefined;
    this.#attachments.say(droppedLine(droppedAtMs, lost.message));
    const shellSteps = this.#steps;
    // The way that worked, whatever an attempt that fails tries instead.
    const again = this.#route;
    let reason = lost.message;
    for (let attempt = 1; ; ) {
      const delayMs = reconnectDelayMs(attempt);
      this.#advance({ type: 'drop', since, reason, reconnecting: { attempt, at: new Date(this.#clock.now() + delayMs).toISOString() } });
      const woken = await this.#wait.for(delayMs, ending);
      this.#throwIfEnding(lost);
      if (this.#clock.now() - droppedAtMs > GIVE_UP_AFTER_MS && !woken) throw lost;
      this.#advance({ type: 'drop', since, reason, reconnecting: { attempt } });
      const size = this.#size;
      try {
        this.#instance = currentOr(current, this.#instance);
        this.#steps = [];
        const shell = await this.#open({ ...request, size, ...(again === undefined ? {} : { again }) }, connect, ending);
        this.#attachments.say(reconnectedLine(this.#clock.now()));
        this.#start(shell, size);
        this.#advance({ type: 'resume' });
        return shell;
      } catch (thrown) {
        // The screen stays: what a tab shows of a shell that was there hangs on its steps.
        this.#steps = shellSteps;
        this.#route = again;
        this.#pending = undefined;
        this.#throwIfEnding(lost);
        const error = toPosternError(thrown);
        // A question that was answered with "cancel".
        if (error.code === 'cancelled') throw lost;
        if (!mayPass(error)) throw error;
        reason = error.message;
      }
      // Woken: the waits begin anew, as the network may take a second to be there.
      attempt = woken ? 1 : attempt + 1;
    }
  }

  #throwIfEnding(lost: PosternError): void {
    if (this.#cancel.signal.aborted) throw new PosternError({ code: 'cancelled', message: say`The connection was cancelled.` });
    if (this.#stopped.signal.aborted) throw lost;
  }

  resize(size: TerminalSize): void {
    if (!isDeepStrictEqual(size, this.#size)) this.#attachments.tap?.resize(size);
    this.#size = size;
    if (!this.ended) this.#shell?.resize(size);
  }

  /** @throws PosternError `input.invalid` when that question is not pending */
  answer(answer: Answer): void {
    const pending = this.#pending;
    const fits = pending !== undefined && pending.question.questionId === answer.questionId && (answer.reply.kind === 'cancel' || answer.reply.kind === pending.question.kind);
    if (!fits) throw new PosternError({ code: 'input.invalid', message: say`That question is not open any more.` });
    pending.settle(answer.reply);
  }

  close(): void {
    this.#cancel.abort();
    this.#pending?.settle({ kind: 'cancel' });
    this.#shell?.close();
    if (!this.ended) this.#advance({ type: 'cancel' });
    this.#attachments.end();
  }

  #progress(): Progress {
    return {
      step: (step, detail) => this.#beginStep(step, detail),
      failed: (detail) => {
        this.#finishStep('failed', detail);
        this.#tell();
      },
      chosen: (route, osUser) => {
        this.#route = route;
        this.#limits = undefined;
        this.#osUser = osUser;
        this.#weakAlgorithms = [];
        this.#security = undefined;
        this.#agentForwarding = undefined;
        this.#tell();
      },
      secured: (security) => {
        this.#security = security;
        this.#tell();
      },
      agentForwarded: (counts) => {
        this.#agentForwarding = counts;
        this.#tell();
      },
      weak: (names) => {
        this.#weakAlgorithms = [...new Set([...this.#weakAlgorithms, ...names])];
        this.#tell();
      },
      ask: <K extends QuestionToAsk['kind']>(question: Extract<QuestionToAsk, { kind: K }>) => this.#ask(question) as Promise<ReplyTo<K>>,
      // A command's stdout is its own: the banner of a host must not be taken for an answer.
      banner: (text) => {
        if (this.#command === undefined) this.#attachments.say(`${text.replaceAll('\n', '\r\n').trimEnd()}\r\n`);
      },
      // Before the shell is there a dropped line is part of connecting, and after the end it is old news.
      dropped: (reason) => {
        if (this.#state.name === 'connected' || this.#state.name === 'resuming') this.#advance({ type: 'drop', since: isoTime(this.#clock), reason });
      },
      limits: (limits) => {
        if (this.ended || isDeepStrictEqual(limits, this.#limits)) return;
        this.#limits = limits;
        this.#tell();
      },
      resumed: () => {
        if (this.#state.name === 'resuming') this.#advance({ type: 'resume' });
      },
      roundTrip: (milliseconds) => {
        const rounded = milliseconds < 10 ? Math.round(milliseconds * 10) / 10 : Math.round(milliseconds);
        if (this.ended || rounded === this.#roundTripMs) return;
        this.#roundTripMs = rounded;
        this.#tell();
      },
    };
  }

  #beginStep(step: StepName, detail: string | undefined): void {
    if (this.ended) return;
    const last = this.#steps.at(-1);
    if (last?.step === step && last.outcome === 'running') {
      this.#steps = [...this.#steps.slice(0, -1), { ...last, ...(detail === undefined ? {} : { detail }) }];
    } else {
      this.#finishStep('done');
      this.#stepStartedAt = this.#clock.now();
      this.#steps = [...this.#steps, { step, outcome: 'running', ...(detail === undefined ? {} : { detail }) }];
    }
    this.#step = step;
    this.#advance({ type: 'step', step });
  }

  #finishStep(outcome: 'done' | 'failed', detail?: string): void {
    const last = this.#steps.at(-1);
    if (last?.outcome !== 'running') return;
    this.#steps = [...this.#steps.slice(0, -1), { ...last, ...(detail === undefined ? {} : { detail }), outcome, durationMs: this.#clock.now() - this.#stepStartedAt }];
  }

  #ask(toAsk: QuestionToAsk): Promise<Reply> {
    if (this.#cancel.signal.aborted) return Promise.reject(new PosternError({ code: 'cancelled', message: say`The connection was cancelled.` }));
    const question = { ...toAsk, questionId: randomUUID() } as Question;
    return new Promise((resolve, reject) => {
      this.#pending = {
        question,
        settle: (reply) => {
          this.#pending = undefined;
          if (reply.kind === 'cancel') {
            reject(new PosternError({ code: 'cancelled', message: say`The connection was cancelled.` }));
            return;
          }
          this.#advance({ type: 'answered' });
          resolve(reply);
        },
      };
      this.#advance({ type: 'ask', question, step: this.#step });
    });
  }

  #advance(event: SessionEvent): void {
    this.#state = advance(this.#state, event);
    this.#tell();
  }

  #tell(): void {
    this.#onChange(this.toTerminalSession());
  }
}

/** An instance that is not listed just now is taken as it was. */
function currentOr(current: () => Instance, before: Instance): Instance {
  try {
    return current();
  } catch {
    return before;
  }
}
