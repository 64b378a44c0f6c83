/** The worker thread of parsePrivateKey.ts: decrypts one key, answers, ends. */
import { parentPort, workerData } from 'node:worker_threads';
import { toPosternError } from '../../contract/error.ts';
import { ErrorReport } from '../../contract/errorReport.ts';
import { sentencesIn } from '../../contract/sentencesIn.ts';
import { Secret } from '../base/secret.ts';
import type { ParseAnswer } from './parsePrivateKey.ts';
import { ParseQuestion } from './parsePrivateKey.ts';
import { decryptPrivateKey } from './readPrivateKey.ts';

async function answer(): Promise<ParseAnswer> {
  const question = ParseQuestion.parse(workerData);
  const text = new Secret(question.text);
  const passphrase = new Secret(question.passphrase);
  try {
    const { privateKey, ...publicHalf } = await decryptPrivateKey(text, passphrase);
    return { kind: 'key', ...publicHalf, privateKey: privateKey.reveal() };
  } catch (thrown) {
    const error = toPosternError(thrown).toReport();
    return { kind: 'error', error, said: [...(sentencesIn(ErrorReport, error) ?? [])] };
  } finally {
    text.wipe();
    passphrase.wipe();
  }
}

const answered = await answer();
parentPort?.postMessage(answered);
if (answered.kind === 'key') answered.privateKey.fill(0);
