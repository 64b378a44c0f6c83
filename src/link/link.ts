/**
 * A two-way pipe for whole messages, and the in-memory one the unit tests use.
 *
 * Text messages are JSON, binary ones are the frames of frame.ts. A link says nothing about what they mean.
 */
export interface Link {
  send(message: string | Uint8Array): void;
  onMessage(listener: (message: string | Uint8Array) => void): void;
  /** Called once, also when the other end went away. */
  onClose(listener: () => void): void;
  close(): void;
}
