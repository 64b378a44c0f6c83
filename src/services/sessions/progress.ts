/** Between a connect and the session it is for: what it tells, what it asks, and the shell it answers with. */
import type { Instance } from '../../contract/instance.ts';
import type { Route } from '../../contract/route.ts';
import type { Answer, Question, SessionLimits, SessionSecurity, StepName, TerminalSession } from '../../contract/session.ts';
import type { Shell } from '../base/shell.ts';
import type { ConnectRequest } from './connectRequest.ts';

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
