/** The serial console: the door that needs nothing of the network. Pure. */
import type { Instance } from '../../contract/instance.ts';
import type { RoutePlan } from '../../contract/route.ts';
import { say } from '../../contract/say.ts';
import type { PlanFacts } from './verdict.ts';
import { SSH_PORT } from './verdict.ts';

/** Families on the older Xen hypervisor: there is no serial console on them. @see https://docs.aws.amazon.com/ec2/latest/instancetypes/ec2-nitro-instances.html */
const xenTypes = /^(t[12]|m[1-4]|c[134]|r[34]|i[23]|d2|h1|hs1|g[23]s?|p[23]|x1e?|f1|cc2|cr1|cg1)\.(?!metal)/;

/** Nothing for an instance that does not run, or where a port is wanted. */
export function planSerial(instance: Instance, { port }: PlanFacts): RoutePlan[] {
  if (instance.state !== 'running' || (port !== undefined && port !== SSH_PORT)) return [];
  const route = { kind: 'serial' as const, instanceId: instance.instanceId };
  if (xenTypes.test(instance.instanceType ?? '')) return [{ route, usable: 'no', reason: say`Serial console: ${instance.instanceType ?? say`its type`} is not built on the Nitro system.` }];
  return [{ route, usable: 'unknown', reason: say`Serial console: works where the account allows it and a user of the system has a password; whatever the network does. Taken only when chosen.` }];
}
