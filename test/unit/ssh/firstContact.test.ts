import { createHash, generateKeyPairSync } from 'node:crypto';
import { expect, test } from 'vitest';
import { PosternError } from '../../../src/contract/error.ts';
import { silentLog } from '../../../src/services/base/log.ts';
import type { FirstContactOptions } from '../../../src/services/ssh/firstContact.ts';
import { createFirstContact } from '../../../src/services/ssh/firstContact.ts';

const ED25519 = 'ssh-ed25519';
const field = (bytes: Buffer): Buffer => Buffer.concat([Buffer.from([0, 0, 0, bytes.length]), bytes]);
function makeBlob(): Buffer {
  const { x = '' } = generateKeyPairSync('ed25519').publicKey.export({ format: 'jwk' });
  return Buffer.concat([field(Buffer.from(ED25519)), field(Buffer.from(x, 'base64url'))]);
}
const own = makeBlob();
const other = makeBlob();
const fingerprint = (blob: Buffer): string => `SHA256:${createHash('sha256').update(blob).digest('base64').replace(/=+$/, '')}`;
const consoleOf = (blob: Buffer): string => `ec2: -----BEGIN SSH HOST KEY FINGERPRINTS-----\nec2: 256 ${fingerprint(blob)} root@web-1 (ED25519)\nec2: -----END SSH HOST KEY FINGERPRINTS-----\n`;
const filesOf = (blob: Buffer): string => `${ED25519} ${blob.toString('base64')} root@web-1\n`;

function contact(options: Partial<FirstContactOptions>) {
  return createFirstContact({ allowed: 'console', consoleOutput: async () => undefined, hostKeyFiles: undefined, agentAbsent: 'There is no agent.', log: silentLog, signal: new AbortController().signal, ...options });
}

test('the console as it was after the boot is believed before the console as it is now, which is not even read', async () => {
  const asked: boolean[] = [];
  const consoleOutput = async (latest: boolean): Promise<string> => {
    asked.push(latest);
    return consoleOf(latest ? other : own);
  };
  expect(await contact({ consoleOutput }).prove(ED25519, own)).toEqual({ outcome: 'proven', by: 'console-output' });
  expect(asked).toEqual([false]);
});

test('where the boot tells nothing, the console as it is now is read', async () => {
  const consoleOutput = async (latest: boolean): Promise<string | undefined> => (latest ? consoleOf(own) : undefined);
  const first = contact({ consoleOutput });
  expect(await first.keyTypes()).toEqual([ED25519]);
  expect(await first.prove(ED25519, own)).toEqual({ outcome: 'proven', by: 'console-output' });
  expect(await first.prove(ED25519, other)).toMatchObject({ outcome: 'contradicted', by: 'console-output', told: [{ keyType: ED25519, fingerprint: fingerprint(own) }] });
});

test('the console is read once, and not at all where the settings say so', async () => {
  let reads = 0;
  const consoleOutput = async (): Promise<string> => ((reads += 1), consoleOf(own));
  const first = contact({ consoleOutput });
  await first.keyTypes();
  await first.prove(ED25519, own);
  expect(reads).toBe(1);
  expect(await contact({ consoleOutput, allowed: 'off' }).prove(ED25519, own)).toMatchObject({ outcome: 'unproven' });
  expect(reads).toBe(1);
});

test('the host itself overrules its console, where it may be asked: its keys may have been replaced', async () => {
  const allowed = 'console-and-session-manager';
  const stale = { allowed, consoleOutput: async () => consoleOf(other) } as const;
  expect(await contact({ ...stale, hostKeyFiles: async () => filesOf(own) }).prove(ED25519, own)).toEqual({ outcome: 'proven', by: 'session-manager' });
  expect(await contact({ ...stale, hostKeyFiles: async () => filesOf(other) }).prove(ED25519, own)).toMatchObject({ outcome: 'contradicted', by: 'session-manager' });
  // A host that says nothing leaves the console's word.
  for (const hostKeyFiles of [async () => '', undefined]) expect(await contact({ ...stale, hostKeyFiles }).prove(ED25519, own)).toMatchObject({ outcome: 'contradicted', by: 'console-output' });
});

test('a proof by the console opens no session to the host', async () => {
  const hostKeyFiles = (): Promise<string> => expect.unreachable('the console has proven it');
  expect(await contact({ allowed: 'console-and-session-manager', consoleOutput: async () => consoleOf(own), hostKeyFiles }).prove(ED25519, own)).toEqual({ outcome: 'proven', by: 'console-output' });
});

test('two blocks that disagree leave the question, with the reason, and the host to ask', async () => {
  const first = contact({ consoleOutput: async () => consoleOf(own) + consoleOf(other), hostKeyFiles: async () => filesOf(own) });
  expect(await first.prove(ED25519, own)).toEqual({ outcome: 'unproven', because: ['The console output tells of this key and of another ssh-ed25519 key.'], canAskHost: true });
  expect(await first.askHost(ED25519, own)).toEqual({ outcome: 'proven', by: 'session-manager' });
  expect(await contact({}).askHost(ED25519, own)).toEqual({ outcome: 'unproven', because: ['There is no agent.'], canAskHost: false });
});

test('a failed call is a reason, never a proof; a cancelled connect is cancelled', async () => {
  const denied = new PosternError({ code: 'aws.access-denied', message: 'ec2:GetConsoleOutput is not allowed for profile work in eu-west-1.' });
  expect(await contact({ consoleOutput: () => Promise.reject(denied) }).prove(ED25519, own)).toMatchObject({ because: ['The console output could not be read: ec2:GetConsoleOutput is not allowed for profile work in eu-west-1.'] });
  const fault = new Error('undefined is not a function');
  expect(await contact({ consoleOutput: () => Promise.reject(fault) }).prove(ED25519, own)).toMatchObject({ because: ['The console output could not be read.'] });
  const cancel = new AbortController();
  const first = contact({ signal: cancel.signal, consoleOutput: (_, signal) => new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(new PosternError({ code: 'cancelled', message: 'cancelled' })))) });
  cancel.abort();
  await expect(first.prove(ED25519, own)).rejects.toMatchObject({ code: 'cancelled' });
});
