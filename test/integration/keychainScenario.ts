/**
 * What keychain.test.ts runs as a process of its own, in a D-Bus session of its own: `node keychainScenario.ts NAME`.
 *
 * Each scenario does things to the real Secret Service and prints what it saw as one line of JSON.
 */
import { execFileSync } from 'node:child_process';
import { createPrivateKey, createPublicKey } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ssh2 from 'ssh2';
import { PosternError } from '../../src/contract/error.ts';
import { systemClock } from '../../src/services/base/clock.ts';
import { dataDir } from '../../src/services/base/dataDir.ts';
import { silentLog } from '../../src/services/base/log.ts';
import { Secret } from '../../src/services/base/secret.ts';
import { createKeychain, openKeychain } from '../../src/services/keys/keychain.ts';
import { keychainThread } from '../../src/services/keys/keychainThread.ts';
import { createKeyPairs } from '../../src/services/keys/keyPairs.ts';
import { secretServiceState } from '../../src/services/keys/secretServiceState.ts';

const home = process.env['HOME'] ?? '';
const folder = dataDir({ HOME: home }, 'linux');
const keychain = openKeychain();
const keyPairs = createKeyPairs({ dataDir: folder, secrets: keychain, clock: systemClock, log: silentLog, onNotice: (notice) => process.stderr.write(`${notice.message}\n`) });

/** `code: message` of a failure, or `done`. */
async function outcome(work: Promise<unknown>): Promise<string> {
  try {
    await work;
    return 'done';
  } catch (thrown) {
    return thrown instanceof PosternError ? `${thrown.code}: ${thrown.message}` : `not a PosternError: ${String(thrown)}`;
  }
}

function filesBelow(path: string): string[] {
  return readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

/** Every way a key's private half could stand in a file. */
function formsOf(openSshText: string): Map<string, Buffer> {
  const parsed = ssh2.utils.parseKey(openSshText);
  if (parsed instanceof Error) throw parsed;
  const jwk = createPrivateKey(parsed.getPrivatePEM()).export({ format: 'jwk' });
  const seed = Buffer.from(jwk.d ?? '', 'base64url');
  const lines = openSshText.trim().split('\n');
  const forms = new Map([
    ['raw', seed],
    ['hex', Buffer.from(seed.toString('hex'))],
    ['base64url', Buffer.from(jwk.d ?? '')],
    ['PEM', Buffer.from(parsed.getPrivatePEM().split('\n')[1]?.slice(24) ?? '')],
  ]);
  // Base64 of the same bytes differs with where they begin in the whole.
  for (const skip of [0, 1, 2]) forms.set(`base64 from ${skip}`, Buffer.from(seed.subarray(skip, skip + 24).toString('base64')));
  for (const [number, line] of lines.slice(3, -2).entries()) forms.set(`OpenSSH line ${number}`, Buffer.from(line.slice(0, 40)));
  return forms;
}

function lockCollection(): void {
  execFileSync('gdbus', ['call', '--session', '--dest', 'org.freedesktop.secrets', '--object-path', '/org/freedesktop/secrets', '--method', 'org.freedesktop.Secret.Service.Lock', "['/org/freedesktop/secrets/collection/login']"]);
}

function keyringProcessId(): number {
  const answer = execFileSync('gdbus', ['call', '--session', '--dest', 'org.freedesktop.DBus', '--object-path', '/org/freedesktop/DBus', '--method', 'org.freedesktop.DBus.GetConnectionUnixProcessID', 'org.freedesktop.secrets']).toString();
  return Number(/uint32 (\d+)/.exec(answer)?.[1]);
}

const scenarios: Record<string, () => Promise<unknown>> = {
  async generate() {
    const { keyPairId, publicKey } = await keyPairs.generate({ keyName: 'web', keyType: 'ed25519' });
    const text = (await keyPairs.privateKey(keyPairId)).revealText();
    const inKeyring = execFileSync('secret-tool', ['lookup', 'service', 'postern', 'username', `key-pair/${keyPairId}`]).toString();
    const forms = formsOf(text);
    const files = filesBelow(home);
    const found = files.flatMap((file) => [...forms].filter(([, form]) => readFileSync(file).includes(form)).map(([name]) => `${name} in ${file}`));
    // The search itself must be able to find: the same forms, in the text they are of.
    const searched = [...forms].filter(([name, form]) => name.startsWith('OpenSSH') && Buffer.from(text).includes(form)).length;
    await keyPairs.remove({ keyPairId });
    let afterRemoval = 'still there';
    try {
      execFileSync('secret-tool', ['lookup', 'service', 'postern', 'username', `key-pair/${keyPairId}`], { stdio: 'pipe' });
    } catch {
      afterRemoval = 'gone';
    }
    return {
      samePublicHalf: `ssh-ed25519 ${createPublicKeyBlob(text)}` === publicKey,
      inKeyring: inKeyring.endsWith(text),
      dataFiles: filesBelow(folder).map((file) => file.slice(folder.length + 1)),
      keyringFiles: files.some((file) => file.endsWith('login.keyring')),
      openSshLines: searched,
      found,
      afterRemoval,
    };
  },

  async large() {
    const secret = new Uint8Array(8 * 1024).map((_, index) => index % 256);
    await keychain.set('large', new Secret(Uint8Array.from(secret)));
    const back = (await keychain.get('large'))?.reveal();
    const fresh = (await openKeychain().get('large'))?.reveal();
    await keychain.delete('large');
    await keychain.delete('large');
    return { same: [back, fresh].map((bytes) => bytes !== undefined && Buffer.from(secret).equals(bytes)), missing: (await keychain.get('large')) === undefined, probe: await outcome(keychain.probe()), state: await secretServiceState() };
  },

  async locked() {
    const { keyPairId } = await keyPairs.generate({ keyName: 'before', keyType: 'ed25519' });
    lockCollection();
    const read = await outcome(keyPairs.privateKey(keyPairId));
    const generate = await outcome(keyPairs.generate({ keyName: 'while locked', keyType: 'ed25519' }));
    const remove = await outcome(keyPairs.remove({ keyPairId }));
    return { read, generate, remove, probe: await outcome(keychain.probe()), state: await secretServiceState(), names: (await keyPairs.list()).map(({ keyName }) => keyName) };
  },

  async hang() {
    await keychain.set('name', Secret.fromText('hunter2'));
    const impatient = createKeychain({ items: keychainThread(), platform: 'linux', timeLimitMs: 2000, probeLimitMs: 2000, readState: secretServiceState });
    const processId = keyringProcessId();
    let ticks = 0;
    const ticking = setInterval(() => (ticks += 1), 10);
    process.kill(processId, 'SIGSTOP');
    const seen: string[] = [];
    try {
      seen.push(await outcome(impatient.get('name')), await outcome(keychain.get('name')));
    } finally {
      process.kill(processId, 'SIGCONT');
      clearInterval(ticking);
    }
    // The first read of a thread that starts anew.
    return { seen, loopWasFree: ticks > 50, after: (await keychain.get('name'))?.revealText(), impatientAfter: await outcome(impatient.get('name')) };
  },

  async absent() {
    // Without their numbers, flags, uses and ends, which change by themselves.
    const kernelKeys = (): string => readFileSync('/proc/keys', 'utf8').replaceAll(/^(\S+ +){4}/gm, '');
    const before = kernelKeys();
    const generate = await outcome(keyPairs.generate({ keyName: 'web', keyType: 'ed25519' }));
    return { generate, probe: await outcome(keychain.probe()), read: await outcome(keychain.get('name')), files: filesBelow(home), kernelKeysChanged: kernelKeys() !== before || /postern|keyring-rs/.test(kernelKeys()) };
  },
};

function createPublicKeyBlob(openSshText: string): string {
  const parsed = ssh2.utils.parseKey(openSshText);
  if (parsed instanceof Error) throw parsed;
  const jwk = createPublicKey(parsed.getPrivatePEM()).export({ format: 'jwk' });
  return Buffer.concat([Buffer.from('0000000b7373682d6564323535313900000020', 'hex'), Buffer.from(jwk.x ?? '', 'base64url')]).toString('base64');
}

process.stdout.write(`${JSON.stringify(await scenarios[process.argv[2] ?? '']?.())}\n`);
