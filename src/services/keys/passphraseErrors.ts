/** The two things to say about a passphrase. */
import { PosternError } from '../../contract/error.ts';
import { say } from '../../contract/say.ts';

export function passphraseNeeded(): PosternError {
  return new PosternError({ code: 'key.passphrase-needed', message: say`The private key is encrypted.`, remedy: say`Enter its passphrase.` });
}

export function passphraseWrong(cause: unknown): PosternError {
  return new PosternError({ code: 'key.passphrase-wrong', message: say`The private key does not open with this passphrase.`, remedy: say`Enter the passphrase again, with capitals as they were.`, retryable: true }, { cause });
}
