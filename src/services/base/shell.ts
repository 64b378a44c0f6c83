/**
 * A running shell or command on an instance: by SSH over any transport, or by Session Manager with no SSH at all.
 */
import type { Duplex, Readable } from 'node:stream';
import type { ExitStatus, TerminalSize } from '../../contract/session.ts';

export interface Shell {
  /** Terminal bytes both ways. Ending the writable side is end of input; pausing the readable side stops the program. */
  readonly stream: Duplex;
  /** Present only where the far end keeps it apart: a command run without a terminal. */
  readonly stderr?: Readable;
  resize(size: TerminalSize): void;
  /** Settles once, after the last byte was pushed into `stream`. Rejects with a PosternError when the connection was lost instead. */
  readonly exited: Promise<ExitStatus>;
  /** Ends the session on both sides. Safe to call twice. */
  close(): void;
}
