/**
 * One of the demo's services: a wire protocol and a table of actions.
 */
import type { IncomingMessage } from 'node:http';
import type { AwsError } from './awsError.ts';
import type { Answer, AwsProtocol, CommonFault } from './awsProtocols.ts';
import type { RegionEstate } from './estateModel.ts';
import type { ActionName } from './faults.ts';
import type { Caller } from './identities.ts';

export type Actions<Input, Output> = Readonly<Record<string, (input: Input, region: RegionEstate, caller: Caller) => Output | Promise<Output>>>;

export interface AwsService {
  /** As in a SigV4 credential scope: `ec2`, `ssm`, ... */
  readonly name: string;
  /** @throws AwsError when the body cannot be read */
  read(request: IncomingMessage, body: Buffer): ServiceCall;
  toErrorAnswer(error: AwsError, requestId: string): Answer;
  toError(fault: CommonFault, what: { readonly callerArn: string; readonly action: string }): AwsError;
}

export interface ServiceCall {
  /** As IAM names it. */
  readonly action: ActionName;
  /** Undefined: the service has no such action. */
  readonly run: ((region: RegionEstate, requestId: string, caller: Caller) => Promise<Answer>) | undefined;
}

/** @param policyName as IAM names it, where that is not its name in signatures */
export function createAwsService<Input, Output>(name: string, protocol: AwsProtocol<Input, Output>, actions: Actions<Input, Output>, policyName: string = name): AwsService {
  return {
    name,
    read(request, body) {
      const { action, input } = protocol.read(request, body);
      const perform = Object.hasOwn(actions, action) ? actions[action] : undefined;
      return {
        action: `${policyName}:${action}`,
        run: perform === undefined ? undefined : async (region, requestId, caller) => protocol.toAnswer(action, await perform(input, region, caller), requestId),
      };
    },
    toErrorAnswer: (error, requestId) => protocol.toErrorAnswer(error, requestId),
    toError: (fault, what) => protocol.toError(fault, what),
  };
}
