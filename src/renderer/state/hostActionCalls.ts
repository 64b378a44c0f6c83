/** What the window asks for to change hosts and key pairs in EC2, and to show what was done. Failures are the caller's to show. */
import type { ActionKind, Protection, RunAction } from '../../contract/action.ts';
import type { CreateEc2Key, Ec2KeyRef } from '../../contract/ec2Key.ts';
import type { Client } from './connection.ts';

export type HostActionCalls = ReturnType<typeof createHostActionCalls>;

export function createHostActionCalls(services: () => Client) {
  return {
    costs: (kind: ActionKind, instanceIds: readonly string[]) => services().actions.costs({ kind, instanceIds: [...instanceIds] }),
    run: (request: RunAction) => services().actions.run(request),
    protect: (instanceId: string, which: keyof Protection, on: boolean) => services().actions.protect({ instanceId, which, on }),
    /** As read now. */
    protection: async (instanceId: string) => (await services().instances.details({ instanceId })).protection,
    password: (instanceId: string, keyPairId: string | undefined) => services().windows.password({ instanceId, ...(keyPairId === undefined ? {} : { keyPairId }) }),
    openRemoteDesktop: (instanceId: string) => services().windows.openRemoteDesktop({ instanceId }),
    createEc2Key: (input: CreateEc2Key) => services().ec2Keys.create(input),
    importEc2Key: (input: Ec2KeyRef & { readonly keyPairId: string }) => services().ec2Keys.import(input),
    ec2KeyUse: (key: Ec2KeyRef) => services().ec2Keys.use(key),
    deleteEc2Key: (input: Ec2KeyRef & { readonly typedName: string }) => services().ec2Keys.delete(input),
  };
}
