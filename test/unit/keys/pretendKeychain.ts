/** Keychain items in memory that can refuse, hang and be cut off, as real keychains do. */
import type { KeychainItems } from '../../../src/services/keys/splitSecrets.ts';

export class PretendKeychain implements KeychainItems {
  readonly items = new Map<string, Uint8Array>();
  /** Writes and removals still allowed; then the process "dies": everything fails. */
  changesLeft = Infinity;
  failure: Error | undefined;
  hangs = false;
  readonly #itemLimitBytes: number;

  constructor(itemLimitBytes = Infinity) {
    this.#itemLimitBytes = itemLimitBytes;
  }

  async read(account: string): Promise<Uint8Array | undefined> {
    await this.#answer();
    const bytes = this.items.get(account);
    return bytes === undefined ? undefined : Uint8Array.from(bytes);
  }

  async write(account: string, bytes: Uint8Array): Promise<void> {
    await this.#answer();
    this.#change();
    if (bytes.length > this.#itemLimitBytes) throw new Error(`${bytes.length} bytes are more than ${this.#itemLimitBytes}`);
    this.items.set(account, Uint8Array.from(bytes));
  }

  async remove(account: string): Promise<void> {
    await this.#answer();
    this.#change();
    this.items.delete(account);
  }

  async #answer(): Promise<void> {
    if (this.hangs) await new Promise<never>(() => undefined);
    if (this.failure !== undefined) throw this.failure;
  }

  #change(): void {
    if (this.changesLeft === 0) throw new Error('the process died');
    this.changesLeft -= 1;
  }
}
