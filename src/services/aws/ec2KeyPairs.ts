/** Key pairs in EC2: the public half goes there, and a private half never comes from there. */
import type { Ec2KeyUse } from '../../contract/ec2Key.ts';
import { PosternError } from '../../contract/error.ts';
import { say } from '../../contract/say.ts';
import { toAwsError } from './awsErrors.ts';
import type { ScopeClients } from './clients.ts';
import { toActionError } from './instanceActions.ts';
import { readPart } from './readPart.ts';

/** No account has more pages of templates. */
const MAX_PAGES = 100;

/**
 * @param publicKey one authorized_keys line, ed25519 or RSA
 * @throws PosternError `key.name-taken`, `action.refused`, any `aws.*` code, `cancelled`
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ImportKeyPair.html
 */
export async function importKeyPair(clients: ScopeClients, keyName: string, publicKey: string, signal: AbortSignal): Promise<void> {
  const call = clients.call('ec2', 'ImportKeyPair', keyName);
  try {
    const [client, { ImportKeyPairCommand }] = await Promise.all([clients.ec2(), import('@aws-sdk/client-ec2')]);
    await client.send(new ImportKeyPairCommand({ KeyName: keyName, PublicKeyMaterial: new TextEncoder().encode(publicKey) }), { abortSignal: signal });
  } catch (thrown) {
    if (signal.aborted) throw new PosternError({ code: 'cancelled', message: say`${call.action} was cancelled.` }, { cause: thrown });
    if (thrown instanceof Error && thrown.name === 'InvalidKeyPair.Duplicate') throw new PosternError({ code: 'key.name-taken', message: say`EC2 already has a key pair named "${keyName}" in ${call.region}.`, remedy: say`Choose another name.` }, { cause: thrown });
    throw toActionError(thrown, call);
  }
}

/** One that is not there counts as deleted. @throws PosternError any `aws.*` code, `cancelled` @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteKeyPair.html */
export async function deleteKeyPair(clients: ScopeClients, keyName: string, signal: AbortSignal): Promise<void> {
  const call = clients.call('ec2', 'DeleteKeyPair', keyName);
  try {
    const [client, { DeleteKeyPairCommand }] = await Promise.all([clients.ec2(), import('@aws-sdk/client-ec2')]);
    await client.send(new DeleteKeyPairCommand({ KeyName: keyName }), { abortSignal: signal });
  } catch (thrown) {
    throw signal.aborted ? new PosternError({ code: 'cancelled', message: say`${call.action} was cancelled.` }, { cause: thrown }) : toAwsError(thrown, call);
  }
}

/**
 * Launch templates whose default or latest version names the key pair.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeLaunchTemplateVersions.html
 */
export function launchTemplatesWith(clients: ScopeClients, keyName: string, signal: AbortSignal): Promise<Ec2KeyUse['launchTemplates']> {
  return readPart({ clients, signal }, 'ec2', 'DescribeLaunchTemplateVersions', async () => {
    const [client, { DescribeLaunchTemplateVersionsCommand }] = await Promise.all([clients.ec2(), import('@aws-sdk/client-ec2')]);
    const found = new Map<string, { launchTemplateId: string; launchTemplateName: string; version: number }>();
    let nextToken: string | undefined;
    for (let page = 0; page < MAX_PAGES; page += 1) {
      const answer = await client.send(new DescribeLaunchTemplateVersionsCommand({ Versions: ['$Latest', '$Default'], ...(nextToken === undefined ? {} : { NextToken: nextToken }) }), { abortSignal: signal });
      for (const { LaunchTemplateId: launchTemplateId = '', LaunchTemplateName: launchTemplateName = '', VersionNumber: version = 0, LaunchTemplateData: data } of answer.LaunchTemplateVersions ?? [])
        if (data?.KeyName === keyName) found.set(`${launchTemplateId}/${version}`, { launchTemplateId, launchTemplateName, version });
      nextToken = answer.NextToken === '' ? undefined : answer.NextToken;
      if (nextToken === undefined) break;
    }
    return [...found.values()];
  });
}
