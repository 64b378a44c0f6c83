/** One terminal session: its state, its progress, its pending question, its shell and its output. */
import { randomUUID } from 'node:crypto';
import type { Duplex, Readable } from 'node:stream';
import { isDeepStrictEqual } from 'node:util';
import { type PosternError, toPosternError } from '../../contract/error.ts';
import type { Instance } from '../../contract/instance.ts';
import type { LiveRecording } from '../../contract/recording.ts';
import type { Answer, SessionState, TerminalSession, TerminalSize } from '../../contract/session.ts';
import type { Clock } from '../base/clock.ts';
import { isoTime } from '../base/clock.ts';
import type { Shell } from '../base/shell.ts';
import { Attachments } from './attachment.ts';
import type { ConnectRequest } from './connectRequest.ts';
import type { SessionEvent } from './lifecycle.ts';
import { advance, hasEnded } from './lifecycle.ts';
import { cancelled, OpenQuestion } from './openQuestion.ts';
import type { Connect, Progress, QuestionToAsk, Reply, ReplyTo } from './progress.ts';
import { droppedLine, GIVE_UP_AFTER_MS, mayPass, reconnectDelayMs, reconnectedLine, reconnects, Wait } from './reconnect.ts';
import { SessionFacts } from './sessionFacts.ts';
import type { SessionTap } from './sessionTap.ts';
import { StepList } from './stepList.ts';

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
  readonly #steps: StepList;
  readonly #question = new OpenQuestion();
  readonly #facts = new SessionFacts();
  #size: TerminalSize;
  #shell: Shell | undefined;
  /** The wait before the next attempt to open a dropped session again. */
  readonly #wait = new Wait();
  /** Aborted when the person gives a dropped session up. */
  #stopped = new AbortController();

  constructor(request: ConnectRequest, instance: Instance, clock: Clock, onChange: (session: TerminalSession) => void) {
    this.#instance = instance;
    this.#command = request.command;
    this.#facts.osUser = request.osUser;
    this.#size = request.size;
    this.#clock = clock;
    this.#steps = new StepList(clock);
    this.#onChange = onChange;
    this.#openedAt = isoTime(clock);
  }

  /** The session as the window sees it. */
  toTerminalSession(): TerminalSession {
    return {
      sessionId: this.sessionId,
      instanceId: this.#instance.instanceId,
      ...(this.#instance.name === undefined ? {} : { instanceName: this.#instance.name }),
      state: this.#state,
      ...this.#facts.shown(this.ended),
      steps: this.#steps.shown,
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
    this.#facts.recording = recording;
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
      this.#steps.finish('failed');
      this.#advance(error.code === 'cancelled' ? { type: 'cancel' } : { type: 'fail', error: error.toReport() });
      this.#attachments.finish();
    } finally {
      this.#question.forget();
    }
  }

  /** Tries a dropped session now. */
  reconnectNow(): void {
    this.#wait.wake();
  }

  /** Gives a dropped session up; it ends with why it dropped. */
  stopReconnecting(): void {
    this.#stopped.abort();
    this.#question.cancel();
  }

  async #open(request: ConnectRequest, connect: Connect, signal: AbortSignal): Promise<Shell> {
    const shell = await connect(request, this.#instance, this.#progress(), signal);
    if (signal.aborted) {
      shell.close();
      throw cancelled();
    }
    return shell;
  }

  #start(shell: Shell, size: TerminalSize): void {
    this.#steps.finish('done');
    this.#shell = shell;
    // The window may have been resized while the connection was made.
    if (this.#size.columns !== size.columns || this.#size.rows !== size.rows) shell.resize(this.#size);
    this.#attachments.connect(shell.stream);
  }

  /** A command is never run twice, and a shell without a terminal has nobody to see that it is a new one. */
  #mayReconnect({ reconnect, command, terminal }: ConnectRequest, error: PosternError): boolean {
    return reconnect === true && command === undefined && terminal !== false && !this.#cancel.signal.aborted && reconnects(this.#facts.route) && mayPass(error);
  }

  /** @throws PosternError why it cannot be opened again, or why it dropped when it was given up */
  async #reconnect(lost: PosternError, request: ConnectRequest, connect: Connect, current: () => Instance): Promise<Shell> {
    const droppedAtMs = this.#clock.now();
    const since = isoTime(this.#clock);
    this.#stopped = new AbortController();
    const ending = AbortSignal.any([this.#cancel.signal, this.#stopped.signal]);
    this.#shell = undefined;
    this.#facts.roundTripMs = undefined;
    this.#attachments.say(droppedLine(droppedAtMs, lost.message));
    const shellSteps = this.#steps.shown;
    // The way that worked, whatever an attempt that fails tries instead.
    const again = this.#facts.route;
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
        this.#steps.show([]);
        const shell = await this.#open({ ...request, size, ...(again === undefined ? {} : { again }) }, connect, ending);
        this.#attachments.say(reconnectedLine(this.#clock.now()));
        this.#start(shell, size);
        this.#advance({ type: 'resume' });
        return shell;
      } catch (thrown) {
        // The screen stays: what a tab shows of a shell that was there hangs on its steps.
        this.#steps.show(shellSteps);
        this.#facts.route = again;
        this.#question.forget();
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
    if (this.#cancel.signal.aborted) throw cancelled();
    if (this.#stopped.signal.aborted) throw lost;
  }

  resize(size: TerminalSize): void {
    if (!isDeepStrictEqual(size, this.#size)) this.#attachments.tap?.resize(size);
    this.#size = size;
    if (!this.ended) this.#shell?.resize(size);
  }

  /** @throws PosternError `input.invalid` when that question is not pending */
  answer(answer: Answer): void {
    this.#question.answer(answer);
  }

  close(): void {
    this.#cancel.abort();
    this.#question.cancel();
    this.#shell?.close();
    if (!this.ended) this.#advance({ type: 'cancel' });
    this.#attachments.end();
  }

  #progress(): Progress {
    return {
      step: (step, detail) => {
        if (this.ended) return;
        this.#steps.begin(step, detail);
        this.#advance({ type: 'step', step });
      },
      failed: (detail) => {
        this.#steps.finish('failed', detail);
        this.#tell();
      },
      chosen: (route, osUser) => {
        this.#facts.choose(route, osUser);
        this.#tell();
      },
      secured: (security) => {
        this.#facts.security = security;
        this.#tell();
      },
      agentForwarded: (counts) => {
        this.#facts.agentForwarding = counts;
        this.#tell();
      },
      weak: (names) => {
        this.#facts.addWeak(names);
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
        if (this.ended || isDeepStrictEqual(limits, this.#facts.limits)) return;
        this.#facts.limits = limits;
        this.#tell();
      },
      resumed: () => {
        if (this.#state.name === 'resuming') this.#advance({ type: 'resume' });
      },
      roundTrip: (milliseconds) => {
        const rounded = milliseconds < 10 ? Math.round(milliseconds * 10) / 10 : Math.round(milliseconds);
        if (this.ended || rounded === this.#facts.roundTripMs) return;
        this.#facts.roundTripMs = rounded;
        this.#tell();
      },
    };
  }

  #ask(toAsk: QuestionToAsk): Promise<Reply> {
    if (this.#cancel.signal.aborted) return Promise.reject(cancelled());
    return this.#question.ask(
      toAsk,
      (question) => this.#advance({ type: 'ask', question, step: this.#steps.running }),
      () => this.#advance({ type: 'answered' }),
    );
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
