/** Acceptance 4 of issue 4: every way of signing in against OpenSSH's sshd, dropbear and ssh2's server. */
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { connect } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { AuthContext, ParsedKey } from 'ssh2';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { loadSsh2 } from '../../src/services/base/loadSsh2.ts';
import { Secret } from '../../src/services/base/secret.ts';
import { parsePrivateKey } from '../../src/services/keys/parsePrivateKey.ts';
import { openAgent } from '../../src/services/ssh/agent.ts';
import { agentKey } from '../../src/services/ssh/agentKey.ts';
import type { AuthMethods } from '../../src/services/ssh/auth.ts';
import { openSshConnection } from '../../src/services/ssh/connection.ts';
import type { OfferedKey } from '../../src/services/ssh/signingKey.ts';
import { startDropbear } from './dropbear.ts';
import type { PrivateMachine } from './privateMachine.ts';
import { createPrivateMachine } from './privateMachine.ts';
import type { TestAgent } from './sshAgent.ts';
import { startSshAgent } from './sshAgent.ts';
import type { KeyFile } from './sshd.ts';
import { generateKeyFile, startSshd } from './sshd.ts';

const PASSPHRASE = 'correct horse';
const PASSWORD = 'geheim';
const CODE = '123456';

interface SshServer {
  dial(): Promise<Socket>;
  stop(): unknown;
}

let folder: string;
let files: Record<'ed25519' | 'rsa' | 'ecdsa' | 'encrypted', KeyFile>;
let certified: KeyFile & { readonly certificate: string };
let puttyFile: string;
let agent: TestAgent;
let machine: PrivateMachine;
let servers: Record<'OpenSSH' | 'dropbear' | 'ssh2', SshServer>;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'postern-servers-'));
  const generate = (name: string, type: readonly string[], passphrase?: string): KeyFile => generateKeyFile(join(folder, name), type, passphrase);
  files = { ed25519: generate('ed25519', ['ed25519']), rsa: generate('rsa', ['rsa', '2048']), ecdsa: generate('ecdsa', ['ecdsa', '256']), encrypted: generate('encrypted', ['ed25519'], PASSPHRASE) };
  const authority = generate('authority', ['ed25519']);
  const bare = generate('certified', ['ed25519']);
  execFileSync('ssh-keygen', ['-q', '-s', authority.path, '-I', 'a tester', '-n', userInfo().username, '-V', '-5m:+1h', `${bare.path}.pub`]);
  certified = { ...bare, certificate: readFileSync(`${bare.path}-cert.pub`, 'utf8').trim() };
  writeFileSync(join(folder, 'passphrase'), PASSPHRASE);
  execFileSync('puttygen', [files.ecdsa.path, '-O', 'private', '-o', join(folder, 'key.ppk'), '--new-passphrase', join(folder, 'passphrase')]);
  puttyFile = readFileSync(join(folder, 'key.ppk'), 'utf8');
  agent = await startSshAgent([files.rsa.path]);
  const authorizedKeys = Object.values(files).map(({ publicKey }) => publicKey);
  machine = createPrivateMachine(PASSWORD, authorizedKeys);
  writeFileSync(join(folder, 'authority.pub'), `${authority.publicKey}\n`);
  servers = {
    OpenSSH: await startSshd({ authorizedKeys, config: [`TrustedUserCAKeys ${join(folder, 'authority.pub')}`, 'PasswordAuthentication yes'], startedBy: machine.command }),
    dropbear: await startDropbear(machine.command),
    ssh2: await startSsh2Server(authority, authorizedKeys),
  };
});

afterAll(async () => {
  await Promise.all([agent, ...Object.values(servers)].map((each) => each.stop()));
  machine.remove();
  rmSync(folder, { recursive: true, force: true });
});

const offered = (keyName: string, { publicKey, privateKey }: KeyFile): OfferedKey => ({ keyName, publicKey, privateKey: async () => Secret.fromText(privateKey) });
const parsed = async (keyName: string, file: string): Promise<OfferedKey> => {
  const { publicKey, privateKey } = await parsePrivateKey(Secret.fromText(file), Secret.fromText(PASSPHRASE));
  return { keyName, publicKey, privateKey: async () => privateKey };
};
const noAbort = new AbortController().signal;

const ways: Record<string, () => Promise<AuthMethods>> = {
  ed25519: async () => ({ keys: [offered('ed25519', files.ed25519)] }),
  RSA: async () => ({ keys: [offered('RSA', files.rsa)] }),
  ECDSA: async () => ({ keys: [offered('ECDSA', files.ecdsa)] }),
  'an encrypted key': async () => ({ keys: [await parsed('encrypted', files.encrypted.privateKey)] }),
  "PuTTY's key": async () => ({ keys: [await parsed('PuTTY', puttyFile)] }),
  'an agent': async () => {
    const own = openAgent(agent.path);
    return { keys: (await own.identities(noAbort)).map((identity) => agentKey(own, identity, noAbort)) };
  },
  'a password': async () => ({ keys: [], ask: async ({ prompts }) => prompts.map(() => PASSWORD) }),
};

const everyWay = Object.keys(ways).flatMap((way) => (['OpenSSH', 'dropbear', 'ssh2'] as const).map((server) => [way, server] as const));

test.each(everyWay)('%s signs in to %s', async (way, server) => {
  expect(await signIn(server, (await ways[way]?.()) ?? { keys: [] })).toBe('in\n');
});

test('a certificate signs in to OpenSSH', async () => {
  expect(await signIn('OpenSSH', { keys: [{ ...offered('certified', certified), certificate: certified.certificate }] })).toBe('in\n');
});

test.each(['dropbear', 'ssh2'] as const)('a certificate is refused by %s, which knows none, and the error says what it needs', async (server) => {
  await expect(signIn(server, { keys: [{ ...offered('certified', certified), certificate: certified.certificate }] })).rejects.toMatchObject({
    code: 'ssh.auth-exhausted',
    message: expect.stringContaining('tried the certificate of key "certified", key "certified"'),
    remedy: expect.stringContaining('A certificate counts only where the host trusts the authority that signed it (TrustedUserCAKeys)'),
  });
});

test("keyboard-interactive with two prompts signs in to ssh2's server", async () => {
  const asked: unknown[] = [];
  const ask: AuthMethods['ask'] = async ({ prompts }) => {
    asked.push(prompts);
    return [PASSWORD, CODE];
  };
  expect(await signIn('ssh2', { keys: [], ask }, 'two-factors')).toBe('in\n');
  expect(asked).toEqual([[{ prompt: 'Password: ', echo: false }, { prompt: 'Code: ', echo: true }]]);
});

async function signIn(server: keyof typeof servers, authentication: AuthMethods, osUser = userInfo().username): Promise<string> {
  const transport = await servers[server].dial();
  const connection = await openSshConnection({ transport, host: server, osUser, hostKey: { known: async () => [], verify: async () => undefined }, authentication, signal: noAbort });
  const shell = await connection.openShell({ size: { columns: 80, rows: 24 }, command: 'echo in' }, noAbort);
  const [said] = await Promise.all([text(shell.stream), shell.exited]);
  connection.close();
  return said;
}

async function startSsh2Server(hostKey: KeyFile, authorizedKeys: readonly string[]): Promise<SshServer> {
  const { Server, utils } = loadSsh2();
  const allowed = authorizedKeys.map((line) => utils.parseKey(line)).filter((key): key is ParsedKey => !(key instanceof Error));
  const accepts = (context: AuthContext): boolean => {
    if (context.method === 'password') return context.username !== 'two-factors' && context.password === PASSWORD;
    if (context.method !== 'publickey') return false;
    const key = allowed.find((candidate) => candidate.getPublicSSH().equals(context.key.data));
    return key !== undefined && (context.signature === undefined || context.blob === undefined || key.verify(context.blob, context.signature, context.hashAlgo) === true);
  };
  const server = new Server({ hostKeys: [hostKey.privateKey] }, (connection) => {
    connection.on('error', () => undefined);
    connection.on('authentication', (context) => {
      if (context.method === 'keyboard-interactive') {
        context.prompt([{ prompt: 'Password: ', echo: false }, { prompt: 'Code: ', echo: true }], (answers) => (answers.join() === `${PASSWORD},${CODE}` ? context.accept() : context.reject()));
      } else if (accepts(context)) context.accept();
      else context.reject(context.username === 'two-factors' ? ['keyboard-interactive'] : ['publickey', 'password']);
    });
    connection.on('session', (accept) => {
      accept().on('exec', (acceptCommand) => {
        const channel = acceptCommand();
        channel.write('in\n');
        channel.exit(0);
        channel.end();
      });
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no TCP address');
  return {
    async dial() {
      const socket = connect({ host: '127.0.0.1', port: address.port, noDelay: true });
      await once(socket, 'connect');
      return socket;
    },
    stop: () => server.close(),
  };
}
