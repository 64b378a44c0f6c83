import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir, userInfo } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, expect, test } from 'vitest';
import { openSshAlgorithms } from '../../src/services/ssh/openSshAlgorithms.ts';
import { resolveSshConfig } from '../../src/services/ssh/sshConfig.ts';
import { supportedKeywords } from '../../src/services/ssh/sshConfigKeywords.ts';
import type { SshConfig } from '../../src/services/ssh/sshConfigResult.ts';
import { dumpSshConfig } from '../../src/services/ssh/sshConfigDump.ts';
import type { GeneratedConfig } from './sshConfigGenerator.ts';
import { generateConfig, generatorEnvironment } from './sshConfigGenerator.ts';

const CONFIGURATIONS = 300;
/** `ssh -G` processes at once: it is a short process, and two keep a small machine busy. */
const PROCESSES = 3;

const run = promisify(execFile);
const root = mkdtempSync(join(tmpdir(), 'postern-ssh-config-'));
const { username, homedir, uid } = userInfo();
/** OpenSSH's home folder is the one of the password file, whatever HOME says. */
const homePath = new RegExp(`${homedir.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}(?![A-Za-z0-9_])`, 'g');
afterAll(() => rmSync(root, { recursive: true, force: true }));

test(`${CONFIGURATIONS} generated configurations resolve as Debian's ssh -G resolves them, keyword by keyword`, async () => {
  const differences: string[] = [];
  let compared = 0;
  let refused = 0;
  const setSomewhere = new Set<string>();
  const seeds = Array.from({ length: CONFIGURATIONS }, (_, index) => index + 1);
  const work = async (): Promise<void> => {
    for (let seed = seeds.shift(); seed !== undefined; seed = seeds.shift()) {
      const generated = generateConfig(seed);
      const home = writeFiles(generated, seed);
      const ours = await resolve(generated, home);
      const theirs = await sshG(generated, home);
      if (typeof theirs === 'string') {
        refused += 1;
        if (ours.errors.length === 0) differences.push(`seed ${seed}: ssh says ${theirs.trim()}`);
        continue;
      }
      if (ours.errors.length > 0) differences.push(`seed ${seed}: ${JSON.stringify(ours.errors)}`);
      const dumped = dumpSshConfig(ours);
      for (const [keyword, values] of dumped) {
        compared += 1;
        const wanted = asWeWrite(keyword, theirs.get(keyword) ?? [], ours);
        if (JSON.stringify(values) !== JSON.stringify(wanted)) differences.push(`seed ${seed}: ${keyword}: ${JSON.stringify(values)} is ${JSON.stringify(wanted)} in OpenSSH`);
      }
      for (const keyword of ours.places.keys()) setSomewhere.add(keyword);
    }
  };
  await Promise.all(Array.from({ length: PROCESSES }, work));
  expect(differences).toEqual([]);
  // The generator makes usable files nearly always, and every keyword we follow is among what was compared.
  expect(refused).toBeLessThan(CONFIGURATIONS / 20);
  expect(compared).toBeGreaterThan(12_000);
  expect(supportedKeywords.filter((keyword) => !setSomewhere.has(keyword))).toEqual(['canonicalizefallbacklocal', 'tag']);
});

function writeFiles({ files }: GeneratedConfig, seed: number): string {
  const home = join(root, `home-${seed}`);
  for (const [name, text] of Object.entries(files)) {
    const path = join(home, '.ssh', name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text, { mode: 0o600 });
  }
  return home;
}

function resolve({ host, user, port, options }: GeneratedConfig, home: string): Promise<SshConfig> {
  return resolveSshConfig({
    host,
    ...(user === undefined ? {} : { user }),
    ...(port === undefined ? {} : { port }),
    options,
    configFiles: { user: join(home, '.ssh', 'config') },
    home,
    localUser: username,
    uid,
    localHostName: hostname(),
    environment: generatorEnvironment,
    // What `Match exec` of the generator says, run as OpenSSH runs it.
    exec: async (command) => run('/bin/sh', ['-c', command]).then(() => true, () => false),
  });
}

/** OpenSSH's answer, by keyword; its complaint when it has none. */
async function sshG({ host, user, port, options }: GeneratedConfig, home: string): Promise<Map<string, string[]> | string> {
  const args = [
    '-G',
    '-F',
    join(home, '.ssh', 'config'),
    ...(user === undefined ? [] : ['-l', user]),
    ...(port === undefined ? [] : ['-p', String(port)]),
    ...options.flatMap((option) => ['-o', option]),
    '--',
    host,
  ];
  // HOME is where OpenSSH's Include looks; every other ~ is the one of the password file.
  const environment = { PATH: process.env['PATH'] ?? '', HOME: home, SHELL: '/bin/sh', LC_ALL: 'C', ...generatorEnvironment };
  const answer = await run('ssh', args, { env: environment }).catch((failure: unknown) => String(failure));
  if (typeof answer === 'string') return answer;
  const values = new Map<string, string[]>();
  for (const line of answer.stdout.replace(homePath, home).split('\n')) {
    const [, keyword = '', value = ''] = /^(\S+) ?(.*)$/.exec(line) ?? [];
    if (keyword !== '') values.set(keyword.toLowerCase(), [...(values.get(keyword.toLowerCase()) ?? []), normal(value)]);
  }
  // A file that is read twice (Match final) has its SendEnv twice.
  values.set('sendenv', [...new Set(values.get('sendenv'))]);
  return values;
}

/** Where `ssh -G` prints a thing its own way: what it means. */
function asWeWrite(keyword: string, values: readonly string[], { hostName, user }: SshConfig): string[] {
  switch (keyword) {
    case 'loglevel':
      return values.map((value) => (value === 'SILENT' ? 'QUIET' : value));
    case 'remoteforward':
      return values.map((value) => value.replace(' [socks]:0', ''));
    case 'dynamicforward':
      return [...values].sort();
    case 'proxyjump':
      // It replaces the tokens later, and puts brackets around an address in the last place only.
      return values.map((value) => value.replaceAll('%h', hostName).replaceAll('%r', user).replace(/[[\]]/g, ''));
    default:
      return [...values];
  }
}

/** OpenSSH prints some switches as true and false, others as yes and no. */
function normal(value: string): string {
  return value === 'true' ? 'yes' : value === 'false' ? 'no' : value;
}

test('the algorithm names that + - ^ and wildcards are relative to are those of the ssh on this machine', async () => {
  const known = { ciphers: 'cipher', kexAlgorithms: 'kex', macs: 'mac', hostKeyAlgorithms: 'HostKeyAlgorithms', pubkeyAcceptedAlgorithms: 'PubkeyAcceptedAlgorithms' } as const;
  for (const [list, query] of Object.entries(known) as [keyof typeof known, string][]) {
    const { stdout } = await run('ssh', ['-Q', query]);
    expect(openSshAlgorithms[list].known, query).toEqual(stdout.trim().split('\n'));
  }
});
