/**
 * Passphrases of key files that the person asked to keep: in the secret store, by the path of the file. A keychain tells no
 * names, so which paths there are stands in a file of its own.
 */
import * as z from 'zod';
import type { Log } from '../base/log.ts';
import { Secret } from '../base/secret.ts';
import type { SecretStore } from '../base/secret.ts';
import type { Store } from '../base/store.ts';

export const KEPT_PASSPHRASE_DOCUMENT_VERSION = 1;
export const KeptPassphraseDocument = z.object({ paths: z.array(z.string()).default([]) });

export interface KeptPassphrases {
  /** Paths of key files, sorted. */
  list(): Promise<readonly string[]>;
  /** Undefined when none is kept, or the store cannot be asked now. */
  recall(path: string): Promise<string | undefined>;
  /** @throws PosternError `keychain.*`, `data.write-failed` */
  keep(path: string, passphrase: string): Promise<void>;
  /** Forgetting what is not kept is no error. @throws PosternError `keychain.*`, `data.write-failed` */
  forget(path: string): Promise<void>;
}

export function createKeptPassphrases({ secrets, store, log }: { readonly secrets: SecretStore; readonly store: Store<z.infer<typeof KeptPassphraseDocument>>; readonly log: Log }): KeptPassphrases {
  return {
    list: async () => (await store.read()).paths.toSorted(),
    async recall(path) {
      if (!(await store.read()).paths.includes(path)) return undefined;
      try {
        const secret = await secrets.get(nameOf(path));
        const passphrase = secret?.revealText();
        secret?.wipe();
        return passphrase;
      } catch (cause) {
        log.warn('a kept passphrase could not be read', { path, cause });
        return undefined;
      }
    },
    async keep(path, passphrase) {
      const secret = Secret.fromText(passphrase);
      try {
        await secrets.set(nameOf(path), secret);
      } finally {
        secret.wipe();
      }
      await store.change(({ paths }) => ({ paths: [...new Set([...paths, path])] }));
    },
    async forget(path) {
      if (!(await store.read()).paths.includes(path)) return;
      await secrets.delete(nameOf(path));
      await store.change(({ paths }) => ({ paths: paths.filter((kept) => kept !== path) }));
    },
  };
}

function nameOf(path: string): string {
  return `passphrase/${path}`;
}
