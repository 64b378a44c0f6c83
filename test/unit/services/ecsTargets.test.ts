import { expect, test } from 'vitest';
import { PosternError } from '../../../src/contract/error.ts';
import type { Scope } from '../../../src/contract/scope.ts';
import { createEcsTargets } from '../../../src/services/ecsTargets.ts';

const scope: Scope = { profile: 'prod', region: 'eu-west-1' };
const task = '0e3bd3c2f0b24b9a8f8c1d2e3f4a5b6c';

async function refusal(target: string, scopes: readonly Scope[] = [scope]): Promise<string> {
  const thrown: unknown = await createEcsTargets(async () => scopes).name(target).catch((error: unknown) => error);
  return thrown instanceof PosternError ? `${thrown.code}: ${thrown.message}` : 'named';
}

test('a container on Fargate, one on EC2 and one of an older task are named, whatever underscores the cluster has', async () => {
  const targets = [`ecs:shop_${task}_${task}-527074092`, `ecs:my_old-cluster_${task}_${'ab12'.repeat(16)}`, `ecs:shop_0e3bd3c2-f0b2-4b9a-8f8c-1d2e3f4a5b6c_${task}-1`];
  const known = createEcsTargets(async () => [scope]);
  expect(known.find(targets[0] ?? '')).toBe(undefined);
  for (const target of targets) {
    const named = await known.name(target);
    expect(named).toMatchObject({ instanceId: target, scope, managedNode: { resourceType: 'EcsContainer' }, networkInterfaces: [] });
    expect(known.find(target)).toBe(named);
  }
});

test.each([`ecs:${task}_${task}-1`, `ecs:shop_${task}`, `ecs:shop_${task}_`, `ecs:shop_${task}_${task}-1;id`, `ecs:sh op_${task}_${task}-1`, `ecs:${'a'.repeat(300)}_${task}_${task}-1`, `ecs:shop_${task}_${task}-1\n`])('%s is no container of ECS', async (target) => {
  expect(await refusal(target)).toMatch(/^input\.invalid: That is no container of ECS/);
});

test('where several profiles or regions are chosen, or none, the person says which', async () => {
  const target = `ecs:shop_${task}_${task}-1`;
  expect(await refusal(target, [])).toBe('input.invalid: No profile and region are chosen for the container of ECS.');
  expect(await refusal(target, [scope, { profile: 'prod', region: 'us-east-1' }])).toBe('input.invalid: Which account and region the container is in is not clear: prod/eu-west-1, prod/us-east-1 are chosen.');
  expect(await refusal(target, [{ profile: 'prod', region: '*' }])).toBe('input.invalid: No profile and region are chosen for the container of ECS.');
});
