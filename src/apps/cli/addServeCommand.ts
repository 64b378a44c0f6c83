/** `postern serve`, in files of its own: it listens before the code of the other commands would be loaded. */
import type { Command } from 'commander';
import { createBareProgram } from './bareProgram.ts';
import { common, wholeNumber } from './commonOptions.ts';
import type { CommonOptions } from './run.ts';
import { serveCommand } from './serveCommand.ts';

/** The command line of who serves: `postern serve` and its help. */
export function createServeProgram(finish: (status: number) => void): Command {
  const program = createBareProgram();
  addServeCommand(program, finish);
  return program;
}

export function addServeCommand(program: Command, finish: (status: number) => void): void {
  common(
    program
      .command('serve')
      .description('serve the window to a browser of this machine, until Ctrl+C')
      .option('--port <number>', 'the port to listen on; a free one when absent', wholeNumber(0, 65_535), 0)
      .option('--bind <address>', 'the address to listen on', '127.0.0.1')
      .option('--open', 'open the browser too'),
  )
    .addHelpText('after', serveHelp)
    .action(async ({ bind, open, ...options }: CommonOptions & { port: number; bind: string; open?: true }) => finish(await serveCommand({ ...options, bindAddress: bind, open: open === true })));
}

const serveHelp = `
Prints one line: an address with a secret in it. Whoever has that address has your hosts.`;
