import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import type { Socket } from 'node:net';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { finished } from 'node:stream/promises';
import type { Connection, Server, ServerChannel, ServerConfig } from 'ssh2';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { PosternError } from '../../src/contract/error.ts';
import { silentLog } from '../../src/services/base/log.ts';
import { Secret } from '../../src/services/base/secret.ts';
import type { Shell } from '../../src/services/base/shell.ts';
import { openStore } from '../../src/services/base/store.ts';
import { parsePrivateKey } from '../../src/services/keys/parsePrivateKey.ts';
import type { AuthPrompts } from '../../src/services/ssh/auth.ts';
import { openSshConnection } from '../../src/services/ssh/connection.ts';
import type { HostKeyCheck } from '../../src/services/ssh/hostKeyCheck.ts';
import { createHostKeyCheck } from '../../src/services/ssh/hostKeyCheck.ts';
import type { HostKeys } from '../../src/services/ssh/hostKeys.ts';
import { createHostKeys, HOST_KEY_DOCUMENT_VERSION, HostKeyDocument, hostKeyFingerprint } from '../../src/services/ssh/hostKeys.ts';
import type { SshShellOptions } from '../../src/services/ssh/openSshShell.ts';
import { openSshShell } from '../../src/services/ssh/openSshShell.ts';
import type { OfferedKey } from '../../src/services/ssh/signingKey.ts';
import { startRogueServer } from './rogueServer.ts';
import type { KeyFile, Sshd, SshdOptions } from './sshd.ts';
import { generateKeyFile, startSshd } from './sshd.ts';

const PASSPHRASE = 'correct horse';
const anyHostKey: HostKeyCheck = { known: async () => [], verify: async () => undefined };
const size = { columns: 100, rows: 30 };
const MEBIBYTE = 1024 * 1024;
const FLOOD_CHUNK_BYTES = 32 * 1024;
/** An sshd that debugs to stderr does so in the stderr of the commands it runs too. */
const QUIET = ['LogLevel INFO'];

let folder: string;
let keys: Record<'ed25519' | 'rsa' | 'ecdsa' | 'encrypted' | 'stranger', KeyFile>;
/** One server for every test that leaves it as it is. */
let sshd: Sshd;
const cleanups: (() => unknown)[] = [];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'postern-ssh-'));
  const generate = (name: string, type: readonly string[], passphrase?: string): KeyFile => generateKeyFile(join(folder, name), type, passphrase);
  keys = {
    ed25519: generate('ed25519', ['ed25519']),
    rsa: generate('rsa', ['rsa', '3072']),
    ecdsa: generate('ecdsa', ['ecdsa', '384']),
    encrypted: generate('encrypted', ['ed25519'], PASSPHRASE),
    stranger: generate('stranger', ['ed25519']),
  };
  sshd = await startSshd({ authorizedKeys: [keys.ed25519, keys.rsa, keys.ecdsa, keys.encrypted].map(({ publicKey }) => publicKey) });
});

afterAll(async () => {
  await sshd.stop();
  rmSync(folder, { recursive: true, force: true });
});

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

// Signing in

test.each([
  ['ed25519', 'ED25519'],
  ['rsa', 'RSA'],
  ['ecdsa', 'ECDSA'],
] as const)('a key of type %s signs in without a password', async (type, name) => {
  expect(await run({ command: 'echo in', authentication: { keys: [offered(type, keys[type])] } })).toEqual({ output: 'in\n', exit: { exitCode: 0 } });
  await sshd.logged(`Accepted key ${name} `);
});

test('an RSA key signs with rsa-sha2-512, never with SHA-1', async () => {
  await run({ command: 'true', authentication: { keys: [offered('rsa', keys.rsa)] } });
  await sshd.logged('publickey RSA signature using rsa-sha2-512 verified');
  expect(sshd.log()).not.toMatch(/pkalg ssh-rsa|signature using ssh-rsa/);
});

test('an encrypted OpenSSH key signs in once it is decrypted with its passphrase', async () => {
  const { privateKey } = await parsePrivateKey(Secret.fromText(keys.encrypted.privateKey), Secret.fromText(PASSPHRASE));
  const key: OfferedKey = { keyName: 'encrypted', publicKey: keys.encrypted.publicKey, privateKey: async () => privateKey };
  expect(await run({ command: 'echo in', authentication: { keys: [key] } })).toEqual({ output: 'in\n', exit: { exitCode: 0 } });
});

test('a private key is wiped once it has signed, and is not even read when the server does not want it', async () => {
  const used = Secret.fromText(keys.ed25519.privateKey);
  await run({
    command: 'true',
    authentication: {
      keys: [
        { keyName: 'refused', publicKey: keys.stranger.publicKey, privateKey: () => expect.unreachable('the server does not want it') },
        { keyName: 'used', publicKey: keys.ed25519.publicKey, privateKey: async () => used },
      ],
    },
  });
  expect(new Set(used.reveal())).toEqual(new Set([0]));
});

test('when nothing lets us in, the error names the user, the host, the keys tried and what the server allows', async () => {
  const attempt = run({ command: 'true', authentication: { keys: [offered('deploy', keys.stranger), offered('old laptop', anotherStranger())] } });
  await expect(attempt).rejects.toMatchObject({
    code: 'ssh.auth-exhausted',
    message: `web-1 does not let ${sshd.osUser} in: tried key "deploy", key "old laptop"; it allows publickey.`,
    remedy: "Check the user name, and that the public key is in that user's authorized_keys.",
  });
});

test('of many keys only five are offered, so that the server does not hang up before the person is asked', async () => {
  const told: string[] = [];
  const many = Array.from({ length: 8 }, (_, index): OfferedKey => {
    const keyName = `key ${index + 1}`;
    return { ...offered(keyName, anotherStranger()), beforeOffer: async () => void told.push(keyName) };
  });
  const error = await run({ command: 'true', authentication: { keys: many } }).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ code: 'ssh.auth-exhausted' });
  expect(error instanceof PosternError && error.remedy).toContain('Only the first 5 keys were offered, 3 were not');
  expect(told).toEqual(['key 1', 'key 2', 'key 3', 'key 4', 'key 5']);
});

test('a server that hangs up after too few tries is quoted', async () => {
  const strict = await ownSshd({ config: ['MaxAuthTries 2'] });
  const attempt = run({ command: 'true', authentication: { keys: [offered('one', keys.stranger), offered('two', anotherStranger())] } }, strict);
  await expect(attempt).rejects.toMatchObject({
    code: 'ssh.auth-exhausted',
    message: `web-1 does not let ${strict.osUser} in: tried key "one", key "two"; it allows publickey. It said: Too many authentication failures.`,
  });
});

test('a key that cannot be read is passed over for the next one, and told when it was the only one', async () => {
  const missing: OfferedKey = {
    keyName: 'gone',
    publicKey: keys.ed25519.publicKey,
    privateKey: () => Promise.reject(new PosternError({ code: 'keychain.item-missing', message: 'The key "gone" is not in the keychain.' })),
  };
  expect(await run({ command: 'echo in', authentication: { keys: [missing, offered('ed25519', keys.ed25519)] } })).toMatchObject({ output: 'in\n' });
  await expect(run({ command: 'true', authentication: { keys: [missing] } })).rejects.toMatchObject({ code: 'keychain.item-missing' });
  const garbled: OfferedKey = { ...missing, keyName: 'garbled', privateKey: async () => Secret.fromText('no key at all') };
  await expect(run({ command: 'true', authentication: { keys: [garbled] } })).rejects.toMatchObject({ code: 'key.unreadable', message: 'The key "garbled" cannot be read.' });
  await expect(run({ command: 'true', authentication: { keys: [garbled, offered('old laptop', anotherStranger())] } })).rejects.toMatchObject({
    code: 'ssh.auth-exhausted',
    message: `web-1 does not let ${sshd.osUser} in: tried key "garbled", key "old laptop"; it allows publickey. The key "garbled" cannot be read.`,
  });
});

test('keyboard-interactive asks both prompts of the server, stripped of escapes, and signs in with the answers', async () => {
  const answered: string[][] = [];
  const server = await rogueServer((connection) => {
    connection.on('authentication', (context) => {
      if (context.method !== 'keyboard-interactive') return context.reject(['keyboard-interactive']);
      context.prompt([{ prompt: 'Pass\u001b[31mword:', echo: false }, { prompt: 'Code:\u0007', echo: true }], 'Two \u001b]0;x\u0007factors', 'Enter both', (answers) => {
        answered.push(answers);
        context.accept();
      });
    });
    runCommands(connection);
  });
  const asked: AuthPrompts[] = [];
  const ask = async (prompts: AuthPrompts): Promise<string[]> => {
    asked.push(prompts);
    return ['geheim', '123456'];
  };
  expect(await run({ command: 'true', authentication: { keys: [], ask } }, server)).toMatchObject({ exit: { exitCode: 0 } });
  expect(asked).toEqual([{ name: 'Two factors', instructions: 'Enter both', prompts: [{ prompt: 'Password:', echo: false }, { prompt: 'Code:', echo: true }] }]);
  expect(answered).toEqual([['geheim', '123456']]);
});

test('a password is asked for where the server takes one, again after a wrong one, and a cancelled question cancels the connection', async () => {
  const tried: string[] = [];
  const server = await rogueServer((connection) => {
    connection.on('authentication', (context) => {
      if (context.method !== 'password') return context.reject(['password']);
      tried.push(context.password);
      if (context.password === 'right') context.accept();
      else context.reject(['password']);
    });
    runCommands(connection);
  });
  const answers = ['wrong', 'right'];
  expect(await run({ command: 'true', authentication: { keys: [], ask: async () => [answers.shift() ?? ''] } }, server)).toMatchObject({ exit: { exitCode: 0 } });
  expect(tried).toEqual(['wrong', 'right']);
  const cancelled = new PosternError({ code: 'cancelled', message: 'The person cancelled.' });
  await expect(run({ command: 'true', authentication: { keys: [], ask: () => Promise.reject(cancelled) } }, server)).rejects.toBe(cancelled);
});

test('time in which a person is asked does not count, time in which the server is silent does', async () => {
  const server = await rogueServer((connection) => {
    connection.on('authentication', (context) => {
      if (context.method === 'keyboard-interactive') context.prompt([{ prompt: 'Slowly:', echo: true }], () => context.accept());
      else context.reject(['keyboard-interactive']);
    });
    runCommands(connection);
  });
  // Longer than the server's own limit; a person thinks for minutes.
  const think = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 1000));
  const hostKey: HostKeyCheck = { known: async () => [], verify: think };
  const ask = async (): Promise<string[]> => (await think(), ['x']);
  expect(await run({ command: 'true', hostKey, stepTimeoutMs: 800, authentication: { keys: [], ask } }, server)).toMatchObject({ exit: { exitCode: 0 } });
  const silent = await listener(() => undefined);
  await expect(run({ command: 'true', stepTimeoutMs: 50 }, silent)).rejects.toMatchObject({
    code: 'ssh.connection-lost',
    retryable: true,
    message: 'The connection to web-1 was lost: no answer within 0.05 s during the handshake.',
  });
});

// Host keys; rows 1 to 5 and 13 of threats.md are in sshThreats.test.ts

test('the first host key is asked about by its fingerprint and kept, and not asked about again', async () => {
  const hostKeys = openHostKeys();
  const asked: unknown[] = [];
  const hostKey = check(hostKeys, async (shown) => asked.push(shown) > 0);
  await run({ command: 'true', hostKey });
  await run({ command: 'true', hostKey });
  const { blob } = only(sshd.hostKeys);
  expect(asked).toEqual([{ algorithm: 'ssh-ed25519', fingerprint: hostKeyFingerprint(blob) }]);
  expect(await hostKeys.list()).toMatchObject([{ instanceId: 'i-0aaa', keyType: 'ssh-ed25519', publicKey: `ssh-ed25519 ${blob.toString('base64')}`, confirmedBy: 'person' }]);
});

test('a changed host key is refused before any credential is offered: the log of sshd has no sign-in', async () => {
  const hostKeys = openHostKeys();
  await hostKeys.trust({ scopeKey: 'work/eu-west-1', instanceId: 'i-0aaa' }, 'ssh-ed25519', keys.stranger.blob, 'person');
  const changed = await ownSshd();
  const attempt = run({ command: 'true', hostKey: check(hostKeys, () => expect.unreachable('nobody is asked')) }, changed);
  await expect(attempt).rejects.toMatchObject({ code: 'ssh.host-key-changed', message: expect.stringContaining(hostKeyFingerprint(only(changed.hostKeys).blob)) });
  await expect(attempt).rejects.toMatchObject({ message: expect.stringContaining(hostKeyFingerprint(keys.stranger.blob)), remedy: expect.stringContaining('postern keys forget i-0aaa') });
  await changed.logged('Connection closed by 127.0.0.1');
  expect(changed.log()).toContain('SSH2_MSG_KEXINIT sent');
  expect(changed.log()).not.toMatch(/userauth-request|ssh-userauth|publickey/);
});

test('a host key the person refuses ends as ssh.host-key-refused, before any credential is offered', async () => {
  const refused = await ownSshd();
  await expect(run({ command: 'true', hostKey: check(openHostKeys(), async () => false) }, refused)).rejects.toMatchObject({ code: 'ssh.host-key-refused' });
  await refused.logged('Connection closed by 127.0.0.1');
  expect(refused.log()).not.toMatch(/userauth-request|publickey/);
});

test('a server that says "you are in" before its key was accepted gets nobody in', async () => {
  const server = await rogueServer((connection) => {
    sendSuccessEarly(connection);
  });
  const verify = Promise.withResolvers<void>();
  cleanups.push(() => verify.resolve());
  await expect(run({ command: 'true', hostKey: { known: async () => [], verify: () => verify.promise } }, server)).rejects.toMatchObject({ code: 'ssh.protocol' });
});

// The handshake

test('strict key exchange and AES-GCM are what OpenSSH and Postern agree on', async () => {
  const server = await ownSshd();
  const connection = await openSshConnection(await options({}, server));
  cleanups.push(() => connection.close());
  expect(connection.serverIdentification).toMatch(/^SSH-2\.0-OpenSSH_/);
  expect(connection.negotiated).toMatchObject({ kex: expect.stringMatching(/^curve25519-sha256/), serverHostKey: 'ssh-ed25519', cs: { cipher: 'aes128-gcm@openssh.com' }, sc: { cipher: 'aes128-gcm@openssh.com' } });
  await server.logged('will use strict KEX ordering');
});

test('what does not speak SSH, and what closes at once, are told apart', async () => {
  const web = await listener((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\nSSH-nonsense\r\n'));
  await expect(run({ command: 'true' }, web)).rejects.toMatchObject({ code: 'ssh.protocol', message: 'What answers at web-1 does not speak SSH: Invalid identification string.' });
  const full = await listener((socket) => socket.end());
  await expect(run({ command: 'true' }, full)).rejects.toMatchObject({ code: 'ssh.connection-lost', retryable: true, message: 'web-1 closed the connection before it said that it is an SSH server.' });
});

test('a banner is shown without its escapes, and no more than 8192 characters of it', async () => {
  const shown: string[] = [];
  const server = await rogueServer((connection) => {
    connection.on('authentication', (context) => context.accept());
    runCommands(connection);
  }, [keys.ed25519], {}, `Be \u001b[5mwelcome\u001b[0m\u001b]52;c;ZXZpbA==\u0007\r\n${'x'.repeat(20_000)}`);
  await run({ command: 'true', onBanner: (banner) => shown.push(banner) }, server);
  const all = shown.join('');
  expect(all.startsWith('Be welcome\nxxx')).toBe(true);
  expect(all).toMatch(/^[\nA-Za-z ]*$/);
  expect(all.length).toBeLessThanOrEqual(8192);
});

// Shells and commands

test.each([0, 3, 255])('the exit status %i of a command is the exit status', async (exitCode) => {
  expect(await run({ command: `exit ${exitCode}` })).toEqual({ output: '', exit: { exitCode } });
});

test('a command that a signal ended tells the signal', async () => {
  expect(await run({ command: 'kill -TERM $$' })).toEqual({ output: '', exit: { signal: 'TERM' } });
});

test('a command keeps stderr apart and reads its input to the end', async () => {
  const shell = await open({ command: 'cat; echo oops >&2; exit 4' }, await ownSshd({ config: QUIET }));
  shell.stream.end('typed\n');
  const { stderr } = shell;
  if (stderr === undefined) throw new Error('a command has a stderr');
  expect(await Promise.all([text(shell.stream), text(stderr), shell.exited])).toEqual(['typed\n', 'oops\n', { exitCode: 4 }]);
});

test('a shell has a terminal of the size asked for, sees a resize, and has no stderr of its own', async () => {
  const shell = await open({});
  const screen = reader(shell.stream);
  shell.stream.write("PS1= ; stty -echo; echo $TERM; stty size; echo ready >&2\n");
  await screen.until('xterm-256color\r\n30 100\r\nready\r\n');
  shell.resize({ columns: 132, rows: 43 });
  shell.stream.write('stty size\n');
  await screen.until('43 132\r\n');
  shell.stream.write('exit 7\n');
  expect(await shell.exited).toEqual({ exitCode: 7 });
  expect(shell.stderr).toBeUndefined();
});

test('the steps of a connection are told in order, with the key in use', async () => {
  const steps: string[] = [];
  await run({ command: 'true', onStep: (step, detail) => steps.push(`${step}: ${detail}`) });
  expect(steps).toEqual([
    'checking-host-key: SSH handshake with web-1',
    `authenticating: ${sshd.osUser}`,
    `authenticating: ${sshd.osUser} with key "ed25519"`,
    'starting-shell: a command',
  ]);
});

test('a paused reader stops the program, and every byte of 20 MiB arrives once it reads on', async () => {
  const wanted = 20 * MEBIBYTE;
  const shell = await open({ command: `dd if=/dev/zero bs=64k count=${wanted / 65_536} status=none; echo done >&2` }, await ownSshd({ config: QUIET }));
  const { stderr } = shell;
  if (stderr === undefined) throw new Error('a command has a stderr');
  let written = false;
  stderr.on('data', () => (written = true));
  // Nobody reads the stream: the window closes once ssh2's buffer is full, which a second command over its own connection outruns.
  await once(shell.stream, 'readable');
  await run({ command: 'true' });
  expect(shell.stream.readableLength).toBeLessThan(MEBIBYTE);
  expect(written).toBe(false);
  let received = 0;
  shell.stream.on('data', (chunk: Buffer) => (received += chunk.length));
  expect(await shell.exited).toEqual({ exitCode: 0 });
  await finished(shell.stream);
  expect(received).toBe(wanted);
  expect(written).toBe(true);
});

test('while nobody reads, the server can write a bounded number of bytes only', async () => {
  const flood = await floodServer();
  const shell = await open({ command: 'flood' }, flood.server);
  await flood.stalled;
  expect(flood.writtenBytes()).toBeGreaterThan(MEBIBYTE);
  expect(flood.writtenBytes()).toBeLessThan(8 * MEBIBYTE);
  shell.close();
  expect(await shell.exited).toEqual({});
});

test('20 MiB typed into a command arrive as they are', async () => {
  const shell = await open({ command: 'wc -c' });
  const chunk = Buffer.alloc(MEBIBYTE, 'x');
  for (let sent = 0; sent < 20; sent += 1) if (!shell.stream.write(chunk)) await once(shell.stream, 'drain');
  shell.stream.end();
  expect(await text(shell.stream)).toBe(`${20 * MEBIBYTE}\n`);
});

test('several shells share one connection, and ending one leaves the others', async () => {
  const server = await ownSshd();
  const connection = await openSshConnection(await options({}, server));
  cleanups.push(() => connection.close());
  const { signal } = new AbortController();
  const [one, two] = await Promise.all([connection.openShell({ size, command: 'cat' }, signal), connection.openShell({ size, command: 'cat' }, signal)]);
  one.close();
  expect(await one.exited).toEqual({});
  two.stream.end('still here');
  expect(await text(two.stream)).toBe('still here');
  expect(server.log().match(/Accepted publickey/g)).toHaveLength(1);
});

test('a shell the server will not start is an error with the server\'s reason', async () => {
  const server = await ownSshd({ config: ['MaxSessions 0'] });
  await expect(run({ command: 'true' }, server)).rejects.toMatchObject({ code: 'ssh.protocol', message: expect.stringContaining('web-1 let you in but did not start the command: (SSH) Channel open failure') });
  const noTerminal = await ownSshd({ config: ['PermitTTY no'] });
  await expect(open({}, noTerminal)).rejects.toMatchObject({ code: 'ssh.protocol', message: 'web-1 let you in but did not start a shell: Unable to request a pseudo-terminal.' });
});

// The end of a connection

test('a connection that is cut in mid-session ends as ssh.connection-lost, retryable, after the bytes that had arrived', async () => {
  const server = await ownSshd();
  const shell = await open({ command: 'echo before; sleep 1000' }, server);
  const output = reader(shell.stream);
  await output.until('before\n');
  server.cutConnections();
  await expect(shell.exited).rejects.toMatchObject({ code: 'ssh.connection-lost', retryable: true, message: 'The connection to web-1 was lost: the host closed it.' });
  await finished(shell.stream);
  expect(output.seen()).toBe('before\n');
});

test('a cut amid a flood that nobody reads is told at once, and every byte that had arrived can still be read', async () => {
  const flood = await floodServer();
  const shell = await open({ command: 'flood' }, flood.server);
  await flood.stalled;
  flood.cut();
  await expect(shell.exited).rejects.toMatchObject({ code: 'ssh.connection-lost' });
  let received = 0;
  for await (const chunk of shell.stream) received += Buffer.byteLength(chunk);
  // A chunk that did not fit the window whole was begun and never counted as written.
  expect(received - (received % FLOOD_CHUNK_BYTES)).toBe(flood.writtenBytes());
});

test('a host that falls silent is lost after three unanswered keep-alives', async () => {
  const server = await ownSshd();
  const shell = await open({ command: 'echo up; sleep 1000', keepAliveIntervalMs: 100 }, server);
  await reader(shell.stream).until('up\n');
  server.freeze();
  await expect(shell.exited).rejects.toMatchObject({ code: 'ssh.connection-lost', retryable: true, message: 'The connection to web-1 was lost: no sign of life for 0.3 s.' });
});

test('keep-alives keep an idle session', async () => {
  const shell = await open({ command: 'sleep 0.5; echo still', keepAliveIntervalMs: 50 });
  expect(await text(shell.stream)).toBe('still\n');
});

test('the reason a server gives when it disconnects is told', async () => {
  const server = await rogueServer((connection) => {
    connection.on('authentication', (context) => context.accept());
    runCommands(connection, () => disconnectWith(connection, 2, 'maintenance\u001b[31m at noon'));
  });
  const shell = await open({ command: 'wait' }, server);
  await expect(shell.exited).rejects.toMatchObject({ code: 'ssh.connection-lost', message: 'The connection to web-1 was lost: the host said "maintenance at noon".' });
});

test('closing a shell ends the program and the connection, and closing again does nothing', async () => {
  const server = await ownSshd();
  const shellOptions = await options({ command: 'cat' }, server);
  const shell = await openSshShell(shellOptions);
  const closed = once(shellOptions.transport, 'close');
  shell.close();
  shell.close();
  expect(await shell.exited).toEqual({});
  await closed;
  await server.logged('Received disconnect from 127.0.0.1');
});

test('a shell whose stream is destroyed lets its connection go', async () => {
  const shellOptions = await options({ command: 'cat' });
  const shell = await openSshShell(shellOptions);
  const closed = once(shellOptions.transport, 'close');
  shell.stream.destroy();
  expect(await shell.exited).toEqual({});
  await closed;
});

test('the connection of a shell that exits is closed', async () => {
  const shellOptions = await options({ command: 'true' });
  const closed = once(shellOptions.transport, 'close');
  const shell = await openSshShell(shellOptions);
  expect(await shell.exited).toEqual({ exitCode: 0 });
  await closed;
  expect(shellOptions.transport.destroyed).toBe(true);
  shell.resize(size);
  shell.stream.destroy();
});

test.each(['before it starts', 'checking-host-key', 'asking about the host key', 'authenticating', 'asking the person', 'starting-shell'])(
  'a connection cancelled %s leaves no socket open',
  async (when) => {
    const abort = new AbortController();
    const stopAt = (moment: string): void => {
      if (moment === when) abort.abort();
    };
    stopAt('before it starts');
    const server = when === 'asking the person' ? await rogueServer((connection) => connection.on('authentication', (context) => context.reject(['password']))) : sshd;
    const shellOptions = await options(
      {
        command: 'cat',
        signal: abort.signal,
        onStep: stopAt,
        hostKey: {
          known: async () => [],
          verify: () => {
            stopAt('asking about the host key');
            return when === 'asking about the host key' ? new Promise(() => undefined) : Promise.resolve();
          },
        },
        ...(when === 'asking the person'
          ? {
              authentication: {
                keys: [],
                ask: () => {
                  stopAt('asking the person');
                  return new Promise<string[]>(() => undefined);
                },
              },
            }
          : {}),
      },
      server,
    );
    const closed = once(shellOptions.transport, 'close');
    await expect(openSshShell(shellOptions)).rejects.toMatchObject({ code: 'cancelled', message: 'The connection to web-1 was cancelled.' });
    await closed;
    expect(shellOptions.transport.destroyed).toBe(true);
  },
);

// Helpers

interface Dialable {
  dial(): Promise<Socket>;
  readonly osUser?: string;
}

async function options(changes: Partial<SshShellOptions>, server: Dialable = sshd): Promise<SshShellOptions> {
  const transport = await server.dial();
  cleanups.push(() => transport.destroy());
  return {
    transport,
    host: 'web-1',
    osUser: server.osUser ?? 'ec2-user',
    size,
    hostKey: anyHostKey,
    authentication: { keys: [offered('ed25519', keys.ed25519)] },
    signal: new AbortController().signal,
    ...changes,
  };
}

async function open(changes: Partial<SshShellOptions>, server?: Dialable): Promise<Shell> {
  const shell = await openSshShell(await options(changes, server));
  cleanups.push(() => shell.close());
  return shell;
}

async function run(changes: Partial<SshShellOptions>, server?: Dialable): Promise<{ output: string; exit: unknown }> {
  const shell = await open(changes, server);
  const [output, exit] = await Promise.all([text(shell.stream), shell.exited]);
  return { output, exit };
}

/** The same key is offered once, whatever it is called. */
function anotherStranger(): KeyFile {
  return generateKeyFile(join(mkdtempSync(join(folder, 'stranger-')), 'key'), ['ed25519']);
}

function offered(keyName: string, { publicKey, privateKey }: KeyFile): OfferedKey {
  return { keyName, publicKey, privateKey: async () => Secret.fromText(privateKey) };
}

async function ownSshd(sshdOptions: SshdOptions = {}): Promise<Sshd> {
  const server = await startSshd({ authorizedKeys: [keys.ed25519.publicKey], ...sshdOptions });
  cleanups.push(server.stop);
  return server;
}

function openHostKeys(): HostKeys {
  const path = join(mkdtempSync(join(folder, 'data-')), 'hostKeys.json');
  const clock = { now: () => 0 };
  const store = openStore({ path, version: HOST_KEY_DOCUMENT_VERSION, schema: HostKeyDocument, clock, onNotice: ({ message }) => expect.unreachable(message) });
  return createHostKeys({ store, clock, log: silentLog });
}

function check(hostKeys: HostKeys, confirm: (shown: { algorithm: string; fingerprint: string }) => Promise<boolean>): HostKeyCheck {
  return createHostKeyCheck({ hostKeys, scopeKey: 'work/eu-west-1', instanceId: 'i-0aaa', confirm, confirmedBy: 'person' });
}

function only<T>(values: readonly T[]): T {
  const [value] = values;
  if (value === undefined || values.length !== 1) throw new Error(`${values.length} values where there should be one`);
  return value;
}

/** A loopback listener that does one thing with each connection. */
async function listener(handle: (socket: Socket) => void): Promise<Dialable> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    handle(socket);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  cleanups.push(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return { dial: () => dial(server.address()) };
}

/** ssh2's own server, which does as it is told. */
async function rogueServer(
  handle: (connection: Connection) => void,
  hostKeys: readonly KeyFile[] = [keys.ed25519],
  algorithms: NonNullable<ServerConfig['algorithms']> = {},
  banner?: string,
): Promise<Dialable> {
  const server = await startRogueServer(handle, hostKeys, { algorithms, ...(banner === undefined ? {} : { banner }) });
  cleanups.push(server.stop);
  return server;
}

async function dial(address: ReturnType<Server['address']>): Promise<Socket> {
  if (address === null || typeof address === 'string') throw new Error('no TCP address');
  const socket = connect({ host: '127.0.0.1', port: address.port, noDelay: true });
  await once(socket, 'connect');
  return socket;
}

/** Lets commands run on ssh2's server; by default they succeed at once. */
function runCommands(
  connection: Connection,
  handle: (command: string, channel: ServerChannel) => void = (_command, channel) => {
    channel.exit(0);
    channel.end();
  },
): void {
  connection.on('session', (accept) => {
    accept().on('exec', (acceptCommand, _reject, { command }) => handle(command, acceptCommand()));
  });
}

/** A command that never stops writing; `stalled` settles when the window of the client has closed. */
async function floodServer(): Promise<{ server: Dialable; stalled: Promise<void>; writtenBytes(): number; cut(): void }> {
  const { promise: stalled, resolve } = Promise.withResolvers<void>();
  let writtenBytes = 0;
  let connected: Connection | undefined;
  const server = await rogueServer((connection) => {
    connected = connection;
    connection.on('authentication', (context) => context.accept());
    runCommands(connection, (_command, channel) => {
      const chunk = Buffer.alloc(FLOOD_CHUNK_BYTES);
      const pour = (): void => {
        // ssh2's server calls back when the bytes have gone into the window of the client: no call, no window.
        const pending = setTimeout(resolve, 500);
        channel.write(chunk, () => {
          clearTimeout(pending);
          writtenBytes += chunk.length;
          if (writtenBytes < 64 * MEBIBYTE) pour();
        });
      };
      pour();
    });
  });
  return { server, stalled, writtenBytes: () => writtenBytes, cut: () => void connected?.end() };
}

function reader(stream: Readable): { until(wanted: string): Promise<void>; seen(): string } {
  let seen = '';
  let look = (): void => undefined;
  stream.on('data', (chunk: Buffer) => {
    seen += chunk.toString();
    look();
  });
  return {
    seen: () => seen,
    until: (wanted) =>
      new Promise((resolve) => {
        look = () => {
          if (seen.includes(wanted)) resolve();
        };
        look();
      }),
  };
}

/** What of ssh2's server has to be bent to play a rogue; the names are those of the version package.json pins. */
interface ServerProtocol {
  _authsQueue: string[];
  readonly _kex: { readonly _sentNEWKEYS: boolean; finish(): void } | undefined;
  readonly _cipher: { encrypt(packet: Buffer): void };
  readonly _packetRW: { readonly write: { readonly allocStart: number; alloc(bytes: number): Buffer; finalize(packet: Buffer): Buffer } };
  authSuccess(): void;
}

function protocolOf(connection: Connection): ServerProtocol {
  return (connection as unknown as { readonly _protocol: ServerProtocol })._protocol;
}

/** USERAUTH_SUCCESS under the new keys as soon as our half of the key exchange is out, without waiting for the client's. */
function sendSuccessEarly(connection: Connection): void {
  const protocol = protocolOf(connection);
  const look = (): void => {
    if (protocol._kex?._sentNEWKEYS !== true) return void setImmediate(look);
    protocol._kex.finish();
    protocol._authsQueue.push('none');
    protocol.authSuccess();
  };
  look();
}

/** SSH_MSG_DISCONNECT (RFC 4253 section 11.1) with a description, which ssh2's own always leaves empty. */
function disconnectWith(connection: Connection, reason: number, description: string): void {
  const text = Buffer.from(description);
  const payload = Buffer.alloc(1 + 4 + 4 + text.length + 4);
  payload[0] = 1;
  payload.writeUInt32BE(reason, 1);
  payload.writeUInt32BE(text.length, 5);
  text.copy(payload, 9);
  const { _packetRW: { write }, _cipher } = protocolOf(connection);
  const packet = write.alloc(payload.length);
  packet.set(payload, write.allocStart);
  _cipher.encrypt(write.finalize(packet));
}
