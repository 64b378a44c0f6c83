/** What a forward runs over: something that makes connections to one remote port. Session Manager's port sessions are one. */
import type { Duplex } from 'node:stream';
import type { PosternError } from '../../contract/error.ts';
import type { SessionLimits } from '../../contract/session.ts';

export interface Destination {
  readonly host: string;
  readonly port: number;
}

export interface ForwardSession {
  /**
   * One more connection to the remote port.
   *
   * @param to where to, for a forward whose connections say it themselves
   *
   * @throws PosternError `route.refused` when the remote port refuses (the session stays usable), `ssm.session-ended`, `cancelled`
   */
  connect(signal: AbortSignal, to?: Destination): Promise<Duplex>;
  /** Settles when no connection can be made any more: with why, or with nothing when it was closed here. */
  readonly ended: Promise<PosternError | undefined>;
  close(): void;
}

export interface ForwardSessionEvents {
  onResuming(reason: string): void;
  onResumed(): void;
  /** What the far side has to say to the person. */
  onMessage(text: string): void;
  /** When the session ends by itself. */
  onLimits(limits: SessionLimits): void;
}
