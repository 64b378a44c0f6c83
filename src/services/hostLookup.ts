/** Finds the machine that an id means, wherever it was named: in a list, by a person, in a configuration, or this computer. */
import { PosternError } from '../contract/error.ts';
import type { Instance } from '../contract/instance.ts';
import { say } from '../contract/say.ts';
import type { Inventory } from './aws/inventory.ts';
import type { EcsTargets } from './ecsTargets.ts';
import { toSessionTarget } from './sessions/configHostConnect.ts';
import { toLocalTarget } from './sessions/localShell.ts';

export interface HostLookup {
  /** @throws PosternError `instance.not-found` */
  instanceOf(instanceId: string): Instance;
  /** For what is asked of EC2: it knows no other machines. @throws PosternError `instance.not-found` */
  ec2InstanceOf(instanceId: string): Instance;
  /** What a session may be opened on. @throws PosternError `instance.not-found` */
  hostOf(hostId: string): Instance;
}

export function createHostLookup(inventory: Pick<Inventory, 'instance'>, ecsTargets: Pick<EcsTargets, 'find'>): HostLookup {
  function instanceOf(instanceId: string): Instance {
    const instance = inventory.instance(instanceId) ?? ecsTargets.find(instanceId);
    if (instance === undefined) throw new PosternError({ code: 'instance.not-found', message: say`${instanceId} is in none of the chosen profiles and regions.`, remedy: say`Choose the profile and region it is in, and refresh.` });
    return instance;
  }
  return {
    instanceOf,
    ec2InstanceOf(instanceId) {
      const instance = instanceOf(instanceId);
      if (instance.managedNode !== undefined) throw new PosternError({ code: 'instance.not-found', message: say`${instance.name ?? instanceId} is no EC2 instance: EC2 knows nothing of it, and can do nothing with it.`, remedy: say`Open it by Session Manager.` });
      return instance;
    },
    hostOf: (hostId) => toLocalTarget(hostId) ?? toSessionTarget(hostId) ?? instanceOf(hostId),
  };
}
