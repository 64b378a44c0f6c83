/**
 * The command line: `postern ls`, `ssh`, `proxy`, `forward`, `serve` and `keys`, around the same services as the window.
 *
 * stdout carries the answer and nothing else. Exit status: 0 done, 1 failed, 2 wrong use; for `ssh` the remote's own, or 255;
 * 128 and the signal's number when interrupted.
 */
import { CommanderError } from 'commander';
import { setFlagsFromString } from 'node:v8';
import { withDemoSize } from './bareProgram.ts';
import { printError } from './output.ts';

const WRONG_USE = 2;

// A command that ends at once collects its young garbage three times instead of eight: 5,000 hosts are listed in a tenth less.
if (process.argv[2] === 'ls') setFlagsFromString('--semi-space-growth-factor=16');

async function main(): Promise<number> {
  let status = 0;
  const finish = (result: number): void => void (status = result);
  try {
    // Scripts list in loops: the other commands' code is not loaded for that.
    const program = process.argv[2] === 'ls' ? (await import('./addListCommand.ts')).createListProgram(finish) : (await import('./program.ts')).createProgram(finish);
    await program.parseAsync(withDemoSize(process.argv));
  } catch (thrown) {
    if (thrown instanceof CommanderError) return thrown.exitCode === 0 ? 0 : WRONG_USE;
    printError(thrown);
    return 1;
  }
  return status;
}

process.exitCode = await main();
