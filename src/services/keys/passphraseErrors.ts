/** The two things to say about a passphrase. */
import { PosternError } from '../../contract/error.ts';

export function passphraseNeeded(): PosternError {
  return new PosternError({ code: 'key.passphrase-needed', message: 'The private key is encrypted.', remedy: 'Enter its passphrase.' });
}

export function passphraseWrong(cause: unknown): PosternError {
  return new PosternError({ code: 'key.passphrase-wrong', message: 'The private key does not open with this passphrase.', remedy: 'Enter the passphrase again, with capitals as they were.', retryable: true }, { cause });
}
