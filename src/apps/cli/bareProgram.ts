/** The command line without its commands. */
import { Command } from 'commander';
import packageJson from '../../../package.json' with { type: 'json' };

export function createBareProgram(): Command {
  return new Command('postern')
    .description('The best way into a cloud machine: EC2 instances of every account and region, opened by SSH or Session Manager.')
    .version(packageJson.version)
    .exitOverride()
    .enablePositionalOptions()
    .showHelpAfterError('(--help shows how it is used)')
    // The person wrote --demo=N: see withDemoSize.
    .configureOutput({ outputError: (text, write) => write(text.replace('--demo-instances <number>', '--demo=N')) })
    .addHelpText('after', programHelp);
}

/** `--demo=N` in two words: an option with an optional value would take the target after a bare `--demo` for it. */
export function withDemoSize(argv: readonly string[]): string[] {
  const end = argv.includes('--') ? argv.indexOf('--') : argv.length;
  return argv.flatMap((word, index) => (index < end && word.startsWith('--demo=') ? ['--demo', '--demo-instances', word.slice('--demo='.length)] : [word]));
}

const programHelp = `
Examples:
  postern ls --demo                      look around without an AWS account
  postern ls prod running                instances of every profile that match both words
  postern ssh web-1                      a shell, by the best way in
  postern ssh ubuntu@web-1 -- uptime     a command; its exit status is the exit status
  postern forward db-1 -L 5432:5432      a port of the instance, on this machine
  postern serve --open                   the window, in a browser

Profiles, regions and endpoints are those of the AWS tools: ~/.aws/config and ~/.aws/credentials, AWS_PROFILE,
AWS_REGION, AWS_ENDPOINT_URL, AWS_CONFIG_FILE and the others. POSTERN_DATA_DIR names another folder for
Postern's own files.

Exit status: 0 done, 1 failed, 2 wrong use; for "ssh" the remote's own, or 255 when there was no session.`;
