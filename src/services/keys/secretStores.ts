/**
 * Which store holds private keys right now: the operating system's keychain, or the encrypted file the person opened.
 */
import { access } from 'node:fs/promises';
import { join } from 'node:path';
import type { SecretStoreStatus } from '../../contract/key.ts';
import { toPosternError } from '../../contract/error.ts';
import { Secret } from '../base/secret.ts';
import type { SecretStore } from '../base/secret.ts';
import { openSecretFile } from './secretFile.ts';

export interface SecretStores {
  /** The store in use; stays the same object when the person opens the file. */
  readonly store: SecretStore;
  /** Asks the store; never prompts. */
  status(): Promise<SecretStoreStatus>;
  /**
   * Open the encrypted file, or make it, and keep new secrets there from now on.
   *
   * @throws PosternError `secrets.passphrase-wrong`, `data.unreadable`, `data.write-failed`
   */
  useFile(input: { readonly passphrase: string }): Promise<void>;
  /** Told when another store is used. Returns how to stop. */
  onChanged(listener: (status: SecretStoreStatus) => void): () => void;
}

/** @param options.keychain what the app's Platform gives */
export function createSecretStores(options: { readonly keychain: SecretStore; readonly dataDir: string }): SecretStores {
  const { keychain } = options;
  const filePath = join(options.dataDir, 'secrets.json');
  const listeners = new Set<(status: SecretStoreStatus) => void>();
  let file: SecretStore | undefined;

  const store: SecretStore = {
    get kind() {
      return (file ?? keychain).kind;
    },
    get label() {
      return (file ?? keychain).label;
    },
    // A key kept before the file was opened is still in the keychain.
    async get(name) {
      return (await file?.get(name)) ?? (await keychain.get(name));
    },
    set: (name, secret) => (file ?? keychain).set(name, secret),
    async delete(name) {
      const inFile = (await file?.get(name)) !== undefined;
      await (inFile && file !== undefined ? file : keychain).delete(name);
    },
    probe: () => (file ?? keychain).probe(),
  };

  async function status(): Promise<SecretStoreStatus> {
    const about = { kind: store.kind, label: store.label, fileExists: await exists(filePath) };
    try {
      await store.probe();
      return { ...about, state: 'ready' };
    } catch (thrown) {
      const error = toPosternError(thrown);
      return { ...about, state: error.code === 'keychain.locked' ? 'locked' : 'unavailable', error: error.toReport() };
    }
  }

  return {
    store,
    status,
    async useFile({ passphrase }) {
      const secret = Secret.fromText(passphrase);
      try {
        file = await openSecretFile(filePath, secret);
      } finally {
        secret.wipe();
      }
      const now = await status();
      for (const listener of listeners) listener(now);
    },
    onChanged(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

async function exists(path: string): Promise<boolean> {
  try {
    await access(path);
    return true;
  } catch {
    return false;
  }
}
