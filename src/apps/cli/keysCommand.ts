/** `postern keys ...`: key pairs in the keychain, and the host keys that are trusted. */
import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { PosternError } from '../../contract/error.ts';
import type { HostKey, KeyPair } from '../../contract/key.ts';
import { configHostName } from '../../contract/sshConfig.ts';
import { isHashOf } from '../../services/ssh/knownHostsCheck.ts';
import { askOnTerminal } from './askOnTerminal.ts';
import { printAnswer, printJson } from './output.ts';
import { printable } from './printable.ts';
import type { Running } from './run.ts';
import { table } from './table.ts';

export async function listKeys({ services }: Running, json: boolean): Promise<number> {
  const keys = await services.keys.list({});
  if (json) await printJson(keys);
  else if (keys.length === 0) process.stderr.write('No keys yet. "postern keys generate NAME" makes one.\n');
  else await printAnswer(table([['NAME', 'TYPE', 'FINGERPRINT', 'ORIGIN', 'EC2 KEY PAIRS'], ...keys.map(keyRow)]));
  return 0;
}

export async function generateKey({ services }: Running, keyName: string, options: { type: 'ed25519' | 'rsa'; bits?: 3072 | 4096 }): Promise<number> {
  const key = await services.keys.generate({ keyName, keyType: options.type, ...(options.bits === undefined ? {} : { bits: options.bits }) });
  await printAnswer(key.publicKey);
  return 0;
}

/** @param file a path, or `-` for stdin */
export async function importKey({ services }: Running, keyName: string, file: string): Promise<number> {
  const privateKey = file === '-' ? await text(process.stdin) : await readKeyFile(file);
  const key = await withPassphrase(file, (passphrase) => services.keys.import({ keyName, privateKey, ...(passphrase === undefined ? {} : { passphrase }) }));
  await printAnswer(key.publicKey);
  return 0;
}

export async function removeKey({ services }: Running, keyName: string): Promise<number> {
  const key = (await services.keys.list({})).find((candidate) => candidate.keyName === keyName || candidate.fingerprint === keyName);
  if (key === undefined) throw new PosternError({ code: 'key.not-found', message: `No key is called "${keyName}".`, remedy: '"postern keys list" shows them.' });
  await services.keys.remove({ keyPairId: key.keyPairId });
  return 0;
}

export async function listHostKeys({ services }: Running, json: boolean): Promise<number> {
  const hostKeys = await services.hostKeys.list({});
  if (json) await printJson(hostKeys);
  else if (hostKeys.length === 0) process.stderr.write('No host keys are kept yet.\n');
  else await printAnswer(table([['INSTANCE', 'SCOPE', 'TYPE', 'FINGERPRINT', 'FIRST SEEN'], ...hostKeys.map(hostKeyRow)]));
  return 0;
}

/** Forgets every key of an instance, so that the next connect asks again. */
export async function forgetHostKeys({ services }: Running, instanceId: string): Promise<number> {
  const kept = (await services.hostKeys.list({})).filter((key) => key.instanceId === instanceId || isHashOf(key.instanceId, configHostName(instanceId) ?? instanceId));
  if (kept.length === 0) throw new PosternError({ code: 'key.not-found', message: `No host key of ${instanceId} is kept.`, remedy: '"postern keys hosts" shows them.' });
  for (const { instanceId: keptId, scopeKey } of kept) await services.hostKeys.forget({ instanceId: keptId, scopeKey });
  return 0;
}

/** Where the keychain is missing and a passphrase-encrypted file is there, opens it. */
export async function openSecrets({ services }: Running): Promise<void> {
  const { state, fileExists } = await services.secrets.status({});
  if (state === 'ready' || !fileExists) return;
  for (let attempt = 1; ; attempt += 1) {
    try {
      await services.secrets.useFile({ passphrase: await askPassphrase('the key file', attempt) });
      return;
    } catch (thrown) {
      const asksAgain = thrown instanceof PosternError && thrown.code === 'secrets.passphrase-wrong' && attempt < MAX_PASSPHRASES;
      if (!asksAgain) throw thrown;
    }
  }
}

/** Makes the passphrase-encrypted file, or opens the one that is there. */
export async function useFile(running: Running): Promise<number> {
  const { services } = running;
  const { fileExists } = await services.secrets.status({});
  if (fileExists) {
    await openSecrets(running);
    return 0;
  }
  const passphrase = await askPassphrase('the key file', 1);
  if ((await askOnTerminal('Again: ', false)) !== passphrase) throw new PosternError({ code: 'input.invalid', message: 'The two passphrases differ.', remedy: 'Try again.' });
  await services.secrets.useFile({ passphrase });
  return 0;
}

const MAX_PASSPHRASES = 3;

/** What fails for want of a keychain says how to do without. */
export async function offeringFile<T>(use: Promise<T>): Promise<T> {
  try {
    return await use;
  } catch (thrown) {
    if (!(thrown instanceof PosternError) || thrown.code !== 'keychain.unavailable') throw thrown;
    throw new PosternError({ ...thrown.toReport(), remedy: `${thrown.remedy ?? ''} "postern keys use-file" makes that file.`.trim() }, { cause: thrown });
  }
}

/** Tries without a passphrase, then asks for one up to three times. */
export async function withPassphrase<T>(name: string, use: (passphrase: string | undefined) => Promise<T>): Promise<T> {
  for (let attempt = 0; ; attempt += 1) {
    const passphrase = attempt === 0 ? undefined : await askPassphrase(name, attempt);
    try {
      return await use(passphrase);
    } catch (thrown) {
      const asksAgain = thrown instanceof PosternError && (thrown.code === 'key.passphrase-needed' || thrown.code === 'key.passphrase-wrong') && attempt < MAX_PASSPHRASES;
      if (!asksAgain) throw thrown;
    }
  }
}

function askPassphrase(name: string, attempt: number): Promise<string> {
  return askOnTerminal(`${attempt > 1 ? 'That was not it. ' : ''}Passphrase for ${printable(name)}: `, false);
}

export async function readKeyFile(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    throw new PosternError({ code: 'key.unreadable', message: `The key file ${path} could not be read.`, remedy: 'Check the path and that you may read it.' }, { cause });
  }
}

function keyRow(key: KeyPair): string[] {
  return [key.keyName, `${key.keyType}${key.bits === undefined ? '' : ` ${key.bits}`}`, key.fingerprint, key.origin, key.ec2KeyPairs.map((pair) => `${pair.keyName} (${pair.scopeKey})`).join(', ') || '-'].map(printable);
}

function hostKeyRow(key: HostKey): string[] {
  return [key.instanceId, key.scopeKey, key.keyType, key.fingerprint, key.firstSeen].map(printable);
}
