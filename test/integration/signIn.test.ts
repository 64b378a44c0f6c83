import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { Connection, ServerChannel, ServerConfig } from 'ssh2';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { toPosternError } from '../../src/contract/error.ts';
import { loadSsh2 } from '../../src/services/base/loadSsh2.ts';
import { Secret } from '../../src/services/base/secret.ts';
import { openAgent } from '../../src/services/ssh/agent.ts';
import { agentKey } from '../../src/services/ssh/agentKey.ts';
import type { AuthMethods, AuthPrompts } from '../../src/services/ssh/auth.ts';
import type { SshConnection } from '../../src/services/ssh/connection.ts';
import { openSshConnection } from '../../src/services/ssh/connection.ts';
import type { AgentUse, LentAgentKey } from '../../src/services/ssh/forwardedAgent.ts';
import { ForwardedAgent } from '../../src/services/ssh/forwardedAgent.ts';
import { MAX_SIGN_IN_CONNECTIONS, openWithFreshConnections } from '../../src/services/ssh/freshConnections.ts';
import type { OfferedKey } from '../../src/services/ssh/signingKey.ts';
import { wireBytes } from '../../src/services/ssh/sshWire.ts';
import { createTriedKeys } from '../../src/services/ssh/triedKeys.ts';
import type { SecurityKey, TestAgent } from './sshAgent.ts';
import { createSecurityKey, startSecurityKeyAgent, startSshAgent } from './sshAgent.ts';
import type { KeyFile, Sshd } from './sshd.ts';
import { generateKeyFile, startSshd } from './sshd.ts';

const PASSPHRASE = 'correct horse';
const PRINCIPAL = 'posterntester';
const SIZE = { columns: 80, rows: 24 };

let folder: string;
let files: Record<'ed25519' | 'rsa' | 'ecdsa' | 'encrypted', KeyFile>;
/** Keys that no server knows, each with a certificate of the authority beside it. */
let certified: Record<'ed25519' | 'rsa' | 'ecdsa', KeyFile & { readonly certificate: string }>;
let authority: KeyFile;
let securityKeys: Record<'ed25519' | 'ecdsa', SecurityKey>;
let agent: TestAgent;
let sshd: Sshd;
const cleanups: (() => unknown)[] = [];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'postern-sign-in-'));
  const generate = (name: string, type: readonly string[], passphrase?: string): KeyFile => generateKeyFile(join(folder, name), type, passphrase);
  files = { ed25519: generate('ed25519', ['ed25519']), rsa: generate('rsa', ['rsa', '2048']), ecdsa: generate('ecdsa', ['ecdsa', '256']), encrypted: generate('encrypted', ['ed25519'], PASSPHRASE) };
  authority = generate('authority', ['ed25519']);
  const certify = (name: string, type: readonly string[]): KeyFile & { certificate: string } => {
    const file = generate(name, type);
    execFileSync('ssh-keygen', ['-q', '-s', authority.path, '-I', `certificate of ${name}`, '-n', PRINCIPAL, '-V', '-5m:+1h', `${file.path}.pub`]);
    return { ...file, certificate: readFileSync(`${file.path}-cert.pub`, 'utf8').trim() };
  };
  certified = { ed25519: certify('c-ed25519', ['ed25519']), rsa: certify('c-rsa', ['rsa', '2048']), ecdsa: certify('c-ecdsa', ['ecdsa', '384']) };
  securityKeys = { ed25519: createSecurityKey('ed25519'), ecdsa: createSecurityKey('ecdsa') };
  agent = await startSshAgent([files.ed25519, files.rsa, files.ecdsa, certified.ed25519, certified.rsa, certified.ecdsa].map(({ path }) => path));
  writeFileSync(join(folder, 'authority.pub'), `${authority.publicKey}\n`);
  writeFileSync(join(folder, 'principals'), `${PRINCIPAL}\n`);
  sshd = await startSshd({
    authorizedKeys: [...Object.values(files).map(({ publicKey }) => publicKey), ...Object.values(securityKeys).map(({ publicKey }) => publicKey)],
    config: [`TrustedUserCAKeys ${join(folder, 'authority.pub')}`, `AuthorizedPrincipalsFile ${join(folder, 'principals')}`],
  });
});

afterAll(async () => {
  await Promise.all([agent.stop(), sshd.stop()]);
  rmSync(folder, { recursive: true, force: true });
});

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

// Agents

test.each([
  ['ed25519', 'ED25519', undefined],
  ['rsa', 'RSA', 'publickey RSA signature using rsa-sha2-512 verified'],
  ['ecdsa', 'ECDSA', undefined],
] as const)('a key of type %s in an agent signs in', async (type, name, also) => {
  expect(await run(sshd, { keys: [await inAgent(agent, files[type].blob)] })).toBe('in\n');
  await sshd.logged(`Accepted key ${name} `);
  if (also !== undefined) await sshd.logged(also);
});

test('an agent lists keys and certificates with their comments', async () => {
  const listed = await openAgent(agent.path).identities(neverAborted());
  expect(listed.map(({ algorithm }) => algorithm).toSorted()).toEqual([
    'ecdsa-sha2-nistp256',
    'ecdsa-sha2-nistp384',
    'ecdsa-sha2-nistp384-cert-v01@openssh.com',
    'ssh-ed25519',
    'ssh-ed25519',
    'ssh-ed25519-cert-v01@openssh.com',
    'ssh-rsa',
    'ssh-rsa',
    'ssh-rsa-cert-v01@openssh.com',
  ]);
  expect(new Set(listed.map(({ comment }) => comment))).toEqual(new Set(['test']));
});

test('an agent that is not there, and one that has no such key any more, say so', async () => {
  await expect(openAgent(join(folder, 'nobody.sock')).identities(neverAborted())).rejects.toMatchObject({ code: 'agent.unavailable', message: expect.stringContaining('nobody.sock') });
  const key = await inAgent(agent, files.ed25519.blob);
  const gone = await startSshAgent([]);
  cleanups.push(() => gone.stop());
  const without: OfferedKey = { ...key, sign: (blob, data) => openAgent(gone.path).sign(blob, data, 0, neverAborted()) };
  await expect(run(sshd, { keys: [without] })).rejects.toMatchObject({ code: 'agent.refused', message: 'The SSH agent did not sign with the key ssh-ed25519.' });
});

// Certificates

test.each(['ed25519', 'rsa', 'ecdsa'] as const)('a certificate of a key of type %s signs in from an agent', async (type) => {
  const blob = Buffer.from(certified[type].certificate.split(' ')[1] ?? '', 'base64');
  expect(await run(sshd, { keys: [await inAgent(agent, blob)] })).toBe('in\n');
  await sshd.logged(`Accepted certificate ID "certificate of c-${type}"`);
});

test.each(['ed25519', 'rsa', 'ecdsa'] as const)('a certificate beside a key file of type %s signs in', async (type) => {
  expect(await run(sshd, { keys: [{ ...offered(type, certified[type]), certificate: certified[type].certificate }] })).toBe('in\n');
});

test('an RSA certificate signs with SHA-2', async () => {
  const own = await startSshd({ config: [`TrustedUserCAKeys ${join(folder, 'authority.pub')}`, `AuthorizedPrincipalsFile ${join(folder, 'principals')}`] });
  cleanups.push(own.stop);
  expect(await run(own, { keys: [{ ...offered('rsa', certified.rsa), certificate: certified.rsa.certificate }] })).toBe('in\n');
  await own.logged('userauth_pubkey: publickey have rsa-sha2-512-cert-v01@openssh.com signature for RSA-CERT');
  await own.logged('Accepted certificate ID "certificate of c-rsa"');
});

test('a certificate that no host can accept is not offered, and the error says why', async () => {
  const expired = generateKeyFile(join(folder, 'expired'), ['ed25519']);
  execFileSync('ssh-keygen', ['-q', '-s', authority.path, '-I', 'old', '-n', PRINCIPAL, '-V', '20200101:20200102', `${expired.path}.pub`]);
  const certificate = readFileSync(`${expired.path}-cert.pub`, 'utf8').trim();
  const error = await run(sshd, { keys: [{ ...offered('old', expired), certificate }] }).catch((thrown: unknown) => toPosternError(thrown));
  expect(error).toMatchObject({ code: 'ssh.auth-exhausted', message: expect.stringMatching(/tried key "old".* The certificate of "old" is of no use: it expired at 2020-01-0\dT/) });
});

// Security keys

test.each(['ed25519', 'ecdsa'] as const)('a security key of type %s signs in through an agent', async (type) => {
  const softAgent = await startSecurityKeyAgent(Object.values(securityKeys));
  cleanups.push(() => softAgent.stop());
  expect(await run(sshd, { keys: [await inAgent(softAgent, securityKeys[type].blob)] })).toBe('in\n');
  expect(softAgent.signatures()).toBe(1);
});

test('a certificate of a security key signs in through an agent', async () => {
  const key = createSecurityKey('ed25519');
  writeFileSync(join(folder, 'sk.pub'), `${key.publicKey} sk\n`);
  execFileSync('ssh-keygen', ['-q', '-s', authority.path, '-I', 'of a security key', '-n', PRINCIPAL, '-V', '-5m:+1h', join(folder, 'sk.pub')]);
  const blob = Buffer.from(readFileSync(join(folder, 'sk-cert.pub'), 'utf8').split(' ')[1] ?? '', 'base64');
  const softAgent = await startSecurityKeyAgent([key], [{ key, blob }]);
  cleanups.push(() => softAgent.stop());
  expect(await run(sshd, { keys: [await inAgent(softAgent, blob)] })).toBe('in\n');
  await sshd.logged('Accepted certificate ID "of a security key"');
});

// Lending an agent, and channels that nobody asked for

test('a host that opens channels nobody asked for is refused each of them, they are counted, and the shell goes on', async () => {
  const outcomes: string[] = [];
  const server = await ownServer((connection) => {
    acceptAll(connection, (_command, channel) => {
      void (async () => {
        for (const kind of ['auth-agent@openssh.com', 'x11', 'forwarded-tcpip', 'forwarded-streamlocal@openssh.com', 'session', 'a channel of no kind']) outcomes.push(await openUnasked(connection, kind));
        channel.end('still here');
        channel.exit(0);
        channel.end();
      })();
    });
  });
  const connection = await open(server, { keys: [offered('ed25519', files.ed25519)] });
  const shell = await connection.openShell({ size: SIZE, command: 'wait' }, neverAborted());
  expect(await text(shell.stream)).toBe('still here');
  expect(outcomes).toEqual(Array.from({ length: 6 }, () => 'refused'));
  expect(connection.refusedChannels).toBe(6);
});

test('a host is lent the keys of an agent that were chosen, and nothing else; each use is counted', async () => {
  const uses: AgentUse[] = [];
  const lent = new ForwardedAgent([await lendable(agent, files.ed25519.blob)], (use) => uses.push(use));
  const connection = await open(sshd, { keys: [offered('rsa', files.rsa)] }, lent);
  expect(await output(connection, 'ssh-add -L')).toBe(`${files.ed25519.publicKey}\n`);
  expect(uses).toEqual([]);
  // From that host on to itself: by the key that is lent, and by one that is not.
  const onwards = (key: KeyFile): string => {
    writeFileSync(`${key.path}.only.pub`, `${key.publicKey}\n`);
    return `ssh -o BatchMode=yes -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o IdentitiesOnly=yes -i ${key.path}.only.pub -p ${sshd.port} 127.0.0.1 echo further 2>/dev/null; echo $?`;
  };
  expect(await output(connection, onwards(files.ed25519))).toBe('further\n0\n');
  expect(uses.at(-1)).toEqual({ signatures: 1, refused: 0 });
  expect(await output(connection, onwards(files.ecdsa))).toBe('255\n');
  expect(await output(connection, 'ssh-add -D >/dev/null 2>&1; echo $?')).toBe('1\n');
  expect(lent.use).toMatchObject({ signatures: 1 });
  expect(lent.use.refused).toBeGreaterThan(0);
  expect((await openAgent(agent.path).identities(neverAborted())).length).toBe(9);
});

test('without consent a host has no agent, and one that forbids forwarding still gives its shell', async () => {
  expect(await output(await open(sshd, { keys: [offered('ed25519', files.ed25519)] }), 'echo "[$SSH_AUTH_SOCK]"')).toBe('[]\n');
  const strict = await startSshd({ authorizedKeys: [files.ed25519.publicKey], config: ['AllowAgentForwarding no'] });
  cleanups.push(strict.stop);
  const lent = new ForwardedAgent([await lendable(agent, files.ed25519.blob)], () => undefined);
  expect(await output(await open(strict, { keys: [offered('ed25519', files.ed25519)] }, lent), 'echo "[$SSH_AUTH_SOCK]"')).toBe('[]\n');
});

// How many keys

test('a host that hangs up after three keys is asked again over a fresh connection, with the keys it has not seen', async () => {
  const strict = await startSshd({ authorizedKeys: [files.ecdsa.publicKey], config: ['MaxAuthTries 3'] });
  cleanups.push(strict.stop);
  const keys = [...['one', 'two', 'three', 'four'].map((name) => offered(name, generateKeyFile(join(folder, `s-${name}`), ['ed25519']))), offered('five', files.ecdsa)];
  const told: string[] = [];
  const tried = createTriedKeys();
  let connections = 0;
  const connection = await openWithFreshConnections(tried, async () => {
    connections += 1;
    return open(strict, { keys: keys.map((key) => ({ ...key, beforeOffer: async () => void told.push(key.keyName) })), tried });
  });
  expect(await output(connection, 'echo in')).toBe('in\n');
  expect([connections, told]).toEqual([2, ['one', 'two', 'three', 'four', 'five']]);
});

test('a host that never saw a key it takes is not asked for ever', async () => {
  const strict = await startSshd({ authorizedKeys: [files.ecdsa.publicKey], config: ['MaxAuthTries 1'] });
  cleanups.push(strict.stop);
  const keys = Array.from({ length: 9 }, (_, index) => offered(`key ${index}`, generateKeyFile(join(folder, `n-${index}`), ['ed25519'])));
  const tried = createTriedKeys();
  let connections = 0;
  await expect(openWithFreshConnections(tried, async () => ((connections += 1), open(strict, { keys, tried })))).rejects.toMatchObject({ code: 'ssh.auth-exhausted', remedy: expect.stringContaining('choose the key for this host') });
  expect(connections).toBe(MAX_SIGN_IN_CONNECTIONS);
});

// Several methods

test('a host that wants a key and then two answers gets both', async () => {
  const asked: string[] = [];
  const server = await ownServer((connection) => {
    let hasKey = false;
    connection.on('authentication', (context) => {
      if (context.method === 'publickey' && !hasKey) {
        if (context.signature === undefined) return context.accept();
        hasKey = true;
        return context.reject(['keyboard-interactive'], true);
      }
      if (context.method !== 'keyboard-interactive' || !hasKey) return context.reject(hasKey ? ['keyboard-interactive'] : ['publickey']);
      context.prompt([{ prompt: 'Password: ', echo: false }, { prompt: 'Code: ', echo: true }], (answers) => (answers.join() === 'geheim,123456' ? context.accept() : context.reject(['keyboard-interactive'])));
    });
    runCommands(connection);
  });
  const ask = async ({ prompts }: AuthPrompts): Promise<string[]> => {
    asked.push(...prompts.map(({ prompt }) => prompt));
    return ['geheim', '123456'];
  };
  expect(await run(server, { keys: [offered('ed25519', files.ed25519)], ask })).toBe('in\n');
  expect(asked).toEqual(['Password: ', 'Code: ']);
});

test('a key that the keychain and an agent both have is offered once', async () => {
  const told: string[] = [];
  const one = await inAgent(agent, certified.ed25519.blob);
  const two = offered('keychain', certified.ed25519);
  await expect(run(sshd, { keys: [one, two].map((key) => ({ ...key, beforeOffer: async () => void told.push(key.keyName) })) })).rejects.toMatchObject({ code: 'ssh.auth-exhausted' });
  expect(told).toEqual(['test']);
});

test('sshd that wants two keys gets two', async () => {
  const both = await startSshd({ authorizedKeys: [files.ed25519.publicKey, files.rsa.publicKey], config: ['AuthenticationMethods publickey,publickey'] });
  cleanups.push(both.stop);
  expect(await run(both, { keys: [offered('ed25519', files.ed25519), offered('rsa', files.rsa)] })).toBe('in\n');
});

// Helpers

interface Dialable {
  readonly osUser?: string;
  dial(): Promise<Socket>;
}

async function open(server: Dialable, authentication: AuthMethods, lentAgent?: ForwardedAgent): Promise<SshConnection> {
  const transport = await server.dial();
  cleanups.push(() => transport.destroy());
  return openSshConnection({ transport, host: 'web-1', osUser: server.osUser ?? 'root', hostKey: { known: async () => [], verify: async () => undefined }, authentication, lentAgent, signal: neverAborted() });
}

async function output(connection: SshConnection, command: string): Promise<string> {
  const shell = await connection.openShell({ size: SIZE, command }, neverAborted());
  const [said] = await Promise.all([text(shell.stream), shell.exited]);
  return said;
}

async function run(server: Dialable, authentication: AuthMethods): Promise<string> {
  return output(await open(server, authentication), 'echo in');
}

async function lendable({ path }: TestAgent, blob: Buffer): Promise<LentAgentKey> {
  const own = openAgent(path);
  return { blob, comment: 'test', sign: (data, flags) => own.sign(blob, data, flags, neverAborted()) };
}

/** ssh2's own server, which does as it is told. */
async function ownServer(handle: (connection: Connection) => void, algorithms: NonNullable<ServerConfig['algorithms']> = {}): Promise<Dialable> {
  const connections = new Set<Connection>();
  const server = new (loadSsh2().Server)({ hostKeys: [authority.privateKey], algorithms }, (connection) => {
    connections.add(connection);
    connection.on('error', () => undefined);
    handle(connection);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  cleanups.push(() => {
    for (const connection of connections) connection.end();
    server.close();
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no TCP address');
  return {
    async dial() {
      const socket = connect({ host: '127.0.0.1', port: address.port, noDelay: true });
      await once(socket, 'connect');
      return socket;
    },
  };
}

function acceptAll(connection: Connection, handle?: (command: string, channel: ServerChannel) => void): void {
  connection.on('authentication', (context) => context.accept());
  runCommands(connection, handle);
}

function runCommands(
  connection: Connection,
  handle = (_command: string, channel: ServerChannel): void => {
    channel.write('in\n');
    channel.exit(0);
    channel.end();
  },
): void {
  connection.on('session', (accept) => {
    accept().on('exec', (acceptCommand, _reject, { command }) => handle(command, acceptCommand()));
  });
}

/** A channel from the server to the client, in ssh2's own words. */
function openUnasked(connection: Connection, type: string): Promise<string> {
  const { _protocol: protocol, _chanMgr: channels } = connection as unknown as ServerInternals;
  return new Promise((resolve) => {
    const channel = channels.add((cause?: unknown) => resolve(cause === undefined ? 'opened' : 'refused'));
    const tcp = { boundAddr: '127.0.0.1', boundPort: 80, remoteAddr: '127.0.0.1', remotePort: 1 };
    const windowBytes = 1024 * 1024;
    if (type === 'x11') protocol.x11(channel, windowBytes, 32_768, { originAddr: '127.0.0.1', originPort: 1 });
    else if (type === 'forwarded-tcpip') protocol.forwardedTcpip(channel, windowBytes, 32_768, tcp);
    else if (type === 'forwarded-streamlocal@openssh.com') protocol.openssh_forwardedStreamLocal(channel, windowBytes, 32_768, { socketPath: '/tmp/nobody' });
    else if (type === 'auth-agent@openssh.com') protocol.openssh_authAgent(channel, windowBytes, 32_768);
    else openChannelOfType(protocol, type, channel);
  });
}

interface ServerInternals {
  readonly _chanMgr: { add(callback: (cause?: unknown) => void): number };
  readonly _protocol: {
    x11(channel: number, windowBytes: number, packetBytes: number, from: object): void;
    forwardedTcpip(channel: number, windowBytes: number, packetBytes: number, from: object): void;
    openssh_forwardedStreamLocal(channel: number, windowBytes: number, packetBytes: number, from: object): void;
    openssh_authAgent(channel: number, windowBytes: number, packetBytes: number): void;
    readonly _packetRW: { readonly write: { readonly allocStart: number; alloc(size: number): Buffer; finalize(packet: Buffer): Buffer } };
    readonly _cipher: { encrypt(packet: Buffer): void };
  };
}

/** SSH_MSG_CHANNEL_OPEN (RFC 4254 section 5.1) of a type that ssh2's server has no call for. */
function openChannelOfType({ _packetRW: { write }, _cipher: cipher }: ServerInternals['_protocol'], type: string, channel: number): void {
  const numbers = Buffer.alloc(12);
  [channel, 1024 * 1024, 32_768].forEach((value, index) => numbers.writeUInt32BE(value, index * 4));
  const payload = Buffer.concat([Buffer.of(90), wireBytes(type), numbers]);
  const packet = write.alloc(payload.length);
  packet.set(payload, write.allocStart);
  cipher.encrypt(write.finalize(packet));
}

function offered(keyName: string, { publicKey, privateKey }: KeyFile): OfferedKey {
  return { keyName, publicKey, privateKey: async () => Secret.fromText(privateKey) };
}

async function inAgent({ path }: TestAgent, blob: Buffer): Promise<Extract<OfferedKey, { sign: unknown }>> {
  const own = openAgent(path);
  const identity = (await own.identities(neverAborted())).find((candidate) => candidate.blob.equals(blob));
  if (identity === undefined) throw new Error('the agent does not have the key');
  return agentKey(own, identity, neverAborted());
}

function neverAborted(): AbortSignal {
  return new AbortController().signal;
}
