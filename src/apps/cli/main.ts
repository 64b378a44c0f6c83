/**
 * The command line: `postern ls`, `ssh`, `proxy`, `forward`, `serve` and `keys`, around the same services as the window.
 *
 * stdout carries the answer and nothing else. Exit status: 0 done, 1 failed, 2 wrong use; for `ssh` the remote's own, or 255;
 * 128 and the signal's number when interrupted.
 */
import { CommanderError, type Command } from 'commander';
import { setFlagsFromString } from 'node:v8';
import { PosternError } from '../../contract/error.ts';
import { withDemoSize } from './bareProgram.ts';
import { printError } from './output.ts';

const WRONG_USE = 2;
/** What a shell gives a program that SIGPIPE ended. */
const READER_LEFT = 141;

// A command that ends at once collects its young garbage three times instead of eight: 5,000 hosts are listed in a tenth less.
if (process.argv[2] === 'ls') setFlagsFromString('--semi-space-growth-factor=16');

/** Scripts list in loops, and a browser waits for what is served: the other commands' code is not loaded for these. */
async function programOf(command: string | undefined, finish: (status: number) => void): Promise<Command> {
  if (command === 'ls') return (await import('./addListCommand.ts')).createListProgram(finish);
  if (command === 'serve') return (await import('./addServeCommand.ts')).createServeProgram(finish);
  return (await import('./program.ts')).createProgram(finish);
}

async function main(): Promise<number> {
  let status = 0;
  const finish = (result: number): void => void (status = result);
  try {
    const program = await programOf(process.argv[2], finish);
    await program.parseAsync(withDemoSize(process.argv));
  } catch (thrown) {
    if (thrown instanceof CommanderError) return thrown.exitCode === 0 ? 0 : WRONG_USE;
    if (thrown instanceof PosternError && isPipeError(thrown.cause)) return READER_LEFT;
    printError(thrown);
    return 1;
  }
  return status;
}

function isPipeError(cause: unknown): boolean {
  return cause instanceof Error && 'code' in cause && cause.code === 'EPIPE';
}

// Whoever reads the answer may leave early, as head does: no fault of the command's, whichever it is.
process.stdout.on('error', (error) => {
  if (!isPipeError(error)) throw error;
});
const status = await main();
process.exitCode = status;
// Without taking its heap apart, which takes a tenth of the time of a list. Nothing of it is under way; help is not waited for, and may be in a slow reader's pipe.
if (process.argv[2] === 'ls' && process.stdout.writableLength === 0 && process.stderr.writableLength === 0) process.exit(status);
