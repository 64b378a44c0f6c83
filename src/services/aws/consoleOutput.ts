/** What an instance wrote to its console. */
import { PosternError } from '../../contract/error.ts';
import { say } from '../../contract/say.ts';
import { toAwsError } from './awsErrors.ts';
import type { ScopeClients } from './clients.ts';

/**
 * The last 64 KiB of the console: as EC2 kept it shortly after the last start or reboot, or as it is now.
 *
 * @param latest as it is now, which only instances on Nitro can tell
 * @returns absent when there is none (yet), or no latest one
 * @throws PosternError `instance.not-found`, any `aws.*` code, `cancelled`
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_GetConsoleOutput.html
 */
export async function getConsoleOutput(clients: ScopeClients, instanceId: string, latest: boolean, signal: AbortSignal): Promise<string | undefined> {
  const call = clients.call('ec2', 'GetConsoleOutput', instanceId);
  try {
    const [client, { GetConsoleOutputCommand }] = await Promise.all([clients.ec2(), import('@aws-sdk/client-ec2')]);
    const { Output: output } = await client.send(new GetConsoleOutputCommand({ InstanceId: instanceId, ...(latest ? { Latest: true } : {}) }), { abortSignal: signal });
    return output === undefined || output === '' ? undefined : Buffer.from(output, 'base64').toString('utf8');
  } catch (thrown) {
    if (signal.aborted) throw new PosternError({ code: 'cancelled', message: say`${call.action} was cancelled.` }, { cause: thrown });
    if (latest && thrown instanceof Error && thrown.name === 'UnsupportedOperation') return undefined;
    throw toAwsError(thrown, call);
  }
}
