/**
 * Values that must never be printed, and the places that keep them.
 */
import { inspect } from 'node:util';
import type { SecretStoreStatus } from '../../contract/key.ts';

/** Bytes that print as `[secret]` in JSON, templates, logs and dumps. */
export class Secret {
  readonly #bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  static fromText(text: string): Secret {
    return new Secret(new TextEncoder().encode(text));
  }

  /** The bytes themselves. Search for `.reveal(` to audit every use. */
  reveal(): Uint8Array {
    return this.#bytes;
  }

  /** The bytes as UTF-8 text. Search for `.revealText(` to audit every use. */
  revealText(): string {
    return new TextDecoder().decode(this.#bytes);
  }

  /** Overwrite with zeros. Copies made by `revealText` live until they are collected. */
  wipe(): void {
    this.#bytes.fill(0);
  }

  toString(): string {
    return '[secret]';
  }

  toJSON(): string {
    return '[secret]';
  }

  [inspect.custom](): string {
    return '[secret]';
  }
}

/**
 * Where secrets are kept. Names are ours and not secret.
 *
 * Every method may throw PosternError `keychain.unavailable` or `keychain.locked`.
 */
export interface SecretStore {
  readonly kind: SecretStoreStatus['kind'];
  /** Shown to the person, e.g. `Secret Service`. */
  readonly label: string;
  get(name: string): Promise<Secret | undefined>;
  set(name: string, secret: Secret): Promise<void>;
  /** Deleting what is not there is no error. */
  delete(name: string): Promise<void>;
  /** Whether it can be used right now; never prompts. */
  probe(): Promise<void>;
}

/** Keeps secrets until the process ends. For tests and for the demo cloud's own key. */
export class MemorySecretStore implements SecretStore {
  readonly kind = 'memory';
  readonly label = 'Memory of this process';
  readonly #secrets = new Map<string, Secret>();

  // Copies both ways, as every other store gives: callers wipe what they pass and what they get.
  async get(name: string): Promise<Secret | undefined> {
    const secret = this.#secrets.get(name);
    return secret === undefined ? undefined : new Secret(Uint8Array.from(secret.reveal()));
  }

  async set(name: string, secret: Secret): Promise<void> {
    this.#secrets.set(name, new Secret(Uint8Array.from(secret.reveal())));
  }

  async delete(name: string): Promise<void> {
    this.#secrets.delete(name);
  }

  async probe(): Promise<void> {}
}
