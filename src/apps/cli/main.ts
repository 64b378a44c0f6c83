/**
 * The command line: `postern ls`, `ssh`, `proxy`, `serve` and `keys`, around the same services as the window.
 *
 * stdout carries the answer and nothing else. Exit status: 0 done, 1 failed, 2 wrong use; for `ssh` the remote's own.
 */
import { join } from 'node:path';
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import packageJson from '../../../package.json' with { type: 'json' };
import { PosternError } from '../../contract/error.ts';
import { routeKinds } from '../../contract/route.ts';
import type { RouteKind } from '../../contract/route.ts';
import type { NodePlatformOptions } from '../../services/nodePlatform.ts';
import { createNodePlatform } from '../../services/nodePlatform.ts';
import type { Services } from '../../services/services.ts';
import { createServices } from '../../services/services.ts';
import { askOnTerminal } from './askOnTerminal.ts';
import { forgetHostKeys, generateKey, importKey, listHostKeys, listKeys, removeKey } from './keysCommand.ts';
import { listCommand } from './listCommand.ts';
import { printError } from './output.ts';
import { proxyCommand } from './proxyCommand.ts';
import { serveCommand } from './serveCommand.ts';
import { sshCommand } from './sshCommand.ts';

interface CommonOptions {
  readonly demo?: true;
  readonly demoInstances?: number;
  readonly profile: readonly string[];
  readonly region: readonly string[];
}

const WRONG_USE = 2;

async function withServices(app: 'cli' | 'web', options: CommonOptions, run: (services: Services, dataDir: string) => Promise<number>): Promise<number> {
  const instances = options.demoInstances === undefined ? {} : { instances: options.demoInstances };
  const startDemo: NodePlatformOptions['startDemo'] = async (where) => (await import('../../demo/startDemo.ts')).startDemo({ ...where, ...instances });
  const platform = await createNodePlatform({ app, version: packageJson.version, environment: process.env, demo: options.demo !== undefined, startDemo });
  const services = await createServices(platform);
  try {
    for (const notice of await services.app.notices({})) process.stderr.write(`postern: ${notice.message}\n${notice.remedy === undefined ? '' : `  ${notice.remedy}\n`}`);
    if (options.profile.length > 0 || options.region.length > 0) await services.local.select(options.profile, options.region);
    return await run(services, platform.dataDir);
  } finally {
    await services.close();
  }
}

/** Where the keychain is missing and a passphrase-encrypted file is there, opens it. */
async function openSecrets(services: Services): Promise<void> {
  const status = await services.secrets.status({});
  if (status.state !== 'ready' && status.fileExists) await services.secrets.useFile({ passphrase: await askOnTerminal('Passphrase of the key file: ', false) });
}

function collect(value: string, previous: readonly string[]): readonly string[] {
  return [...previous, value];
}

function wholeNumber(least: number, most: number): (value: string) => number {
  return (value) => {
    const number = Number(value);
    if (!Number.isInteger(number) || number < least || number > most) throw new InvalidArgumentError(`It must be a whole number from ${least} to ${most}.`);
    return number;
  };
}

function common(command: Command): Command {
  return command
    .option('--profile <name>', 'a profile of ~/.aws/config; may be given several times', collect, [])
    .option('--region <code>', 'a region, e.g. ap-northeast-1; may be given several times', collect, [])
    .option('--demo', 'use the built-in demo cloud; --demo=N makes one of N instances')
    .addOption(new Option('--demo-instances <number>').argParser(wholeNumber(1, 100_000)).hideHelp());
}

function createProgram(finish: (status: number) => void): Command {
  const program = new Command('postern').description('The best way into a cloud machine.').version(packageJson.version).exitOverride().enablePositionalOptions().showHelpAfterError('(postern --help shows how it is used)');

  common(program.command('ls').description('list instances').argument('[query...]', 'words that must all occur in a name, id, address, state, type or tag').option('--json', 'print the whole instances as JSON')).action(
    async (query: string[], options: CommonOptions & { json?: true }) => finish(await withServices('cli', options, (services) => listCommand(services, query, options.json === true))),
  );

  common(
    program
      .command('ssh')
      .description('open a shell, or run a command, on an instance')
      .argument('<target>', 'a name, an instance id, an address, or a unique part of a name; user@ before it names the user')
      .argument('[command...]', 'run this instead of a shell (after --)')
      .addOption(new Option('--via <route>', 'the way in; the best one by known facts when absent').choices([...routeKinds]))
      .option('-l, --login <user>', 'the user on the instance; guessed from the image when absent')
      .option('-i, --identity <key>', 'a key of the keychain by its name, or a key file')
  ).action(async (target: string, command: string[], options: CommonOptions & { via?: RouteKind; login?: string; identity?: string }) =>
    finish(
      await withServices('cli', options, async (services) => {
        await openSecrets(services);
        return sshCommand(services, {
          target,
          ...(options.via === undefined ? {} : { via: options.via }),
          ...(options.login === undefined ? {} : { osUser: options.login }),
          ...(options.identity === undefined ? {} : { key: options.identity }),
          ...(command.length === 0 ? {} : { command: command.join(' ') }),
        });
      }),
    ),
  );

  common(program.command('proxy').description('join stdin and stdout to a port of an instance (ProxyCommand postern proxy %h %p)').argument('<target>').argument('[port]', 'the TCP port', wholeNumber(1, 65_535), 22)).action(
    async (target: string, port: number, options: CommonOptions) => finish(await withServices('cli', options, (services) => proxyCommand(services, target, port))),
  );

  common(
    program
      .command('serve')
      .description('open the window in a browser of this machine')
      .option('--port <number>', 'the port to listen on; a free one when absent', wholeNumber(0, 65_535), 0)
      .option('--bind <address>', 'the address to listen on', '127.0.0.1')
      .option('--open', 'open the browser too'),
  ).action(async (options: CommonOptions & { port: number; bind: string; open?: true }) =>
    finish(
      await withServices('web', options, (services, dataDir) =>
        serveCommand(services, { port: options.port, bindAddress: options.bind, open: options.open === true, windowFolder: join(import.meta.dirname, '../renderer'), dataDir }),
      ),
    ),
  );

  addKeysCommands(program, finish);
  return program;
}

function addKeysCommands(program: Command, finish: (status: number) => void): void {
  const keys = program.command('keys').description('key pairs in the keychain, and trusted host keys');
  const withKeys = async (options: CommonOptions, run: (services: Services) => Promise<number>): Promise<void> =>
    finish(
      await withServices('cli', options, async (services) => {
        await openSecrets(services);
        return run(services);
      }),
    );
  common(keys.command('list').description('list key pairs').option('--json')).action((options: CommonOptions & { json?: true }) => withKeys(options, (services) => listKeys(services, options.json === true)));
  common(
    keys
      .command('generate')
      .description('make a key pair; its private half goes into the keychain, its public half is printed')
      .argument('<name>')
      .addOption(new Option('--type <type>').choices(['ed25519', 'rsa']).default('ed25519'))
      .addOption(new Option('--bits <bits>', 'RSA only').choices(['3072', '4096'])),
  ).action((name: string, options: CommonOptions & { type: 'ed25519' | 'rsa'; bits?: '3072' | '4096' }) =>
    withKeys(options, (services) => generateKey(services, name, { type: options.type, ...(options.bits === undefined ? {} : { bits: options.bits === '4096' ? 4096 : 3072 }) })),
  );
  common(keys.command('import').description('import a private key (PEM or OpenSSH)').argument('<name>').argument('<file>', 'a path, or - for stdin')).action((name: string, file: string, options: CommonOptions) =>
    withKeys(options, (services) => importKey(services, name, file)),
  );
  common(keys.command('remove').description('delete a key pair, from the keychain too').argument('<name>')).action((name: string, options: CommonOptions) => withKeys(options, (services) => removeKey(services, name)));
  common(keys.command('hosts').description('list trusted host keys').option('--json')).action((options: CommonOptions & { json?: true }) => withKeys(options, (services) => listHostKeys(services, options.json === true)));
  common(keys.command('forget').description('forget the host keys of an instance').argument('<instance-id>')).action((instanceId: string, options: CommonOptions) => withKeys(options, (services) => forgetHostKeys(services, instanceId)));
  common(keys.command('use-file').description('where there is no keychain: keep keys in a file encrypted with a passphrase')).action(async (options: CommonOptions) =>
    finish(await withServices('cli', options, useFile)),
  );
}

async function useFile(services: Services): Promise<number> {
  const { fileExists } = await services.secrets.status({});
  const passphrase = await askOnTerminal('Passphrase of the key file: ', false);
  if (!fileExists && (await askOnTerminal('Again: ', false)) !== passphrase) throw new PosternError({ code: 'input.invalid', message: 'The two passphrases differ.', remedy: 'Try again.' });
  await services.secrets.useFile({ passphrase });
  return 0;
}

/** `--demo=N` in two words: an option with an optional value would take the target after a bare `--demo` for it. */
function withDemoSize(argv: readonly string[]): string[] {
  const end = argv.includes('--') ? argv.indexOf('--') : argv.length;
  return argv.flatMap((word, index) => (index < end && word.startsWith('--demo=') ? ['--demo', '--demo-instances', word.slice('--demo='.length)] : [word]));
}

async function main(): Promise<number> {
  let status = 0;
  // Whoever reads the answer may leave early, as head does.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0);
    throw error;
  });
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
