/** The administrator's first password of a Windows instance: read encrypted from EC2, decrypted with the key in the keychain. */
import type { KeyPair } from '../../contract/key.ts';
import { PosternError } from '../../contract/error.ts';
import { isWindows, type Instance } from '../../contract/instance.ts';
import { say } from '../../contract/say.ts';
import { scopeKey } from '../../contract/scope.ts';
import type { AdministratorPassword } from '../../contract/windowsHost.ts';
import type { AwsClients } from '../aws/clients.ts';
import { getPasswordData } from '../aws/instanceActions.ts';
import { decryptWithKey } from '../keys/decryptWithKey.ts';
import type { KeyPairs } from '../keys/keyPairs.ts';

const TIMEOUT_MS = 30_000;
/** What AWS's images call it, whatever the language of Windows. */
const USER_NAME = 'Administrator';

/**
 * @param keyPairId absent: the keychain key that EC2 knows under the name of the launch
 * @throws PosternError `input.invalid`, `key.not-found`, `key.unsupported`, `key.unreadable`, `keychain.*`, any `aws.*` code
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_GetPasswordData.html
 */
export async function readAdministratorPassword({ clients, keys }: { readonly clients: AwsClients; readonly keys: Pick<KeyPairs, 'list' | 'privateKey'> }, instance: Instance, keyPairId: string | undefined): Promise<AdministratorPassword> {
  const name = instance.name ?? instance.instanceId;
  if (!isWindows(instance)) throw new PosternError({ code: 'input.invalid', message: say`${name} is no Windows instance.` });
  if (instance.keyName === undefined) throw new PosternError({ code: 'key.not-found', message: say`${name} was launched without a key pair: EC2 keeps no password of it.`, remedy: say`Set one through Session Manager.` });
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  const [all, data] = await Promise.all([keys.list(), clients.ready(instance.scope, signal).then((scoped) => getPasswordData(scoped, instance.instanceId, signal))]);
  if (data === undefined) return { kind: 'not-yet', message: say`EC2 has no password of ${name} yet. It can take four minutes after the first launch; an image of your own may never give one.` };
  const key = all.find((one) => (keyPairId === undefined ? isLaunchKey(one, instance) : one.keyPairId === keyPairId));
  if (key === undefined) throw new PosternError({ code: 'key.not-found', message: say`The private half of the key pair "${instance.keyName}" is not in Postern.`, remedy: say`Import the private key of "${instance.keyName}" in Keys, or choose the key it is known by here.` });
  if (key.origin === 'agent') throw new PosternError({ code: 'key.unsupported', message: say`"${key.keyName}" is in an SSH agent, and agents decrypt nothing.`, remedy: say`Import its private half in Keys.` });
  const password = decryptWithKey(await keys.privateKey(key.keyPairId), key.keyName, data);
  try {
    return { kind: 'password', userName: USER_NAME, password: password.revealText() };
  } finally {
    password.wipe();
  }
}

function isLaunchKey({ ec2KeyPairs }: KeyPair, { keyName, scope }: Instance): boolean {
  return ec2KeyPairs.some((pair) => pair.keyName === keyName && pair.scopeKey === scopeKey(scope));
}
