/** Joins a session to the terminal the person sits at: raw, resized with it, and left as it was found. */
import { spawnSync } from 'node:child_process';
import type { TerminalSession, TerminalSize } from '../../contract/session.ts';
import type { Services } from '../../services/services.ts';
import { createEscapeWatcher } from './escapeWatcher.ts';
import { copy } from './joinPipes.ts';
import { printError } from './output.ts';

export async function joinTerminal(services: Services, { sessionId }: TerminalSession): Promise<void> {
  const stream = services.sessions.terminal({ sessionId });
  const watcher = createEscapeWatcher();
  const handleTyped = (typed: Buffer): void => {
    const { forward, leave } = watcher.read(typed);
    if (forward.byteLength > 0) stream.write(forward);
    if (leave) services.local.cancel(sessionId);
  };
  // The terminal was closed: nobody is there any more.
  const handleEnd = (): void => services.local.cancel(sessionId);
  const handleResize = (): void => void services.sessions.resize({ sessionId, size: terminalSize() }).catch(printError);
  process.stdin.setRawMode(true);
  leaveOutputAlone();
  process.stdin.on('data', handleTyped);
  process.stdin.once('end', handleEnd);
  // A question asked before has paused it, and a stream paused by hand does not restart with a listener.
  process.stdin.resume();
  process.stdout.on('resize', handleResize);
  try {
    handleResize();
    await copy(stream, process.stdout);
  } finally {
    process.stdin.setRawMode(false);
    process.stdin.removeListener('data', handleTyped);
    process.stdin.removeListener('end', handleEnd);
    process.stdin.pause();
    process.stdout.removeListener('resize', handleResize);
  }
}

/**
 * Node's raw mode still puts a carriage return before every line feed of the output: a full-screen program that moves down by
 * a bare line feed would draw in the wrong column. Raw mode's end restores this too.
 */
function leaveOutputAlone(): void {
  if (process.platform !== 'win32') spawnSync('stty', ['-opost'], { stdio: ['inherit', 'ignore', 'ignore'] });
}

export function terminalSize(): TerminalSize {
  const { columns, rows } = process.stdout.isTTY ? process.stdout : process.stderr;
  return { columns: columns ?? 80, rows: rows ?? 24 };
}
