/**
 * Containers of ECS as targets of Session Manager: `ecs:CLUSTER_TASK_RUNTIME`, as ECS Exec names them. Nothing lists them here,
 * so that a person names one, and the account and region it is in.
 *
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-exec.html
 */
import { PosternError } from '../contract/error.ts';
import type { Instance } from '../contract/instance.ts';
import { say } from '../contract/say.ts';
import { ALL_REGIONS, scopeKey, type Scope } from '../contract/scope.ts';

const PREFIX = 'ecs:';
/**
 * A cluster's name, a task's id (32 hexadecimal digits, or a UUID of older tasks) and the container's runtime id: Docker's 64
 * hexadecimal digits on EC2, the task's id and a number on Fargate.
 */
const shape = /^ecs:[A-Za-z0-9][A-Za-z0-9_-]{0,254}_(?:[0-9a-f]{32}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})_[0-9a-f]{12,64}(?:-[0-9]{1,20})?$/;

export interface EcsTargets {
  /** One that was named before. */
  find(target: string): Instance | undefined;
  /** @throws PosternError `input.invalid` where it has not the shape, or it is not clear which profile and region are meant */
  name(target: string): Promise<Instance>;
}

export function isEcsTarget(target: string): boolean {
  return target.startsWith(PREFIX);
}

/** @param chosenScopes what is listed */
export function createEcsTargets(chosenScopes: () => Promise<readonly Scope[]>): EcsTargets {
  const named = new Map<string, Instance>();
  return {
    find: (target) => named.get(target),
    async name(target) {
      if (!shape.test(target)) {
        throw new PosternError({
          code: 'input.invalid',
          message: say`That is no container of ECS: it is ecs:CLUSTER_TASK_RUNTIME, the name of the cluster, the id of the task and the runtime id of the container.`,
          remedy: say`"aws ecs describe-tasks" tells the task id (the end of taskArn) and the runtimeId of each container.`,
        });
      }
      const [scope, ...others] = (await chosenScopes()).filter(({ region }) => region !== ALL_REGIONS);
      if (scope === undefined || others.length > 0) {
        throw new PosternError({
          code: 'input.invalid',
          message: scope === undefined ? say`No profile and region are chosen for the container of ECS.` : say`Which account and region the container is in is not clear: ${[scope, ...others].map(scopeKey).join(', ')} are chosen.`,
          remedy: say`Give --profile and --region.`,
        });
      }
      const instance = toInstance(target, scope);
      named.set(target, instance);
      return instance;
    },
  };
}

function toInstance(target: string, scope: Scope): Instance {
  return { instanceId: target, managedNode: { resourceType: 'EcsContainer' }, scope, state: 'running', networkInterfaces: [], securityGroups: [], ssmKnown: false, tags: {} };
}
