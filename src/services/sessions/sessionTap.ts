/** Who sees what passes through a session, both ways, once: a recording. It must neither throw nor wait. */
import type { TerminalSize } from '../../contract/session.ts';

export interface SessionTap {
  /** What the terminal shows: of the host, and Postern's own lines between. The bytes may be used again afterwards. */
  output(bytes: Uint8Array): void;
  /** What goes to the host. */
  input(bytes: Uint8Array): void;
  resize(size: TerminalSize): void;
  /** Nothing follows. */
  ended(): void;
}
