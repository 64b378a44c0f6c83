/** Reads a private key; decrypts it in a worker thread, as that would stop every terminal for a quarter of a second and more. */
import { Worker } from 'node:worker_threads';
import * as z from 'zod';
import { PosternError } from '../../contract/error.ts';
import { ErrorReport } from '../../contract/errorReport.ts';
import { KeyType } from '../../contract/key.ts';
import { remember, say } from '../../contract/say.ts';
import { Said } from '../../contract/sentence.ts';
import { Secret } from '../base/secret.ts';
import { workerFile } from '../base/workerFile.ts';
import type { KeyMaterial } from './keyMaterial.ts';
import { readPrivateKey } from './readPrivateKey.ts';

/** The file itself says how many bcrypt rounds it takes, so a hostile one could run for years. Ordinary ones take under a second. */
const PARSE_TIME_LIMIT_MS = 30_000;

const Bytes = z.custom<Uint8Array>((value) => value instanceof Uint8Array);

export const ParseQuestion = z.object({ text: Bytes, passphrase: Bytes });

const ParseAnswer = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('key'),
    keyType: KeyType,
    bits: z.number().int(),
    publicKey: z.string(),
    fingerprint: z.string(),
    ec2Fingerprints: z.array(z.string()).readonly(),
    privateKey: Bytes,
  }),
  /** `said`: a thread has a memory of its own for its sentences. */
  z.object({ kind: z.literal('error'), error: ErrorReport, said: z.array(z.tuple([z.string(), Said]).readonly()) }),
]);
export type ParseAnswer = z.infer<typeof ParseAnswer>;

/**
 * Understand a private key and bring it into OpenSSH form. `text` and `passphrase` stay the caller's to wipe.
 *
 * @throws PosternError `key.unreadable`, `key.unsupported`, `key.passphrase-needed`, `key.passphrase-wrong`
 */
export async function parsePrivateKey(text: Secret, passphrase: Secret | undefined, timeLimitMs = PARSE_TIME_LIMIT_MS): Promise<KeyMaterial> {
  try {
    return readPrivateKey(text, undefined);
  } catch (cause) {
    const isEncrypted = cause instanceof PosternError && cause.code === 'key.passphrase-needed';
    if (!isEncrypted || passphrase === undefined) throw cause;
  }
  const answer = await ask({ text: text.reveal(), passphrase: passphrase.reveal() }, timeLimitMs);
  if (answer.kind === 'error') {
    for (const [sentence, said] of answer.said) remember(sentence, said);
    throw new PosternError(answer.error);
  }
  const { kind: _, privateKey, ...publicHalf } = answer;
  return { ...publicHalf, privateKey: new Secret(privateKey) };
}

function ask(question: z.infer<typeof ParseQuestion>, timeLimitMs: number): Promise<ParseAnswer> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(workerFile('parsePrivateKey', import.meta.url), { workerData: question });
    const timer = setTimeout(() => {
      void worker.terminate();
      reject(new PosternError({ code: 'key.unreadable', message: say`The private key was not decrypted within ${timeLimitMs / 1000} seconds.`, remedy: say`Export it again with: ssh-keygen -p -a 16 -f FILE` }));
    }, timeLimitMs);
    worker.once('message', (message: unknown) => resolve(ParseAnswer.parse(message)));
    worker.once('error', reject);
    worker.once('exit', () => {
      clearTimeout(timer);
      reject(new PosternError({ code: 'internal', message: say`The worker that reads private keys ended without an answer.` }));
    });
  });
}
