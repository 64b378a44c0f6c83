import { expect, test } from 'vitest';
import type { MissingPart } from '../../../src/contract/part.ts';
import { judgeSessionManager, type AccessFacts } from '../../../src/services/aws/instanceRole.ts';

const known = <T>(value: T) => ({ known: true as const, value });
const denied: MissingPart = { known: false, permission: 'x', denied: true, error: { code: 'aws.access-denied', message: 'x', retryable: false } };
const role = { roleName: 'web', roleArn: 'arn:aws:iam::111122223333:role/web' };
const core = { policyName: 'AmazonSSMManagedInstanceCore', policyArn: 'arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore' };
const facts: AccessFacts = { roles: known([role]), policies: known([]), simulation: known({ deniedActions: [] }), defaultHostManagement: known(undefined) };
const verdict = (change: Partial<AccessFacts>): unknown[] => {
  const { allowed, because, from } = judgeSessionManager({ ...facts, ...change });
  return [allowed, because, from];
};

test('what IAM says of the role counts most', () => {
  expect(verdict({})).toEqual(['yes', 'simulated', 'web']);
  // A boundary or an explicit deny stands against the policy that is attached.
  expect(judgeSessionManager({ ...facts, policies: known([core]), simulation: known({ deniedActions: ['ssmmessages:OpenDataChannel'] }) })).toEqual({ allowed: 'no', because: 'simulated', from: 'web', deniedActions: ['ssmmessages:OpenDataChannel'] });
});

test('without the simulation an AWS policy known to allow it counts, and one that only bears its name does not', () => {
  expect(verdict({ simulation: denied, policies: known([core]) })).toEqual(['yes', 'managed-policy', 'AmazonSSMManagedInstanceCore']);
  expect(verdict({ simulation: denied, policies: known([{ ...core, policyArn: 'arn:aws-cn:iam::aws:policy/AmazonSSMManagedInstanceCore' }]) })).toEqual(['yes', 'managed-policy', 'AmazonSSMManagedInstanceCore']);
  expect(verdict({ simulation: denied, policies: known([{ ...core, policyArn: 'arn:aws:iam::111122223333:policy/AmazonSSMManagedInstanceCore' }]) })).toEqual(['unknown', 'not-told', undefined]);
});

test('Default Host Management Configuration helps where the role does not', () => {
  const defaultHostManagement = known('DefaultRole');
  expect(verdict({ roles: known(undefined), policies: known([]), simulation: known(undefined), defaultHostManagement })).toEqual(['yes', 'default-host-management', 'DefaultRole']);
  expect(verdict({ simulation: known({ deniedActions: ['ssm:UpdateInstanceInformation'] }), defaultHostManagement })).toEqual(['yes', 'default-host-management', 'DefaultRole']);
});

test('no is said only where everything was read', () => {
  const none = { roles: known(undefined), policies: known([]), simulation: known(undefined) };
  expect(verdict(none)).toEqual(['no', 'no-role', undefined]);
  expect(verdict({ ...none, roles: known([]) })).toEqual(['no', 'no-role', undefined]);
  expect(verdict({ ...none, defaultHostManagement: denied })).toEqual(['unknown', 'no-role', undefined]);
  expect(verdict({ simulation: known({ deniedActions: ['ssm:UpdateInstanceInformation'] }), defaultHostManagement: denied })).toEqual(['unknown', 'simulated', 'web']);
  expect(verdict({ roles: denied, policies: denied, simulation: denied })).toEqual(['unknown', 'not-told', undefined]);
});
