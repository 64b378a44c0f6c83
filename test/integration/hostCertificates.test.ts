/** Real sshd with host certificates made by ssh-keygen, and known_hosts that names authorities. */
import { execFileSync } from 'node:child_process';
import { sign } from 'node:crypto';
import { copyFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { toPosternError } from '../../src/contract/error.ts';
import { hostCertificates } from '../../src/services/ssh/certifiedHostKeys.ts';
import { hostKeyFingerprint } from '../../src/services/ssh/hostKeys.ts';
import type { ConfigHome } from './configHome.ts';
import { makeConfigHome } from './configHome.ts';
import type { KeyFile, Sshd } from './sshd.ts';
import { generateKeyFile, startSshd } from './sshd.ts';

let folder: string;
let key: KeyFile;
/** By type. */
const authorities = new Map<string, KeyFile>();
const hostKeys = new Map<string, KeyFile>();
const servers: Sshd[] = [];
const homes: ConfigHome[] = [];
let certificates = 0;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'postern-host-certificates-'));
  key = generateKeyFile(join(folder, 'key'), ['ed25519']);
  for (const type of ['ed25519', 'rsa', 'ecdsa']) {
    authorities.set(type, generateKeyFile(join(folder, `ca-${type}`), [type]));
    hostKeys.set(type, generateKeyFile(join(folder, `host-${type}`), [type]));
  }
});

afterEach(async () => {
  await Promise.all([...servers.splice(0).map((server) => server.stop()), ...homes.splice(0).map((home) => home.remove())]);
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

function of(keys: ReadonlyMap<string, KeyFile>, type: string): KeyFile {
  const found = keys.get(type);
  if (found === undefined) throw new Error(`no key of type ${type}`);
  return found;
}

/** @param args of ssh-keygen, e.g. `-n web` */
async function start(hostType: string, authorityType: string, args: readonly string[], config: readonly string[] = []): Promise<Sshd> {
  const host = of(hostKeys, hostType);
  execFileSync('ssh-keygen', ['-q', '-h', '-s', of(authorities, authorityType).path, '-I', 'a host of ours', ...args, `${host.path}.pub`]);
  const certificate = join(folder, `certificate-${certificates++}.pub`);
  copyFileSync(`${host.path}-cert.pub`, certificate);
  const server = await startSshd({ hostKeyTypes: [], authorizedKeys: [key.publicKey], config: [`HostKey ${host.path}`, `HostCertificate ${certificate}`, 'AllowTcpForwarding yes', ...config] });
  servers.push(server);
  return server;
}

function home(knownHosts: readonly string[], block: readonly string[], accept = false): ConfigHome {
  const made = makeConfigHome({ answer: () => ({ kind: 'host-key', accept }) });
  homes.push(made);
  made.write('known_hosts', `${knownHosts.join('\n')}\n`);
  made.write('config', `${['Host web', ...block, `IdentityFile ${key.path}`, 'IdentitiesOnly yes'].join('\n  ')}\n`);
  return made;
}

const at = (server: Sshd): string[] => ['HostName localhost', `Port ${server.port}`, `User ${server.osUser}`];

test.each([
  ['ed25519', 'ed25519', 'ssh-ed25519-cert-v01@openssh.com'],
  ['ecdsa', 'ed25519', 'ecdsa-sha2-nistp256-cert-v01@openssh.com'],
  ['rsa', 'rsa', 'rsa-sha2-512-cert-v01@openssh.com'],
  ['ed25519', 'ecdsa', 'ssh-ed25519-cert-v01@openssh.com'],
])('a host with a certificate of its %s key by a known %s authority is entered, and nothing is asked', async (hostType, authorityType, algorithm) => {
  const server = await start(hostType, authorityType, ['-n', 'localhost']);
  const person = home([`@cert-authority local* ${of(authorities, authorityType).publicKey}`], at(server));
  const connecting = person.connect('web', { command: 'true' });
  (await connecting.shell).close();
  expect(connecting.asked).toEqual([]);
  expect(connecting.steps).toContain(`checking-host-key: [localhost]:${server.port} shows a certificate ("a host of ours") by the authority in ${join(person.home, '.ssh', 'known_hosts')} line 1`);
  expect(server.log()).toContain(`kex: host key algorithm: ${algorithm}`);
  expect(await person.hostKeys.list()).toEqual([]);
});

test('a certificate goes with every kind of key exchange, and with new keys in a running session', async () => {
  const server = await start('rsa', 'ed25519', ['-n', 'localhost'], ['RekeyLimit 64K']);
  const ca = `@cert-authority localhost ${of(authorities, 'ed25519').publicKey}`;
  for (const kex of ['diffie-hellman-group-exchange-sha256', 'curve25519-sha256']) {
    const person = home([ca], [...at(server), `KexAlgorithms ${kex}`]);
    expect(await person.run('web', 'head -c 150000 /dev/zero | tr "\\0" x')).toBe('x'.repeat(150_000));
  }
  expect(server.log()).toContain('rekeying');
});

test('a bastion proves itself by its certificate, too', async () => {
  const server = await start('ed25519', 'ed25519', ['-n', 'localhost,127.0.0.1']);
  const person = home([`@cert-authority localhost,127.0.0.1 ${of(authorities, 'ed25519').publicKey}`], ['HostName 127.0.0.1', ...at(server).slice(1), `ProxyJump ${server.osUser}@localhost:${server.port}`]);
  // Its key, too.
  person.write('config', `${readFileSync(join(person.home, '.ssh', 'config'), 'utf8')}Host *\n  IdentityFile ${key.path}\n`);
  expect(await person.run('web', 'echo through')).toBe('through\n');
});

test.each([
  ['for another name', ['-n', 'db.example.com'], 'It is for db.example.com, not for localhost.'],
  ['that has expired', ['-n', 'localhost', '-V', '-2h:-1h'], 'It has expired.'],
  ['that is not valid yet', ['-n', 'localhost', '-V', '+1h:+2h'], 'It is not valid yet.'],
  ['with a critical option', ['-n', 'localhost', '-O', 'critical:frob=1'], 'It has the critical option frob, which is not known for hosts.'],
])('a certificate %s proves nothing: the bare key is asked about with the reason, and kept when it is trusted', async (_what, args, reason) => {
  const server = await start('ed25519', 'ed25519', args);
  const host = of(hostKeys, 'ed25519');
  const person = home([`@cert-authority localhost ${of(authorities, 'ed25519').publicKey}`], at(server), true);
  const connecting = person.connect('web', { command: 'true' });
  (await connecting.shell).close();
  expect(connecting.asked).toEqual([
    { kind: 'host-key', instanceId: 'web', address: `localhost port ${server.port}`, algorithm: 'ssh-ed25519', fingerprint: hostKeyFingerprint(host.blob), unprovenBecause: [`Its certificate does not prove it: ${reason}`] },
  ]);
  expect(await person.hostKeys.list()).toMatchObject([{ keyType: 'ssh-ed25519', fingerprint: hostKeyFingerprint(host.blob) }]);
  const again = person.connect('web', { command: 'true' });
  (await again.shell).close();
  expect(again.asked).toEqual([]);
});

test('a certificate by an authority that is not known for the host proves nothing, and with StrictHostKeyChecking it is refused', async () => {
  const server = await start('ed25519', 'rsa', ['-n', 'localhost']);
  const person = home([`@cert-authority localhost ${of(authorities, 'ed25519').publicKey}`], [...at(server), 'StrictHostKeyChecking yes']);
  const error = toPosternError(await person.connect('web').shell.catch((thrown: unknown) => thrown));
  expect(error.code).toBe('ssh.host-key-refused');
  expect(error.message).toContain('StrictHostKeyChecking is yes. Its certificate does not prove it: Its authority is not known for this host.');
});

test.each([
  ['authority', 'the key of its authority'],
  ['host', 'the key inside'],
])('a certificate is refused where known_hosts revokes %s (%s)', async (whose) => {
  const server = await start('ed25519', 'ed25519', ['-n', 'localhost']);
  const authority = of(authorities, 'ed25519');
  const revoked = whose === 'authority' ? authority : of(hostKeys, 'ed25519');
  const person = home([`@cert-authority localhost ${authority.publicKey}`, `@revoked * ${revoked.publicKey}`], at(server), true);
  const connecting = person.connect('web');
  const error = toPosternError(await connecting.shell.catch((thrown: unknown) => thrown));
  expect(error.code).toBe('ssh.host-key-refused');
  expect(error.message).toContain(`${join(person.home, '.ssh', 'known_hosts')} line 2 revokes`);
  expect(connecting.asked).toEqual([]);
});

test('where no authority is known for the host no certificate is asked for, and its bare key is what known_hosts has', async () => {
  const server = await start('ed25519', 'ed25519', ['-n', 'localhost']);
  const person = home([`@cert-authority *.example ${of(authorities, 'ed25519').publicKey}`, `[localhost]:${server.port} ${of(hostKeys, 'ed25519').publicKey}`], at(server));
  expect(await person.run('web', 'echo in')).toBe('in\n');
  expect(server.log()).toContain('kex: host key algorithm: ssh-ed25519 ');
});

test('a signature by another key than the one inside the certificate is not accepted, nor one under another name', () => {
  const host = of(hostKeys, 'rsa');
  execFileSync('ssh-keygen', ['-q', '-h', '-s', of(authorities, 'ed25519').path, '-I', 'x', `${host.path}.pub`]);
  const certificate = Buffer.from(readFileSync(`${host.path}-cert.pub`, 'utf8').split(' ')[1] ?? '', 'base64');
  const hash = Buffer.alloc(32, 7);
  const wire = (...parts: readonly (string | Buffer)[]): Buffer =>
    Buffer.concat(parts.map((part) => Buffer.concat([Buffer.from(Uint32Array.of(part.length).buffer).swap32(), Buffer.from(part)])));
  const signed = (by: KeyFile, name: string): Buffer => wire(name, sign('sha512', hash, by.privateKey));
  const algorithm = 'rsa-sha2-512-cert-v01@openssh.com';
  const pem = (file: KeyFile): KeyFile => {
    execFileSync('ssh-keygen', ['-q', '-p', '-m', 'PEM', '-P', '', '-N', '', '-f', file.path]);
    return { ...file, privateKey: readFileSync(file.path, 'utf8') };
  };
  const [mine, other] = [pem(host), pem(of(authorities, 'rsa'))];
  expect(hostCertificates.verify(algorithm, certificate, signed(mine, 'rsa-sha2-512'), hash)).toBe(true);
  expect(hostCertificates.verify(algorithm, certificate, signed(other, 'rsa-sha2-512'), hash)).toBe(false);
  expect(hostCertificates.verify(algorithm, certificate, signed(mine, 'rsa-sha2-256'), hash)).toBe(false);
  expect(hostCertificates.verify(algorithm, certificate, signed(mine, 'ssh-rsa'), hash)).toBe(false);
  expect(hostCertificates.verify('ssh-ed25519-cert-v01@openssh.com', certificate, signed(mine, 'rsa-sha2-512'), hash)).toBe(false);
  expect(hostCertificates.verify(algorithm, certificate.subarray(0, 40), signed(mine, 'rsa-sha2-512'), hash)).toBe(false);
  expect(hostCertificates.verify('rsa-sha2-512', certificate, signed(mine, 'rsa-sha2-512'), hash)).toBe(undefined);
});
