/** STS's part of the demo: who the credentials belong to. */
import { awsQuery } from './awsProtocols.ts';
import { createAwsService } from './awsService.ts';
import type { AwsService } from './awsService.ts';

export function createStsService(caller: { readonly accountId: string; readonly userId: string; readonly arn: string }): AwsService {
  return createAwsService('sts', awsQuery, {
    GetCallerIdentity: () => ({ Arn: caller.arn, UserId: caller.userId, Account: caller.accountId }),
  });
}
