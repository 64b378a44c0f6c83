/** `postern ls`, in files of its own: it is there in a tenth of a second, without the code of the other commands. */
import { Option, type Command } from 'commander';
import { filterFields } from '../../query/hostFilter.ts';
import { createBareProgram } from './bareProgram.ts';
import { common } from './commonOptions.ts';
import { listAction, type ListOptions } from './listAction.ts';

/** The command line of who lists: `postern ls` and its help. */
export function createListProgram(finish: (status: number) => void): Command {
  const program = createBareProgram();
  addListCommand(program, finish);
  return program;
}

export function addListCommand(program: Command, finish: (status: number) => void): void {
  common(program.command('ls').description('list instances').argument('[query...]', 'words and fields that must all hold, e.g. web state:running tag:env=prod').option('--json', 'print all that is known of them as JSON'))
    .addOption(new Option('--offline', 'print what was last known, and ask nobody').conflicts('refresh'))
    .option('--refresh', 'ask AWS even if an app did so within the last minute')
    .addHelpText('after', listHelp)
    .action(async (query: string[], options: ListOptions) => finish(await listAction(query, options)));
}

const listHelp = `
Fields: ${filterFields.join(' ')}. FIELD:VALUE,VALUE is one of several values, * stands for anything, ! before a term means not.
Without --profile and --region: what was chosen in the window, else every profile's own region. What the window's
app read within the last minute is printed without asking AWS again; --refresh asks anyway.
A scope that does not answer is told on stderr, one line each; the exit status is 1 only when none answered.

Examples:
  postern ls web running
  postern ls state:running,pending tag:env=prod region:ap-* ip:10.0.0.0/16 is:bastion
  postern ls '!tag:env=prod' 'name:"web 1"'
  postern ls --profile prod --profile stage --region eu-west-1
  postern ls --json | jq -r '.[].privateIpAddress'`;
