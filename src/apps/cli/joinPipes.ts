/** Joins a session to stdin, stdout and stderr that are no terminal, or that belong to a command. */
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { TerminalSession } from '../../contract/session.ts';
import type { Services } from '../../services/services.ts';

/** @param ended the session has ended: what has not come by then on stderr never will */
export async function joinPipes(services: Services, { sessionId }: TerminalSession, takesInput: boolean, ended: Promise<unknown>): Promise<void> {
  const stream = services.sessions.terminal({ sessionId });
  const stderr = services.local.stderr(sessionId);
  // Input that the command does not read, or that outlives it, is no failure of the session.
  const input = takesInput ? pipeline(process.stdin, stream, { end: true }).catch(() => {}) : undefined;
  const errors = stderr === undefined ? undefined : copy(stderr, process.stderr);
  await copy(stream, process.stdout);
  await Promise.race([errors, ended]);
  process.stdin.destroy();
  await input;
}

/** Copies to a stream that stays open. A lost connection is told by the session, and a reader who has left by stdout itself. */
export async function copy(from: Readable, to: NodeJS.WriteStream): Promise<void> {
  await pipeline(from, to, { end: false }).catch(() => {});
}
