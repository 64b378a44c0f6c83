/** The commands that change hosts, and the one that tells what was done. */
import { InvalidArgumentError, Option, type Command } from 'commander';
import type { ActionKind } from '../../contract/action.ts';
import { runCommand, type CommonOptions } from './run.ts';

const MAX_ENTRIES = 1000;

/** @param common adds the options that every command has */
export function addActionCommands(program: Command, finish: (status: number) => void, common: (command: Command) => Command): void {
  const add = (name: 'start' | 'stop' | 'reboot' | 'terminate', description: string): Command => {
    const command = common(program.command(name).description(description).argument('<target...>', 'names, instance ids, addresses, or unique parts of names')).addHelpText('after', actionHelp);
    if (name === 'stop') command.option('--hibernate', 'keep what is in memory, where the host was launched with that');
    if (name !== 'terminate') command.option('--yes', 'ask nothing');
    return command.action(async (targets: string[], options: CommonOptions & { yes?: true; hibernate?: true }) => {
      const kind: ActionKind = options.hibernate === true ? 'hibernate' : name;
      finish(await runCommand('cli', options, async (running) => (await import('./actionCommand.ts')).actionCommand(running, { kind, targets, yes: options.yes === true })));
    });
  };
  add('start', 'start instances, and follow them until they run');
  add('stop', 'stop instances, and follow them until they stand');
  add('reboot', 'reboot instances');
  add('terminate', 'terminate instances for good; the name of each is asked for on the terminal, always');

  common(program.command('history').description('what was done from this computer: sessions, tunnels and actions, newest first').argument('[words...]', 'all of them must be in an entry').option('--json', 'print all that is kept of them as JSON'))
    .addOption(new Option('--limit <number>', `at most so many, up to ${MAX_ENTRIES}`).argParser(readLimit).default(100))
    .action(async (words: string[], options: CommonOptions & { json?: true; limit: number }) =>
      finish(await runCommand('cli', options, async (running) => (await import('./historyCommand.ts')).historyCommand(running, words, { limit: options.limit, json: options.json === true }))),
    );
}

function readLimit(value: string): number {
  const number = Number(value);
  if (!/^\d+$/.test(value) || number < 1 || number > MAX_ENTRIES) throw new InvalidArgumentError(`It must be a whole number from 1 to ${MAX_ENTRIES}.`);
  return number;
}

const actionHelp = `
What it costs is said first, and asked about on the terminal. One line is printed for each host that is done: its id, name,
state and public address. The exit status is 1 when a host was left out or failed.

Examples:
  postern stop web-3 cache-1
  postern start --yes web-3
  postern stop --hibernate batch-1`;
