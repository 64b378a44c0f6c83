/** Who a profile is, as AWS sees it. */
import { PosternError } from '../../contract/error.ts';
import { say } from '../../contract/say.ts';
import { toAwsError } from './awsErrors.ts';
import type { ScopeClients } from './clients.ts';

export interface CallerIdentity {
  /** Twelve digits. */
  readonly accountId: string;
  readonly arn?: string;
  readonly userId?: string;
}

/**
 * Needs no permission, so it tells whether the credentials work at all.
 *
 * @throws PosternError any `aws.*` code, `cancelled`
 * @see https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html
 */
export async function callerIdentity(clients: ScopeClients, signal: AbortSignal): Promise<CallerIdentity> {
  const call = clients.call('sts', 'GetCallerIdentity');
  try {
    const [client, { GetCallerIdentityCommand }] = await Promise.all([clients.sts(), import('@aws-sdk/client-sts')]);
    const { Account: accountId, Arn: arn, UserId: userId } = await client.send(new GetCallerIdentityCommand({}), { abortSignal: signal });
    if (accountId === undefined) throw new PosternError({ code: 'aws.endpoint-not-aws', message: say`${call.endpoint} did not answer ${call.action} as AWS does.`, remedy: say`Check the endpoint URL, and whether a proxy or a sign-in page answers instead of AWS.` });
    return { accountId, ...(arn === undefined ? {} : { arn }), ...(userId === undefined ? {} : { userId }) };
  } catch (thrown) {
    throw toAwsError(thrown, call);
  }
}
