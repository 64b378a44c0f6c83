/** Threats 11 and 21: names that are commands, from every place a name comes from, and a configuration that is hostile itself. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { PosternError } from '../../src/contract/error.ts';
import type { Instance } from '../../src/contract/instance.ts';
import type { ConfigHome, ConfigHomeOptions } from './configHome.ts';
import { makeConfigHome } from './configHome.ts';
import type { KeyFile, Sshd } from './sshd.ts';
import { generateKeyFile, startSshd } from './sshd.ts';

const characters = ["'", '"', '`', '$', '\\', ';', '&', '|', '<', '>', '(', ')', '{', '}', '\n', '\t', '\u001b'];
const allowAll: ConfigHomeOptions = { answer: ({ kind }) => (kind === 'run-command' ? { kind, allow: true } : { kind: 'host-key', accept: false }) };

let folder: string;
let canary: string;
let recorded: string;
let recorder: string;
let sshd: Sshd;
let key: KeyFile;
const homes: ConfigHome[] = [];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'postern-threat-config-'));
  canary = join(folder, 'canary');
  recorded = join(folder, 'recorded');
  recorder = join(folder, 'record.cjs');
  writeFileSync(recorder, `require('fs').writeFileSync(${JSON.stringify(recorded)}, JSON.stringify(process.argv.slice(2)));`);
  key = generateKeyFile(join(folder, 'key'), ['ed25519']);
  sshd = await startSshd({ authorizedKeys: [key.publicKey] });
});
beforeEach(() => {
  rmSync(recorded, { force: true });
});
afterEach(async () => {
  await Promise.all(homes.splice(0).map((home) => home.remove()));
  expect(existsSync(canary)).toBe(false);
});
afterAll(async () => {
  await sshd.stop();
  rmSync(folder, { recursive: true, force: true });
});

function home(options?: ConfigHomeOptions): ConfigHome {
  const made = makeConfigHome(options);
  homes.push(made);
  return made;
}

/** Each hostile name would make the canary in a shell, or be an option to a program. */
function hostileNames(): string[] {
  const injections = [`$(touch ${canary})`, `\`touch ${canary}\``, `x;touch ${canary}`, `x|touch ${canary}`, `x&touch ${canary}`, `x\ntouch ${canary}\n`, `'$(touch ${canary})'`, `-oProxyCommand=touch ${canary}`, `--help`];
  return [...injections, ...characters.map((character) => `a${character}b`)];
}

/** Nothing ran, or the recorder did with the names as whole arguments. */
async function outcome(connecting: Promise<unknown>): Promise<'refused' | string[]> {
  const error: unknown = await connecting.catch((thrown: unknown) => thrown);
  if (!(error instanceof PosternError)) throw new Error(`expected a PosternError, got ${String(error)}`);
  if (existsSync(recorded)) return JSON.parse(readFileSync(recorded, 'utf8')) as string[];
  expect(error.code).toBe('input.invalid');
  return 'refused';
}

test('threat 11: a hostile name that the window or the command line asks for is refused before anything runs', async () => {
  const person = home(allowAll);
  person.write('config', `Host *\n  ProxyCommand ${process.execPath} ${recorder} %h %n 2>/dev/null\n`);
  for (const name of hostileNames()) expect(await outcome(person.connect(name).shell), JSON.stringify(name)).toBe('refused');
});

test('threat 11: a hostile user name is refused, or is one argument of the command that gets it', async () => {
  const person = home(allowAll);
  person.write('config', `Host web\n  HostName 127.0.0.1\n  ProxyCommand ${process.execPath} ${recorder} %r %h\n`);
  for (const osUser of [...hostileNames(), 'DOMAIN\\name', 'a b']) {
    rmSync(recorded, { force: true });
    const result = await outcome(person.connect('web', { osUser }).shell);
    expect(result).toEqual(osUser === 'a b' ? ['a b', '127.0.0.1'] : 'refused');
  }
});

test('threat 11: hostile names in the configuration itself (Host, HostName, User, HostKeyAlias, ProxyJump) run nothing', async () => {
  const person = home(allowAll);
  for (const name of hostileNames().filter((one) => !/[\n\u001b]/.test(one))) {
    const quoted = `"${name.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
    for (const line of [`HostName ${quoted}`, `User ${quoted}`, `HostKeyAlias ${quoted}`, `ProxyJump ${name}`]) {
      rmSync(recorded, { force: true });
      const command = line.startsWith('ProxyJump') ? '' : `  ProxyCommand ${process.execPath} ${recorder} %h %r %k\n`;
      person.write('config', `Host web\n  ${line}\n${command}`);
      const error: unknown = await person.connect('web').shell.catch((thrown: unknown) => thrown);
      expect(error, `${line} is no way in`).toBeInstanceOf(PosternError);
      // What ran, if anything did, got each name as one whole argument.
      if (existsSync(recorded)) expect(JSON.parse(readFileSync(recorded, 'utf8')), line).toHaveLength(3);
    }
  }
});

test('threat 11: a hostile Name tag of EC2 matches nothing in the configuration, and runs nothing', async () => {
  const taken: string[] = [];
  const person = home({
    ...allowAll,
    connectInstance: async (request) => {
      taken.push(request.instanceId);
      throw new PosternError({ code: 'route.none-usable', message: 'as far as EC2 goes' });
    },
  });
  for (const name of hostileNames()) {
    person.write('config', `Host ${name.replaceAll(/\s/g, '')} *\n  ProxyCommand ${process.execPath} ${recorder} %h\n`);
    await person.services.refresh();
    const instance: Instance = { instanceId: 'i-0123456789abcdef0', name, scope: { profile: 'p', region: 'r' }, state: 'running', networkInterfaces: [], securityGroups: [], tags: { Name: name }, ssmKnown: false };
    await expect(person.connect(name, {}, instance).shell).rejects.toThrow('as far as EC2 goes');
    expect(existsSync(recorded)).toBe(false);
  }
  expect(taken).toHaveLength(hostileNames().length);
});

test('threat 11: a plain name that a shell reads in a ProxyCommand stays that name', async () => {
  const person = home(allowAll);
  person.write('config', `Host web\n  HostName web-1.internal\n  ProxyCommand ${process.execPath} ${recorder} %h %p 2>/dev/null\n`);
  expect(await outcome(person.connect('web').shell)).toEqual(['web-1.internal', '22']);
});

test('threat 21: to list, watch, resolve and show a hostile configuration runs none of its commands', async () => {
  const person = home();
  person.write('config', hostile());
  expect((await person.services.list()).map(({ name }) => name)).toEqual(['trap', 'trap-2']);
  await person.services.refresh();
  const resolved = await person.services.resolved('ssh:trap');
  expect(resolved?.commandsNotRun.map(({ command }) => command)).toEqual([`touch ${canary}`]);
  expect(resolved?.unsupported.map(({ keyword }) => keyword)).toEqual(expect.arrayContaining(['localcommand', 'permitlocalcommand', 'knownhostscommand', 'securitykeyprovider', 'pkcs11provider']));
});

test('threat 21: what is opened runs nothing that was not allowed by name; what Postern does not follow never runs', async () => {
  const person = home();
  person.write('config', hostile());
  const refused = person.connect('trap');
  await expect(refused.shell).rejects.toMatchObject({ code: 'cancelled' });
  expect(refused.asked).toMatchObject([
    { kind: 'run-command', purpose: 'match-exec', command: `touch ${canary}` },
    { kind: 'run-command', purpose: 'proxy-command', command: `touch ${canary}` },
  ]);
  // LocalCommand, KnownHostsCommand and the providers are libraries and commands of OpenSSH alone.
  person.write('known_hosts', `[127.0.0.1]:${sshd.port} ${sshd.hostKeys[0]?.publicKey ?? ''}\n`);
  const opened = person.connect('trap-2', { command: 'true' });
  (await opened.shell).close();
  expect(opened.asked.map(({ kind }) => kind)).toEqual(['run-command']);
  expect(await person.services.resolved('ssh:trap-2')).toMatchObject({ port: sshd.port });
});

function hostile(): string {
  return [
    'Match exec "touch ' + canary + '"',
    '  User root',
    'Host trap',
    `  ProxyCommand touch ${canary}`,
    'Host trap trap-2',
    '  HostName 127.0.0.1',
    `  Port ${sshd.port}`,
    `  User ${userInfo().username}`,
    `  IdentityFile ${key.path}`,
    '  PermitLocalCommand yes',
    `  LocalCommand touch ${canary}`,
    `  KnownHostsCommand /usr/bin/touch ${canary}`,
    `  SecurityKeyProvider ${canary}.so`,
    `  PKCS11Provider ${canary}.so`,
    '',
  ].join('\n');
}
