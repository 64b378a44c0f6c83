/**
 * A key pair for one sign-in: made in memory, its public half lent to the host when its turn comes, its private half wiped after.
 */
import { generateKeyPair } from '../keys/generateKeyPair.ts';
import { Secret } from '../base/secret.ts';
import type { OwnKey } from './signingKey.ts';

export interface OneTimeKey extends OwnKey {
  /** Wipes the private half. */
  discard(): void;
}

export interface OneTimeKeyOptions {
  readonly keyName: string;
  /** What to look at when the host does not take it, as a sentence. */
  readonly whenRefused: string;
  /** Called just before each time it is offered: a lent key lives for a minute, so it is lent as late as can be. */
  readonly lend: (publicKey: string) => Promise<void>;
}

export async function createOneTimeKey({ keyName, whenRefused, lend }: OneTimeKeyOptions): Promise<OneTimeKey> {
  const { publicKey, privateKey } = await generateKeyPair({ keyType: 'ed25519' });
  return {
    keyName,
    publicKey,
    whenRefused,
    beforeOffer: () => lend(publicKey),
    privateKey: async () => new Secret(Uint8Array.from(privateKey.reveal())),
    discard: () => privateKey.wipe(),
  };
}
