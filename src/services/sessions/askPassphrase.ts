/** Asks for the passphrase of a key file: what is kept first, then the person, who may have it kept. */
import { toPosternError } from '../../contract/error.ts';
import type { KeptPassphrases } from '../keys/keptPassphrases.ts';
import type { AskPassphrase } from '../ssh/identityFile.ts';
import type { Progress } from './progress.ts';

/** @param kept absent: nothing is kept, and the person is not offered to */
export function askPassphrase(kept: KeptPassphrases | undefined, progress: Progress): AskPassphrase {
  const recalled = new Set<string>();
  return async (path, attempt) => {
    if (attempt === 1) {
      const passphrase = await kept?.recall(path);
      if (passphrase !== undefined) {
        recalled.add(path);
        return passphrase;
      }
    } else {
      // It did not open the key: whatever is kept is of no use.
      await kept?.forget(path).catch((thrown: unknown) => progress.step('authenticating', toPosternError(thrown).message));
    }
    const asked = recalled.has(path) ? attempt - 1 : attempt;
    const { passphrase, remember } = await progress.ask<'passphrase'>({ kind: 'passphrase', keyName: path, attempt: asked, ...(kept === undefined ? {} : { canRemember: true }) });
    // A keychain that refuses is no reason not to sign in.
    if (remember === true) await kept?.keep(path, passphrase).catch((thrown: unknown) => progress.step('authenticating', toPosternError(thrown).message));
    return passphrase;
  };
}
