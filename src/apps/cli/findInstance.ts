/** The instance, managed node or container of ECS that a person names on the command line. */
import type { Instance } from '../../contract/instance.ts';
import { isEcsTarget } from '../../services/ecsTargets.ts';
import type { Running } from './run.ts';
import { untilInterrupted } from './run.ts';
import { findTarget } from './target.ts';

/** @throws PosternError `instance.not-found`, `instance.ambiguous`, `input.invalid`, `cancelled` */
export async function findInstance({ services, interrupted }: Pick<Running, 'services' | 'interrupted'>, target: string): Promise<Instance> {
  if (isEcsTarget(target)) return services.local.ecsTarget(target);
  return findTarget(await untilInterrupted(interrupted, services.local.allInstances()), target);
}
