/** The operating system's keychain as a SecretStore: macOS Keychain, Windows Credential Manager, Secret Service elsewhere. */
import { Secret } from '../base/secret.ts';
import type { SecretStore } from '../base/secret.ts';
import { keychainTimeout, lockedKeyring, noKeyring, toKeychainError } from './keychainErrors.ts';
import { keychainThread } from './keychainThread.ts';
import type { SecretServiceState } from './secretServiceState.ts';
import { secretServiceState } from './secretServiceState.ts';
import type { KeychainItems } from './splitSecrets.ts';
import { splitSecrets } from './splitSecrets.ts';

/** Long enough for a person to find the prompt and type the keyring's password. */
const TIME_LIMIT_MS = 60_000;
/** A probe never prompts, so only a sick keychain takes this long. */
const PROBE_LIMIT_MS = 5_000;
/** CRED_MAX_CREDENTIAL_BLOB_SIZE, 5 x 512 bytes. @see https://learn.microsoft.com/windows/win32/api/wincred/ns-wincred-credentialw */
const WINDOWS_ITEM_LIMIT_BYTES = 2_560;
/** Nothing is ever kept under this name: looking for it needs no unlocking. */
const PROBE_NAME = 'probe';

export interface KeychainOptions {
  readonly items: KeychainItems;
  /** As `process.platform`. */
  readonly platform: string;
  readonly timeLimitMs: number;
  readonly probeLimitMs: number;
  /** Asked where the Secret Service is used. */
  readonly readState: () => Promise<SecretServiceState>;
}

/** The keychain of this machine. Opening asks it nothing; `probe` and every use do. */
export function openKeychain(): SecretStore {
  return createKeychain({ items: keychainThread(), platform: process.platform, timeLimitMs: TIME_LIMIT_MS, probeLimitMs: PROBE_LIMIT_MS, readState: () => secretServiceState() });
}

/** A keychain over any backend. */
export function createKeychain({ items, platform, timeLimitMs, probeLimitMs, readState }: KeychainOptions): SecretStore {
  const label = { darwin: 'macOS Keychain', win32: 'Windows Credential Manager' }[platform] ?? 'Secret Service';
  const isSecretService = platform !== 'darwin' && platform !== 'win32';
  const secrets = splitSecrets(items, platform === 'win32' ? WINDOWS_ITEM_LIMIT_BYTES : Infinity);

  async function within<T>(limitMs: number, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const abort = new AbortController();
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        const error = keychainTimeout(label, limitMs);
        reject(error);
        abort.abort(error);
      }, limitMs);
    });
    try {
      return await Promise.race([work(abort.signal), late]);
    } catch (cause) {
      // Without a bus, or with one that does not answer, asking more would only take longer.
      const canTell = isSecretService && !abort.signal.aborted && !(cause instanceof Error && /dbus/i.test(cause.message));
      throw toKeychainError(cause, platform, canTell ? await readState() : 'unknown');
    } finally {
      clearTimeout(timer);
    }
  }

  return {
    kind: 'keychain',
    label,
    async get(name) {
      const bytes = await within(timeLimitMs, (signal) => secrets.read(name, signal));
      return bytes === undefined ? undefined : new Secret(bytes);
    },
    set: (name, secret) => within(timeLimitMs, (signal) => secrets.write(name, secret.reveal(), signal)),
    delete: (name) => within(timeLimitMs, (signal) => secrets.remove(name, signal)),
    async probe() {
      await within(probeLimitMs, (signal) => items.read(PROBE_NAME, signal));
      const state = isSecretService ? await readState() : 'unknown';
      if (state === 'locked') throw lockedKeyring();
      if (state === 'no-collection') throw noKeyring();
    },
  };
}
