/**
 * The worker thread of keychainThread.ts: the only place that calls the operating system's keychain.
 *
 * The synchronous Entry is right here: AsyncEntry's constructor speaks D-Bus on the calling thread (2 s when the daemon hangs),
 * and its calls hold a thread of libuv's pool of four, which files and crypto need, for as long as a prompt stands open.
 */
import { parentPort } from 'node:worker_threads';
import { Entry } from '@napi-rs/keyring';
import type { KeychainAnswer } from './keychainThread.ts';
import { KeychainQuestion } from './keychainThread.ts';

const SERVICE = 'postern';

parentPort?.on('message', (message: unknown) => {
  const question = KeychainQuestion.parse(message);
  parentPort?.postMessage(answer(question));
});

function answer(question: KeychainQuestion): KeychainAnswer {
  const { id, account } = question;
  try {
    // Pinned: without it, no D-Bus means the kernel's keyring, which forgets everything at the next start.
    const entry = new Entry(SERVICE, account, { linux: { store: 'secret-service' } });
    switch (question.operation) {
      case 'read': {
        const numbers = entry.getSecret();
        const bytes = numbers === null ? undefined : Uint8Array.from(numbers);
        numbers?.fill(0);
        return { id, kind: 'done', bytes };
      }
      case 'write':
        entry.setSecret(question.bytes);
        question.bytes.fill(0);
        return { id, kind: 'done' };
      case 'remove':
        entry.deleteCredential();
        return { id, kind: 'done' };
    }
  } catch (thrown) {
    return { id, kind: 'failed', message: thrown instanceof Error ? thrown.message : String(thrown) };
  }
}
