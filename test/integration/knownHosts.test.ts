import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, expect, test } from 'vitest';
import { isCertificate, parseCertificate } from '../../src/services/ssh/hostCertificate.ts';
import { hashHostName, judge, lookUp, parseKnownHosts, readKnownHosts } from '../../src/services/ssh/knownHosts.ts';
import type { KnownHostsVerdict } from '../../src/services/ssh/knownHosts.ts';
import { wireBytes } from '../../src/services/ssh/sshWire.ts';
import { createRandom } from './sshConfigGenerator.ts';
import type { KeyFile } from './sshd.ts';
import { generateKeyFile, startSshd } from './sshd.ts';

const LOOK_UPS = 300;

const run = promisify(execFile);
const folder = mkdtempSync(join(tmpdir(), 'postern-known-hosts-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test(`${LOOK_UPS} look-ups in a generated file find the lines that ssh-keygen -F finds`, async () => {
  const random = createRandom(11);
  const pick = <Item>(items: readonly Item[]): Item => items[Math.floor(random() * items.length)] as Item;
  const names = ['web', 'db', 'web1.example.com', 'a.b.example.com', '10.0.0.7', '10.0.0.77', '2001:db8::7', 'bastion', 'x_y', 'i-0abc'];
  const ports = [22, 22, 22, 2222, 2200];
  const named = (): string => {
    const port = pick(ports);
    return port === 22 ? pick(names) : `[${pick(names)}]:${port}`;
  };
  const pattern = (): string => pick([named, named, () => '*', () => '*.example.com', () => '10.0.0.?', () => 'w?b', () => '[*]:2222', () => `!${named()}`, () => '!*.b.*', () => named().toUpperCase()])();
  const bytes = (length: number): Buffer => Buffer.from(Array.from({ length }, () => Math.floor(random() * 256)));
  const key = (): string => {
    const [type, ...fields] = pick([
      () => ['ssh-ed25519', bytes(32)] as const,
      () => ['ssh-rsa', Buffer.from([1, 0, 1]), bytes(257)] as const,
      () => ['ecdsa-sha2-nistp256', Buffer.from('nistp256'), Buffer.concat([Buffer.from([4]), bytes(64)])] as const,
    ])();
    return `${type}${pick([' ', '\t', '  '])}${Buffer.concat([wireBytes(type), ...fields.map(wireBytes)]).toString('base64')}`;
  };
  const lines = Array.from({ length: 160 }, () =>
    pick([
      () => `${pick([named, named, () => hashHostName(named())])()} ${key()}`,
      () => `${Array.from({ length: 1 + Math.floor(random() * 3) }, pattern).join(',')} ${key()} a comment`,
      () => `${pick(['@cert-authority', '@revoked'])}${pick([' ', '   '])}${pattern()},${pattern()} ${key()}`,
      () => `@revoked ${hashHostName(named())} ${key()}`,
      () => `  ${named()}\t${key()}  `,
      () => pick(['', '# comment', '   # indented', `#${named()} ${key()}`]),
      // Malformed: both pass over these.
      () => pick([named(), `${named()} ssh-ed25519`, `@unknown ${named()} ${key()}`, `@revoked @cert-authority ${named()} ${key()}`, `|1|bad|bad ${key()}`]),
    ])(),
  );
  const file = join(folder, 'generated');
  writeFileSync(file, `${lines.join('\n')}\n`);
  const parsed = parseKnownHosts(readFileSync(file, 'utf8'), file);
  expect(parsed.problems.length).toBeGreaterThan(5);

  let found = 0;
  const lookUpBoth = async (): Promise<void> => {
    const host = pick([...names, 'nobody', 'z.example.com']);
    const port = pick(ports);
    const { keys, authorities, revoked } = lookUp(parsed.lines, host, port);
    const ours = [...keys, ...authorities, ...revoked].map(({ line, kind }) => `${line} ${kind}`);
    const theirs = await keygenFind(file, port === 22 ? host : `[${host}]:${port}`);
    expect(ours.sort(), `${host} ${port}`).toEqual(theirs.sort());
    found += ours.length;
  };
  for (let done = 0; done < LOOK_UPS; done += 3) await Promise.all([lookUpBoth(), lookUpBoth(), lookUpBoth()]);
  expect(found).toBeGreaterThan(LOOK_UPS * 5);
});

/** `line kind` of each line ssh-keygen finds. */
async function keygenFind(file: string, name: string): Promise<string[]> {
  const { stdout } = await run('ssh-keygen', ['-F', name, '-f', file]).catch((failure: unknown) => {
    // 1: not found.
    if (failure instanceof Error && 'code' in failure && failure.code === 1) return { stdout: '' };
    throw failure;
  });
  const kinds: Readonly<Record<string, string>> = { CA: 'authority', REVOKED: 'revoked' };
  return [...stdout.matchAll(/^# Host .* found: line (\d+) ?(CA|REVOKED)?/gm)].map(([, line, marker = '']) => `${line} ${kinds[marker] ?? 'key'}`);
}

test('names hashed by us are found by ssh-keygen, and names hashed by ssh-keygen -H by us', async () => {
  const key = generateKeyFile(join(folder, 'hashed-key'), ['ed25519']);
  const ours = join(folder, 'hashed-by-us');
  writeFileSync(ours, `${hashHostName('web.example.com')} ${key.publicKey}\n${hashHostName('[web.example.com]:2222')} ${key.publicKey}\n`);
  expect(await keygenFind(ours, 'web.example.com')).toEqual(['1 key']);
  expect(await keygenFind(ours, '[web.example.com]:2222')).toEqual(['2 key']);
  const theirs = join(folder, 'hashed-by-them');
  writeFileSync(theirs, `web.example.com ${key.publicKey}\n[db]:2222 ${key.publicKey}\n`);
  await run('ssh-keygen', ['-H', '-f', theirs]);
  const { lines } = await readKnownHosts([theirs]);
  expect(lines.every(({ hosts }) => hosts.startsWith('|1|'))).toBe(true);
  expect(lookUp(lines, 'web.example.com', 22).keys.map(({ line }) => line)).toEqual([1]);
  expect(lookUp(lines, 'db', 2222).keys.map(({ line }) => line)).toEqual([2]);
});

/** A host certificate made by ssh-keygen. @param args e.g. `-n name`, `-V interval` */
async function sign(authority: KeyFile, host: KeyFile, args: readonly string[] = []): Promise<{ readonly path: string; readonly blob: Buffer }> {
  await run('ssh-keygen', ['-q', '-s', authority.path, '-I', 'a test host', ...args, `${host.path}.pub`]);
  const made = `${host.path}-cert.pub`;
  const path = join(folder, `cert-${certificates++}.pub`);
  writeFileSync(path, readFileSync(made));
  rmSync(made);
  return { path, blob: Buffer.from(readFileSync(path, 'utf8').split(' ')[1] ?? '', 'base64') };
}
let certificates = 0;

test.each([
  ['ed25519', 'ed25519', []],
  ['ecdsa:256', 'ed25519', []],
  ['ecdsa:384', 'ecdsa:384', []],
  ['ecdsa:521', 'ecdsa:521', []],
  ['rsa:2048', 'rsa:2048', ['-t', 'rsa-sha2-256']],
  ['rsa:3072', 'ecdsa:256', ['-t', 'rsa-sha2-512']],
])('a host certificate of a %s authority for a %s key proves the host, and one changed bit anywhere does not', async (authorityType, hostType, args) => {
  const authority = generateKeyFile(join(folder, `ca-${certificates}`), authorityType.split(':'));
  const host = generateKeyFile(join(folder, `host-${certificates}`), hostType.split(':'));
  const { blob } = await sign(authority, host, ['-h', '-n', 'web.example.com', '-z', '42', ...args]);
  const { lines } = parseKnownHosts(`@cert-authority *.example.com ${authority.publicKey}\n`, 'kh');
  const judged = (presented: Uint8Array): KnownHostsVerdict => judge(lines, { host: 'Web.Example.com', port: 22, nowMs: Date.now() }, presented);
  expect(isCertificate(blob)).toBe(true);
  expect(judged(blob)).toMatchObject({ outcome: 'known', line: { line: 1 }, certificate: { keyId: 'a test host', serial: 42n, principals: ['web.example.com'] } });
  expect(parseCertificate(blob).keyBlob).toEqual(host.blob);
  const step = Math.max(1, Math.floor(blob.length / 60));
  for (let at = 0; at < blob.length; at += step) {
    const changed = Buffer.from(blob);
    changed[at] = (changed[at] ?? 0) ^ 1;
    expect(judged(changed).outcome, `byte ${at}`).toBe('unknown');
    expect(judged(blob.subarray(0, at)).outcome, `cut at ${at}`).toBe('unknown');
  }
});

test('a certificate signed with SHA-1, by a short RSA key, for a user or with critical options proves nothing', async () => {
  const authority = generateKeyFile(join(folder, 'ca-weak'), ['rsa', '2048']);
  const short = generateKeyFile(join(folder, 'ca-short'), ['rsa', '1024']);
  const host = generateKeyFile(join(folder, 'host-weak'), ['ed25519']);
  const { lines } = parseKnownHosts(`@cert-authority * ${authority.publicKey}\n@cert-authority * ${short.publicKey}\n`, 'kh');
  const faultOf = (blob: Uint8Array): string | undefined => {
    const verdict = judge(lines, { host: 'web', port: 22, nowMs: Date.now() }, blob);
    return verdict.outcome === 'unknown' ? verdict.certificateFault : verdict.outcome;
  };
  expect(faultOf((await sign(authority, host, ['-h', '-t', 'ssh-rsa'])).blob)).toBe('Its signature cannot be checked: the signature is of the kind ssh-rsa, which is not accepted.');
  expect(faultOf((await sign(short, host, ['-h'])).blob)).toBe('Its signature cannot be checked: the RSA key that signed has less than 2048 bits.');
  expect(faultOf((await sign(authority, host, ['-n', 'web'])).blob)).toBe('It is a certificate for a user, not for a host.');
  expect(faultOf((await sign(authority, host, ['-h', '-O', 'critical:frob=1'])).blob)).toBe('It has the critical option frob, which is not known for hosts.');
  expect(faultOf((await sign(authority, host, ['-h'])).blob)).toBe('known');
});

test('certificates and known_hosts lines lead to the verdict that ssh itself comes to against a real sshd', async () => {
  const authority = generateKeyFile(join(folder, 'ca'), ['ed25519']);
  const stranger = generateKeyFile(join(folder, 'stranger'), ['ed25519']);
  const host = generateKeyFile(join(folder, 'host'), ['ed25519']);
  const kinds: Readonly<Record<string, readonly string[]>> = {
    good: ['-h', '-n', 'other,localhost'],
    wildcard: ['-h', '-n', 'local*'],
    anyHost: ['-h'],
    otherName: ['-h', '-n', 'dbhost'],
    expired: ['-h', '-n', 'localhost', '-V', '20200101:20210101'],
    notYet: ['-h', '-n', 'localhost', '-V', '20990101:21000101'],
  };
  const files: Readonly<Record<string, readonly string[]>> = {
    nothing: [],
    key: [`[localhost]:PORT ${host.publicKey}`],
    keyWithoutPort: [`localhost ${host.publicKey}`],
    otherKey: [`[localhost]:PORT ${stranger.publicKey}`],
    otherKeyWithoutPort: [`localhost ${stranger.publicKey}`],
    authority: [`@cert-authority [local*]:PORT ${authority.publicKey}`],
    authorityWithoutPort: [`@cert-authority localhost ${authority.publicKey}`],
    hashedAuthority: [`@cert-authority HASHED ${authority.publicKey}`],
    authorityElsewhere: [`@cert-authority *.example ${authority.publicKey}`],
    strangersAuthority: [`@cert-authority * ${stranger.publicKey}`],
    authorityAndOtherKey: [`@cert-authority * ${authority.publicKey}`, `[localhost]:PORT ${stranger.publicKey}`],
    revokedKey: [`@revoked * ${host.publicKey}`, `@cert-authority * ${authority.publicKey}`],
    revokedAuthority: [`@revoked * ${authority.publicKey}`, `@cert-authority * ${authority.publicKey}`, `[localhost]:PORT ${host.publicKey}`],
    negated: [`@cert-authority *,![localhost]:PORT ${authority.publicKey}`],
  };
  const outcomes: Record<string, number> = {};
  for (const [kind, args] of [['plain', []] as const, ...Object.entries(kinds)]) {
    const certificate = kind === 'plain' ? undefined : await sign(authority, host, args);
    const sshd = await startSshd({ hostKeyTypes: [], config: [`HostKey ${host.path}`, ...(certificate === undefined ? [] : [`HostCertificate ${certificate.path}`])] });
    try {
      const judgeBoth = async ([name, contents]: readonly [string, readonly string[]]): Promise<void> => {
        const file = join(folder, `kh-${kind}-${name}`);
        writeFileSync(file, contents.map((line) => `${line.replace('PORT', String(sshd.port)).replace('HASHED', hashHostName(`[localhost]:${sshd.port}`))}\n`).join(''));
        const { lines, problems } = await readKnownHosts([file]);
        expect(problems).toEqual([]);
        const ours = judge(lines, { host: 'localhost', port: sshd.port, nowMs: Date.now() }, certificate?.blob ?? host.blob).outcome;
        const algorithm = certificate === undefined ? 'ssh-ed25519' : 'ssh-ed25519-cert-v01@openssh.com';
        expect(`${kind} ${name}: ${ours}`).toBe(`${kind} ${name}: ${await sshVerdict(file, sshd.port, algorithm)}`);
        outcomes[ours] = (outcomes[ours] ?? 0) + 1;
      };
      const left = Object.entries(files);
      while (left.length > 0) await Promise.all(left.splice(0, 3).map(judgeBoth));
    } finally {
      await sshd.stop();
    }
  }
  expect(Object.keys(outcomes).sort()).toEqual(['changed', 'known', 'revoked', 'unknown']);
});

/** What ssh(1) makes of a server's key by a known_hosts file. It never gets past signing in: it has no key to offer. */
async function sshVerdict(file: string, port: number, algorithm: string): Promise<string> {
  const options = {
    UserKnownHostsFile: file,
    GlobalKnownHostsFile: 'none',
    StrictHostKeyChecking: 'yes',
    HostKeyAlgorithms: algorithm,
    BatchMode: 'yes',
    IdentityFile: 'none',
    IdentityAgent: 'none',
    PreferredAuthentications: 'none',
    ProxyCommand: 'none',
    AddressFamily: 'inet',
    UpdateHostKeys: 'no',
    // The quickest.
    KexAlgorithms: 'curve25519-sha256',
  };
  const args = ['-F', 'none', '-p', String(port), ...Object.entries(options).flatMap(([name, value]) => ['-o', `${name}=${value}`]), 'localhost', 'true'];
  const stderr = await run('ssh', args).then(
    () => '',
    (failure: unknown) => (failure instanceof Error && 'stderr' in failure ? String(failure.stderr) : String(failure)),
  );
  if (stderr.includes('Permission denied')) return 'known';
  if (stderr.includes('REVOKED')) return 'revoked';
  if (stderr.includes('HAS CHANGED')) return 'changed';
  return stderr.includes('host key is known for') ? 'unknown' : stderr;
}
