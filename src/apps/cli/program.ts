/** What the command line understands: its commands, their options, and their help. */
import { InvalidArgumentError, Option, type Command } from 'commander';
import { PosternError } from '../../contract/error.ts';
import { routeKinds } from '../../contract/route.ts';
import type { RouteKind } from '../../contract/route.ts';
import type { OpenSshFlags } from './openSshOptions.ts';
import { loginCommand } from './loginCommand.ts';
import { printError } from './output.ts';
import { forwardCommand } from './forwardCommand.ts';
import type { ForwardSpec } from './forwardSpec.ts';
import { parseForwardSpec } from './forwardSpec.ts';
import type { ProxyVia } from './proxyCommand.ts';
import { addActionCommands } from './addActionCommands.ts';
import { addReplayCommand } from './addReplayCommand.ts';
import { addListCommand } from './addListCommand.ts';
import { addServeCommand } from './addServeCommand.ts';
import { createBareProgram } from './bareProgram.ts';
import { collect, common, wholeNumber } from './commonOptions.ts';
import { addPolicyCommand } from './policyCommand.ts';
import type { CommonOptions, Running } from './run.ts';
import { runCommand, untilInterrupted } from './run.ts';

// Each command's own code is loaded when it runs: `postern ls` is there in a tenth of a second.
const keysCode = () => import('./keysCommand.ts');
const sshCode = () => import('./sshCommand.ts');

const TARGET = 'a name, an instance or managed node id, an address, or a unique part of a name; or ecs:CLUSTER_TASK_RUNTIME';

/** @param finish told the exit status of the command that ran */
export function createProgram(finish: (status: number) => void): Command {
  const program = createBareProgram();
  addListCommand(program, finish);
  addPolicyCommand(program, finish);

  addSshCommand(program, finish);

  common(program.command('proxy').description('join stdin and stdout to a port of an instance, for OpenSSH, scp, rsync and git').argument('<target>', TARGET).argument('[port]', 'the TCP port', wholeNumber(1, 65_535), 22))
    .addOption(new Option('--via <route>', 'the way in; the best one that carries bytes when absent').choices(routeKinds.filter((kind) => kind !== 'session-manager' && kind !== 'serial')))
    .addHelpText('after', proxyHelp)
    .action(async (target: string, port: number, options: CommonOptions & { via?: ProxyVia }) => finish(await runCommand('cli', options, async (running) => (await import('./proxyCommand.ts')).proxyCommand(running, target, port, options.via))));

  common(
    program
      .command('forward')
      .description('make a port of an instance, or of a host it reaches, answer on this machine')
      .argument('<target>', TARGET)
      .requiredOption('-L, --local <forward>', '[BIND:]PORT:[HOST:]PORT; may be given several times; a path before the colon is a unix socket', collectForwards)
      .option('--sessions <number>', 'spread connections over this many Session Manager sessions', wholeNumber(1, 8), 1),
  )
    .addHelpText('after', forwardHelp)
    .action(async (target: string, options: CommonOptions & { local: readonly ForwardSpec[]; sessions: number }) =>
      finish(await runCommand('cli', options, (running) => forwardCommand(running, { target, forwards: options.local, sessions: options.sessions }))),
    );

  addServeCommand(program, finish);

  common(
    program
      .command('login')
      .description('sign in to the Identity Center of a profile; the AWS CLI is then signed in too')
      .argument('[profile]', 'a profile or an sso-session; may be left out when there is only one')
      .option('--browser', 'in a browser of this computer, instead of with a code on any device'),
  ).action(async (profile: string | undefined, options: CommonOptions & { browser?: true }) =>
    finish(await runCommand('cli', options, (running) => loginCommand(running, { ...(profile === undefined ? {} : { profile }), method: options.browser === true ? 'browser' : 'code' }))),
  );

  addActionCommands(program, finish, common);
  addReplayCommand(program, finish);
  addKeysCommands(program, finish);
  return program;
}

function addSshCommand(program: Command, finish: (status: number) => void): void {
  const ssh = program
    .command('ssh')
    .description('open a shell, or run a command, on an instance')
    .usage('[options] <target> [-- command...]')
    .argument('<target>', `${TARGET}; user@ before it names the user`)
    .argument('[command...]', 'after --: run this instead of a shell')
    .addOption(new Option('--via <route>', 'the way in; the best one by known facts when absent').choices([...routeKinds]))
    .addOption(new Option('-J, --jump <targets>', 'go through these bastions, the nearest first, with commas between').conflicts('via'))
    .option('-l, --login <user>', 'the user on the instance; guessed from the image when absent')
    .option('-i, --identity <key>', 'a key of the keychain by its name, or a key file')
    .option('-p, --port <port>', 'the port of sshd')
    .option('-L, --local-forward <forward>', '[BIND:]PORT:HOST:PORT; may be given several times', collect)
    .option('-R, --remote-forward <forward>', 'the same, listening on the host', collect)
    .option('-D, --dynamic-forward <listen>', '[BIND:]PORT', collect)
    .option('-o, --option <line>', 'a line of ssh_config(5), e.g. "ServerAliveInterval=30"; may be given several times', collect)
    .option('-F, --config-file <file>', 'instead of ~/.ssh/config and the system\'s file; "none" reads none')
    .option('-G, --print-config', 'print the resolved configuration, as ssh -G does, and connect to nothing')
    .option('-N, --forward-only', 'no shell: hold the forwards until Ctrl+C')
    .option('-T, --no-terminal', 'a shell without a terminal')
    .option('-n, --null-input', 'read nothing from stdin')
    .option('-A, --forward-agent', 'let the host use your SSH agent')
    .option('-a, --no-forward-agent', 'do not')
    .addOption(new Option('-4, --ipv4', 'IPv4 only').conflicts('ipv6'))
    .option('-6, --ipv6', 'IPv6 only')
    .option('--record [file]', 'record the shell: into a new file (.cast or .log), or where the settings say')
    .option('-v, --verbose', 'tell every step')
    .option('-q, --quiet', 'tell nothing but failures');
  common(ssh)
    .addHelpText('after', sshHelp)
    .action(async (target: string, command: string[], options: CommonOptions & SshCommandOptions) => {
      // Without it, `postern ssh web-1 ls -l root` would sign in as root.
      if (command.length > 0 && !process.argv.includes('--')) ssh.error(`error: write -- before the command: postern ssh ${target} -- ${command.join(' ')}`);
      const run = async (running: Running): Promise<number> =>
        (await sshCode()).sshCommand(running, {
          target,
          ...(options.via === undefined ? {} : { via: options.via }),
          ...(options.jump === undefined ? {} : { through: options.jump.split(',') }),
          ...(options.login === undefined ? {} : { osUser: options.login }),
          ...(options.identity === undefined ? {} : { key: options.identity }),
          ...(command.length === 0 ? {} : { command: command.join(' ') }),
          flags: flagsOf(options),
          ...(options.printConfig === undefined ? {} : { printConfig: true }),
          ...(options.forwardOnly === undefined ? {} : { noShell: true }),
          ...(options.terminal === false ? { noTerminal: true } : {}),
          ...(options.nullInput === undefined ? {} : { noInput: true }),
          ...(options.record === undefined ? {} : { record: options.record }),
          ...(options.verbose === undefined ? {} : { verbose: true }),
          ...(options.quiet === undefined ? {} : { quiet: true }),
        });
      try {
        finish(await runCommand('cli', options, run));
      } catch (thrown) {
        printError(thrown);
        finish((await sshCode()).NO_SESSION);
      }
    });
}

interface SshCommandOptions {
  readonly record?: string | true;
  readonly via?: RouteKind;
  readonly jump?: string;
  readonly login?: string;
  readonly identity?: string;
  readonly port?: string;
  readonly localForward?: readonly string[];
  readonly remoteForward?: readonly string[];
  readonly dynamicForward?: readonly string[];
  readonly option?: readonly string[];
  readonly printConfig?: true;
  readonly forwardOnly?: true;
  /** False with -T. */
  readonly terminal: boolean;
  readonly nullInput?: true;
  /** Absent: neither -A nor -a. */
  readonly forwardAgent?: boolean;
  readonly ipv4?: true;
  readonly ipv6?: true;
  readonly verbose?: true;
  readonly quiet?: true;
}

function flagsOf({ port, localForward, remoteForward, dynamicForward, option, forwardAgent, ipv4, ipv6 }: SshCommandOptions): OpenSshFlags {
  return {
    ...(port === undefined ? {} : { port }),
    ...(localForward === undefined ? {} : { localForward }),
    ...(remoteForward === undefined ? {} : { remoteForward }),
    ...(dynamicForward === undefined ? {} : { dynamicForward }),
    ...(option === undefined ? {} : { option }),
    ...(forwardAgent === undefined ? {} : { forwardAgent }),
    ...(ipv4 === undefined ? (ipv6 === undefined ? {} : { family: 'inet6' }) : { family: 'inet' }),
  };
}

function addKeysCommands(program: Command, finish: (status: number) => void): void {
  const keys = program.command('keys').description('key pairs in the keychain, and trusted host keys').addHelpText('after', keysHelp);
  const run = async (options: CommonOptions, command: (running: Running) => Promise<number>): Promise<void> => finish(await runCommand('cli', options, (running) => untilInterrupted(running.interrupted, command(running))));
  const withSecrets = (options: CommonOptions, command: (running: Running) => Promise<number>): Promise<void> =>
    run(options, async (running) => {
      const { offeringFile, openSecrets } = await keysCode();
      await openSecrets(running);
      return offeringFile(command(running));
    });

  common(keys.command('list').description('list key pairs').option('--json', 'print all that is known of them as JSON')).action((options: CommonOptions & { json?: true }) => run(options, async (running) => (await keysCode()).listKeys(running, options.json === true)));
  common(
    keys
      .command('generate')
      .description('make a key pair; its private half goes into the keychain, its public half is printed')
      .argument('<name>', 'what to call it')
      .addOption(new Option('--type <type>', 'the type of key').choices(['ed25519', 'rsa']).default('ed25519'))
      .addOption(new Option('--bits <bits>', 'the size of an RSA key').choices(['3072', '4096'])),
  ).action((name: string, options: CommonOptions & { type: 'ed25519' | 'rsa'; bits?: '3072' | '4096' }) =>
    withSecrets(options, async (running) => (await keysCode()).generateKey(running, name, { type: options.type, ...(options.bits === undefined ? {} : { bits: options.bits === '4096' ? 4096 : 3072 }) })),
  );
  common(keys.command('import').description('take a private key (PEM or OpenSSH) into the keychain; its public half is printed').argument('<name>', 'what to call it').argument('<file>', 'a path, or - for stdin')).action(
    (name: string, file: string, options: CommonOptions) => withSecrets(options, async (running) => (await keysCode()).importKey(running, name, file)),
  );
  common(keys.command('remove').description('delete a key pair, from the keychain too').argument('<name>', 'its name or fingerprint')).action((name: string, options: CommonOptions) => withSecrets(options, async (running) => (await keysCode()).removeKey(running, name)));
  common(keys.command('hosts').description('list trusted host keys').option('--json', 'print them as JSON')).action((options: CommonOptions & { json?: true }) => run(options, async (running) => (await keysCode()).listHostKeys(running, options.json === true)));
  common(keys.command('forget').description('forget the host keys of an instance, so that the next connect asks again').argument('<instance-id>')).action((instanceId: string, options: CommonOptions) =>
    run(options, async (running) => (await keysCode()).forgetHostKeys(running, instanceId)),
  );
  common(keys.command('use-file').description('where there is no keychain: keep keys in a file encrypted with a passphrase')).action((options: CommonOptions) => run(options, async (running) => (await keysCode()).useFile(running)));
}

function collectForwards(value: string, previous: readonly ForwardSpec[] = []): readonly ForwardSpec[] {
  try {
    return [...previous, parseForwardSpec(value)];
  } catch (thrown) {
    throw thrown instanceof PosternError ? new InvalidArgumentError(`${thrown.message} ${thrown.remedy ?? ''}`) : thrown;
  }
}

const sshHelp = `
A command without input goes by Session Manager where that is the best way in: its output then comes when it has ended,
and it runs as the user of the session. With input (a pipe or a file), a user or a key it goes by SSH.

A host of ~/.ssh/config that has exactly the name wins, as with ssh; an instance id always means the instance. Options mean what
they mean to ssh; what Postern does not follow of the configuration is told on stderr.

A managed node (mi-...) is reached by Session Manager alone: as a shell, or by SSH over it. So is a container of ECS with
ECS Exec on, which nothing lists: ecs:CLUSTER_TASK_RUNTIME is the name of its cluster, the id of its task, and the runtime id
of the container, as "aws ecs describe-tasks" tells them; --profile and --region say where.

At the start of a line, ~. leaves a session that no longer answers, and ~~ types one ~.
A host key is asked about once and kept for the instance; "postern keys forget" forgets it.

Exit status: the remote's own; 128 and its number when a signal ended the command; 255 when there was no session.

Examples:
  postern ssh web-1
  postern ssh web-1 --via session-manager
  postern ssh -J bastion db-1
  postern ssh --profile prod --region eu-west-1 ecs:shop_0e3bd3c2f0b24b9a8f8c1d2e3f4a5b6c_0e3bd3c2f0b24b9a8f8c1d2e3f4a5b6c-527074092
  postern ssh my-host -G                 what ~/.ssh/config comes to for it
  postern ssh -i ~/.ssh/id_ed25519 ubuntu@web-1 -- 'cat /etc/os-release'
  tar c . | postern ssh web-1 -- tar x -C /srv/app`;

const proxyHelp = `
In ~/.ssh/config:
  Host web-* i-*
    ProxyCommand postern proxy %h %p`;

const forwardHelp = `
It goes through Session Manager: no inbound rule and no key; also to managed nodes and containers of ECS (see "postern ssh --help"). One line is printed for each forward that listens, and it
runs until Ctrl+C. Without BIND only this machine is let in; * means every address. Port 0 takes a free one.

Examples:
  postern forward web-1 -L 8080:80
  postern forward bastion -L 5432:db.internal:5432 -L 6379:cache.internal:6379
  postern forward web-1 -L /tmp/web.sock:80
  postern forward db-1 -L 5432:5432 --sessions 4`;

const keysHelp = `
Private keys live in the keychain of the operating system, never in a plain file.`;
