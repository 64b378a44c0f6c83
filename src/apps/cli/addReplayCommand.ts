/** `postern replay`: needs no services, and no AWS. */
import { InvalidArgumentError, Option, type Command } from 'commander';

export function addReplayCommand(program: Command, finish: (status: number) => void): void {
  program
    .command('replay')
    .description('play a recording (asciicast 1 to 3) on this terminal')
    .argument('<file>')
    .addOption(new Option('--speed <number>', 'times as fast').argParser(positive).default(1))
    .addOption(new Option('--idle <seconds>', 'no pause is longer than this').argParser(positive))
    .addHelpText('after', '\nWhat would ask this terminal something, set its title or its clipboard, or switch its mouse is left out.')
    .action(async (file: string, options: { readonly speed: number; readonly idle?: number }) => finish(await (await import('./replayCommand.ts')).replayCommand(file, options)));
}

function positive(value: string): number {
  const number = Number(value);
  if (!Number.isFinite(number) || number <= 0) throw new InvalidArgumentError('It must be a number above 0.');
  return number;
}
