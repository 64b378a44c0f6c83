/**
 * The command line: `postern ls`, `ssh`, `proxy`, `forward`, `serve` and `keys`, around the same services as the window.
 *
 * stdout carries the answer and nothing else. Exit status: 0 done, 1 failed, 2 wrong use; for `ssh` the remote's own, or 255;
 * 128 and the signal's number when interrupted.
 */
import { CommanderError } from 'commander';
import { printError } from './output.ts';
import { createProgram, withDemoSize } from './program.ts';

const WRONG_USE = 2;

async function main(): Promise<number> {
  let status = 0;
  try {
    await createProgram((result) => (status = result)).parseAsync(withDemoSize(process.argv));
  } catch (thrown) {
    if (thrown instanceof CommanderError) return thrown.exitCode === 0 ? 0 : WRONG_USE;
    printError(thrown);
    return 1;
  }
  return status;
}

process.exitCode = await main();
