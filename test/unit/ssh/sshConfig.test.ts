import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { PosternError } from '../../../src/contract/error.ts';
import type { ResolveSshConfigOptions } from '../../../src/services/ssh/sshConfig.ts';
import { resolveSshConfig } from '../../../src/services/ssh/sshConfig.ts';
import { listSshConfigHosts } from '../../../src/services/ssh/sshConfigHosts.ts';
import type { SshConfig } from '../../../src/services/ssh/sshConfigResult.ts';

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'postern-ssh-config-'));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

function write(name: string, lines: readonly string[], mode = 0o600): string {
  const path = join(home, '.ssh', name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `${lines.join('\n')}\n`, { mode });
  chmodSync(path, mode);
  return path;
}

function resolve(lines: readonly string[], options: Partial<ResolveSshConfigOptions> = {}): Promise<SshConfig> {
  const uid = process.getuid?.();
  return resolveSshConfig({
    host: 'web',
    configFiles: { user: write('config', lines) },
    home,
    localUser: 'alice',
    ...(uid === undefined ? {} : { uid }),
    localHostName: 'laptop.example.net',
    environment: { FOLDER: '/var/keys' },
    ...options,
  });
}

test('without a configuration every value is the default of OpenSSH', async () => {
  const config = await resolve([], { configFiles: { user: join(home, 'no-such-file') } });
  expect(config).toMatchObject({
    originalHost: 'web',
    hostName: 'web',
    user: 'alice',
    port: 22,
    strictHostKeyChecking: 'ask',
    forwardAgent: false,
    identitiesOnly: false,
    proxyJump: [],
    errors: [],
    unsupported: [],
    userKnownHostsFiles: [`${home}/.ssh/known_hosts`, `${home}/.ssh/known_hosts2`],
    globalKnownHostsFiles: ['/etc/ssh/ssh_known_hosts', '/etc/ssh/ssh_known_hosts2'],
  });
  expect(config.identityFiles[0]).toEqual({ written: '~/.ssh/id_rsa', path: `${home}/.ssh/id_rsa` });
  expect(config.places.size).toBe(0);
});

test('the first value wins, and what is given beside the file beats it', async () => {
  const lines = ['Port 2201', 'Host web', 'Port 2202', 'User first', 'User second'];
  expect(await resolve(lines)).toMatchObject({ port: 2201, user: 'first' });
  expect(await resolve(lines, { user: 'given', port: 7, options: ['Compression=yes'] })).toMatchObject({ user: 'given', port: 7, compression: true });
});

test('identity files and forwards add up, in order and without repeats', async () => {
  const config = await resolve(['IdentityFile /one', 'LocalForward 80 a:1', 'Host *', 'IdentityFile ~/two', 'IdentityFile /one', 'LocalForward 80 a:1', 'LocalForward [::1]:81 [2001:db8::1]:2']);
  expect(config.identityFiles.map(({ path }) => path)).toEqual(['/one', `${home}/two`]);
  expect(config.localForwards).toEqual([
    { listenPort: 80, connectHost: 'a', connectPort: 1 },
    { listenHost: '::1', listenPort: 81, connectHost: '2001:db8::1', connectPort: 2 },
  ]);
});

test('a negated Host pattern takes the block away, wherever in the line it stands', async () => {
  const lines = ['Host * !web', 'Port 1', 'Host !w* web', 'Port 2', 'Host !db web?', 'Port 3', 'Host we?', 'Port 4'];
  expect((await resolve(lines)).port).toBe(4);
  expect((await resolve(lines, { host: 'web2' })).port).toBe(1);
});

test('Match holds names, users and the original name against pattern lists', async () => {
  const lines = ['HostName real.example.com', 'User deploy', 'Match host *.example.com user !deploy,*', 'Port 1', 'Match originalhost web localuser alice', 'Port 2'];
  expect((await resolve(lines)).port).toBe(2);
});

test('Match final reads the files again, with the name that was found', async () => {
  const config = await resolve(['Match final host real', 'Port 9', 'Host web', 'HostName real', 'Host real', 'User second-pass', 'SendEnv A']);
  expect(config).toMatchObject({ port: 9, hostName: 'real', user: 'second-pass', sendEnv: ['A'] });
});

test('a command of Match exec is asked about once with its tokens replaced, and not run its block does not apply', async () => {
  const asked: string[] = [];
  const lines = ['Match exec "test %h = web" final', 'Port 1', 'Match !exec "test %h = web"', 'Port 2', 'Match user bob exec "never asked"', 'Port 3'];
  const agreed = await resolve(lines, {
    exec: async (command, { line }) => {
      asked.push(`${line}: ${command}`);
      return true;
    },
  });
  expect(asked).toEqual(['1: test web = web']);
  expect(agreed.port).toBe(1);
  const refused = await resolve(lines);
  expect(refused.port).toBe(22);
  expect(refused.refusedCommands.map(({ line, command }) => [line, command])).toEqual([
    [1, 'test web = web'],
    [3, 'test web = web'],
  ]);
});

test('a command in a file that an inactive block includes is not asked about', async () => {
  write('inner', ['Match exec "touch /tmp/x"', 'Port 5']);
  const config = await resolve(['Host other', 'Include inner'], { exec: () => Promise.reject(new Error('asked')) });
  expect(config).toMatchObject({ port: 22, refusedCommands: [] });
});

test('Include reads globs in lexical order, relative to ~/.ssh, and leaves the block it stands in as it was', async () => {
  write('conf.d/20.conf', ['User twenty', 'Host other']);
  write('conf.d/10.conf', ['Port 10']);
  write('conf.d/.hidden.conf', ['Compression yes']);
  const config = await resolve(['Host web', 'Include conf.d/*.conf missing', 'HostKeyAlias after']);
  expect(config).toMatchObject({ port: 10, user: 'twenty', compression: false, hostKeyAlias: 'after' });
  expect(config.places.get('port')).toEqual({ file: join(home, '.ssh/conf.d/10.conf'), line: 1 });
});

test('a file that includes itself ends 16 deep with an error', async () => {
  const { errors, port } = await resolve(['Port 3', 'Include config']);
  expect(port).toBe(3);
  expect(errors).toEqual([{ file: join(home, '.ssh/config'), line: 2, message: 'includes are nested more than 16 deep' }]);
});

test('a file that others can write is not read, and said so', async () => {
  write('open', ['ProxyCommand evil'], 0o666);
  const config = await resolve(['Include open', 'Port 4']);
  expect(config.port).toBe(4);
  expect(config.proxyCommand).toBeUndefined();
  expect(config.errors).toMatchObject([{ line: 1, message: expect.stringContaining('can be written by others') as string }]);
});

test('keywords are split by spaces or one =, quotes and backslashes hold words together, # begins a comment', async () => {
  const config = await resolve([
    '  PORT=2022 # the usual',
    'user = "two words"',
    'IdentityFile "/a b"',
    "IdentityFile '/c \"d'",
    'IdentityFile /e\\ f',
    '"HostKeyAlias" alias#not-a-comment',
    'SetEnv A="x y" B=\\"q',
  ]);
  expect(config).toMatchObject({ port: 2022, user: 'two words', hostKeyAlias: 'alias#not-a-comment', setEnv: ['A=x y', 'B="q'], errors: [] });
  expect(config.identityFiles.map(({ path }) => path)).toEqual(['/a b', '/c "d', '/e f']);
});

test('tokens and variables are replaced where the keyword has them, and a replacement is not looked at again', async () => {
  const config = await resolve(
    ['HostName %h.internal', 'IdentityFile ${FOLDER}/%h-%n-%p-%r-%u-%L-%%', 'CertificateFile %d/cert-%k', 'IdentityAgent ~/%C.sock', 'User %u', 'HostKeyAlias Key-Name'],
    { port: 2022 },
  );
  expect(config.user).toBe('%u');
  expect(config.identityFiles[0]?.path).toBe('/var/keys/web.internal-web-2022-%u-alice-laptop-%');
  expect(config.certificateFiles[0]?.path).toBe(`${home}/cert-key-name`);
  // printf %s 'laptop.example.netweb.internal2022%u' | sha1sum
  expect(config.identityAgent?.path).toBe(`${home}/7fe8b38ab3969da008a2607f669654b8123690ff.sock`);
});

test('a token or variable that does not exist is an error at its line, and the value is left out', async () => {
  const { errors, identityFiles } = await resolve(['Port 22', 'IdentityFile ${NO_SUCH}/id', 'RemoteCommand echo %z']);
  expect(identityFiles).toEqual([]);
  expect(errors.map(({ line, message }) => [line, message])).toEqual([
    [3, '"echo %z" has the token %z, which this keyword does not know'],
    [2, 'the environment variable NO_SUCH of "${NO_SUCH}/id" is not set'],
  ]);
});

test('the first of ProxyJump and ProxyCommand wins; jumps keep their order', async () => {
  const jumps = await resolve(['ProxyJump carol@one:2201,two,ssh://dave@three:2203', 'ProxyCommand nc %h %p']);
  expect(jumps.proxyCommand).toBeUndefined();
  expect(jumps.proxyJump).toEqual([{ user: 'carol', host: 'one', port: 2201 }, { host: 'two' }, { user: 'dave', host: 'three', port: 2203 }]);
  const command = await resolve(['ProxyCommand nc "%h" %p # kept', 'ProxyJump one']);
  expect(command.proxyJump).toEqual([]);
  expect(command.proxyCommand).toEqual({ template: 'nc "%h" %p # kept', expanded: 'nc "web" 22 # kept' });
  expect((await resolve(['ProxyCommand none', 'ProxyJump one'])).proxyJump).toEqual([]);
});

test('a host that jumps through itself is an error', async () => {
  expect((await resolve(['ProxyJump web'])).errors).toEqual([{ file: join(home, '.ssh/config'), line: 1, message: '"web" is its own ProxyJump' }]);
});

test('algorithm lists add to, take from and lead the default ones', async () => {
  const { macs, ciphers, kexAlgorithms } = await resolve(['MACs -*sha1*,umac-*', 'Ciphers ^aes256-ctr', 'KexAlgorithms +diffie-hellman-group14-sha1']);
  expect(macs).toEqual(['hmac-sha2-256-etm@openssh.com', 'hmac-sha2-512-etm@openssh.com', 'hmac-sha2-256', 'hmac-sha2-512']);
  expect(ciphers.slice(0, 2)).toEqual(['aes256-ctr', 'chacha20-poly1305@openssh.com']);
  expect(kexAlgorithms.at(-1)).toBe('diffie-hellman-group14-sha1');
});

test('times are read in seconds, minutes, hours, days and weeks; none leaves the turn to the next line', async () => {
  expect(await resolve(['ServerAliveInterval 1h30m', 'ConnectTimeout none', 'ConnectTimeout 2W'])).toMatchObject({ serverAliveIntervalSeconds: 5_400, connectTimeoutSeconds: 1_209_600 });
});

test('agents are found by path, by variable, or not at all', async () => {
  const environment = { SSH_AUTH_SOCK: '/run/agent', OTHER: '/run/other' };
  const agentOf = async (value: string): Promise<unknown> => (await resolve([`IdentityAgent ${value}`], { environment })).identityAgent;
  expect(await agentOf('none')).toEqual({ written: 'none' });
  expect(await agentOf('SSH_AUTH_SOCK')).toEqual({ written: 'SSH_AUTH_SOCK', path: '/run/agent' });
  expect(await agentOf('$OTHER')).toEqual({ written: '$OTHER', path: '/run/other' });
  expect(await agentOf('/a/%u.sock')).toEqual({ written: '/a/alice.sock', path: '/a/alice.sock' });
});

test('SendEnv takes names away with a dash; only the first SetEnv line counts', async () => {
  const config = await resolve(['SendEnv LANG LC_* FOO', 'SendEnv -LC_* BAR', 'SetEnv A=1 A=2', 'SetEnv B=2']);
  expect(config).toMatchObject({ sendEnv: ['LANG', 'FOO', 'BAR'], setEnv: ['A=1'] });
});

test('keywords Postern does not follow are listed with file and line where they apply; unknown ones are errors unless ignored', async () => {
  const file = join(home, '.ssh/config');
  const config = await resolve(['ControlPath ~/cm', 'Host other', 'ForwardX11 yes', 'Frobnicate 1', 'Host web', 'IgnoreUnknown Zz*', 'ZzTop 1', 'UseKeychain yes']);
  expect(config.unsupported).toEqual([
    { file, line: 1, keyword: 'controlpath', value: '~/cm' },
    { file, line: 8, keyword: 'usekeychain', value: 'yes' },
  ]);
  expect(config.errors).toEqual([{ file, line: 4, message: '"frobnicate" is no keyword of OpenSSH' }]);
});

test('bad values are errors at their line, in blocks that do not apply too, and nothing else is lost', async () => {
  const config = await resolve(['Host other', 'Port 70000', 'Compression true', 'User a b', 'IdentityFile "open', 'Match', 'Match all host x', 'Match banana y', 'Host web', 'Port 5']);
  expect(config.port).toBe(5);
  expect(config.errors.map(({ line, message }) => `${line}: ${message}`)).toEqual([
    '2: "70000" is no port',
    '3: "true" is none of yes, no',
    '4: "b" is more than "user" takes',
    '5: a quote is never closed',
    '6: no argument after the keyword "match"',
    '7: "all" cannot be combined with other criteria',
    '8: "banana" is no criterion of a Match line that Postern knows',
  ]);
});

test('addresses get the form the system prints them in, other names become lower case', async () => {
  const hostOf = async (host: string): Promise<string> => (await resolve([], { host })).hostName;
  expect(await hostOf('127.1')).toBe('127.0.0.1');
  expect(await hostOf('2001:DB8::0001')).toBe('2001:db8::1');
  expect(await hostOf('::ffff:1.2.3.4')).toBe('::ffff:1.2.3.4');
  expect(await hostOf('Web.Example.COM')).toBe('web.example.com');
});

test('a canonical name is looked for in the domains, and the files are read again with it', async () => {
  const lines = ['CanonicalizeHostname yes', 'CanonicalDomains a.example b.example', 'Host web.b.example', 'User found'];
  const asked: string[] = [];
  const config = await resolve(lines, {
    resolves: async (name) => {
      asked.push(name);
      return name.endsWith('b.example');
    },
  });
  expect(asked).toEqual(['web.a.example', 'web.b.example']);
  expect(config).toMatchObject({ hostName: 'web.b.example', user: 'found' });
  const strict = await resolve([...lines, 'Host *', 'CanonicalizeFallbackLocal no'], { resolves: async () => false });
  expect(strict.errors.map(({ message }) => message)).toEqual(['"web" is in none of the CanonicalDomains']);
});

test('the system file comes after the user file and cannot include from a home folder', async () => {
  const system = write('system', ['Port 1', 'User system', 'Include ~/x']);
  const config = await resolve(['Port 2'], { configFiles: { user: write('config', ['Port 2']), system } });
  expect(config).toMatchObject({ port: 2, user: 'system', errors: [{ file: system, line: 3 }] });
});

test.each(["a'b", 'a"b', 'a`b', 'a$(id)', 'a\\b', 'a;b', 'a&b', 'a|b', 'a<b', 'a>b', 'a{b}', 'a b', 'a\nb', '-oProxyCommand=x', ''])('the host name %j is refused', async (host) => {
  await expect(resolve([], { host })).rejects.toThrow(PosternError);
});

test.each(["a'b", 'a"b', 'a`b', 'a(b)', 'a;b', 'a&b', 'a|b', 'a<b', 'a>b', 'a{b}', 'a -b', 'a\nb', '-l', 'a\\', ''])('the user %j is refused', async (user) => {
  await expect(resolve([], { user })).rejects.toThrow(PosternError);
});

test('names with shell syntax in the file are text and nothing more', async () => {
  const config = await resolve(['User $(touch /tmp/pwn)', 'HostName `id`.%h', 'ProxyCommand nc %h %r']);
  expect(config).toMatchObject({ user: '$(touch', errors: [{ line: 1 }], hostName: '`id`.web' });
});

test('the hosts of a configuration are its literal names, once, with file and line, includes followed', async () => {
  const user = write('config', ['Host web *.example.com !db db?', 'Include more/*', 'Host web late', 'Match host matched', 'Host "quoted name"']);
  const more = write('more/a', ['Host inner web', 'Include ../config']);
  const hosts = await listSshConfigHosts({ configFiles: { user, system: join(home, 'none') }, home, localUser: 'alice' });
  expect(hosts).toEqual([
    { name: 'web', file: user, line: 1 },
    { name: 'inner', file: more, line: 1 },
    { name: 'late', file: user, line: 3 },
    { name: 'quoted name', file: user, line: 5 },
  ]);
});
