/** Key pairs in EC2 out of the keychain: made here, imported as a public half, deleted, and who uses one. */
import type { CreateEc2Key, Ec2KeyRef, Ec2KeyUse } from '../../contract/ec2Key.ts';
import { PosternError } from '../../contract/error.ts';
import type { Instance } from '../../contract/instance.ts';
import { scopeKey, type Scope } from '../../contract/scope.ts';
import type { KeyPair } from '../../contract/key.ts';
import { say } from '../../contract/say.ts';
import type { AwsClients } from '../aws/clients.ts';
import { deleteKeyPair, importKeyPair, launchTemplatesWith } from '../aws/ec2KeyPairs.ts';
import type { Inventory } from '../aws/inventory.ts';
import type { KeyPairs } from '../keys/keyPairs.ts';

const TIMEOUT_MS = 20_000;

export interface Ec2KeysOptions {
  readonly clients: AwsClients;
  readonly keys: Pick<KeyPairs, 'list' | 'generate'>;
  readonly inventory: Pick<Inventory, 'instances' | 'refresh'>;
  /** Told before each change; the answer is told how it ended. */
  readonly record: (kind: 'key-created' | 'key-imported' | 'key-deleted', key: Ec2KeyRef) => (error: unknown) => void;
}

export interface Ec2Keys {
  /**
   * The private half is made here and goes into the keychain first: CreateKeyPair would send it over the wire. When EC2 then refuses
   * the public half, the key stays in the keychain and can be imported once more.
   *
   * @throws PosternError `key.name-taken`, `keychain.*`, `action.refused`, any `aws.*` code
   */
  create(input: CreateEc2Key): Promise<KeyPair>;
  /** @throws PosternError `key.not-found`, `key.unsupported`, `key.name-taken`, `action.refused`, any `aws.*` code */
  import(input: Ec2KeyRef & { readonly keyPairId: string }): Promise<void>;
  use(key: Ec2KeyRef): Promise<Ec2KeyUse>;
  /** @throws PosternError `action.not-confirmed` (nothing was done), any `aws.*` code */
  delete(input: Ec2KeyRef & { readonly typedName: string }): Promise<void>;
}

export function createEc2Keys({ clients, keys, inventory, record }: Ec2KeysOptions): Ec2Keys {
  async function recorded<T>(kind: Parameters<typeof record>[0], key: Ec2KeyRef, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const ended = record(kind, key);
    try {
      const done = await work(AbortSignal.timeout(TIMEOUT_MS));
      ended(undefined);
      return done;
    } catch (thrown) {
      ended(thrown);
      throw thrown;
    } finally {
      // What EC2 has is told with the scope.
      void inventory.refresh(key.scope);
    }
  }

  const usersOf = ({ keyName, scope }: Ec2KeyRef): Instance[] => inventory.instances().filter((instance) => instance.keyName === keyName && instance.state !== 'terminated' && scopeKey(instance.scope) === scopeKey(scope));
  const importPublicHalf = async (scope: Scope, keyName: string, publicKey: string, signal: AbortSignal): Promise<void> => importKeyPair(await clients.ready(scope, signal), keyName, publicKey, signal);

  return {
    async create({ scope, keyName, keyType, bits }) {
      return recorded('key-created', { scope, keyName }, async (signal) => {
        const key = await keys.generate({ keyName, keyType, ...(bits === undefined ? {} : { bits }) });
        try {
          await importPublicHalf(scope, keyName, key.publicKey, signal);
        } catch (thrown) {
          if (!(thrown instanceof PosternError)) throw thrown;
          throw new PosternError({ ...thrown.toReport(), message: say`${thrown.message} The key itself was made, and is in the keychain.`, remedy: thrown.remedy === undefined ? say`Then import "${keyName}" into EC2.` : say`${thrown.remedy} Then import "${keyName}" into EC2.` }, { cause: thrown });
        }
        return key;
      });
    },
    async import({ scope, keyName, keyPairId }) {
      const key = (await keys.list()).find((one) => one.keyPairId === keyPairId);
      if (key === undefined) throw new PosternError({ code: 'key.not-found', message: say`This key is no longer in Postern.`, remedy: say`Choose another key.` });
      if (key.keyType !== 'ed25519' && key.keyType !== 'rsa') throw new PosternError({ code: 'key.unsupported', message: say`EC2 takes ED25519 and RSA keys, and "${key.keyName}" is ${key.keyType}.`, remedy: say`Choose another key.` });
      await recorded('key-imported', { scope, keyName }, (signal) => importPublicHalf(scope, keyName, key.publicKey, signal));
    },
    async use(key) {
      const signal = AbortSignal.timeout(TIMEOUT_MS);
      const launchTemplates = await launchTemplatesWith(await clients.ready(key.scope, signal), key.keyName, signal);
      return { instances: usersOf(key).map(({ instanceId, name, state }) => ({ instanceId, ...(name === undefined ? {} : { instanceName: name }), state })), launchTemplates };
    },
    async delete({ scope, keyName, typedName }) {
      if (typedName.trim() !== keyName) throw new PosternError({ code: 'action.not-confirmed', message: say`To delete the key pair "${keyName}", its name must be typed. Nothing was done.`, remedy: say`Type its name.` });
      await recorded('key-deleted', { scope, keyName }, async (signal) => deleteKeyPair(await clients.ready(scope, signal), keyName, signal));
    },
  };
}
