import { expect, test } from 'vitest';
import type { HostKey } from '../../../src/contract/key.ts';
import type { Instance } from '../../../src/contract/instance.ts';
import type { ScopeStatus } from '../../../src/contract/scope.ts';
import { createIsGone } from '../../../src/services/ssh/goneHosts.ts';

const scope = { profile: 'work', region: 'eu-west-1', accountId: '111122223333' };
const instance = (instanceId: string, state = 'running', accountId = scope.accountId): Instance => ({ instanceId, state, scope: { ...scope, accountId }, networkInterfaces: [], securityGroups: [], ssmKnown: false, tags: {} });
const status = (state: ScopeStatus['state']): ScopeStatus => ({ scope, state, instanceCount: 1, problems: [] });
const key = (instanceId: string, accountId: string | undefined = scope.accountId): HostKey => ({
  instanceId,
  scopeKey: 'work/eu-west-1',
  keyType: 'ssh-ed25519',
  publicKey: '',
  fingerprint: '',
  firstSeen: '',
  confirmedBy: 'person',
  ...(accountId === '' ? {} : { accountId }),
});

test.each([
  ['a terminated instance', [instance('i-1', 'terminated')], 'ready', key('i-1'), true],
  ['a terminated instance whose key names no account', [instance('i-1', 'terminated')], 'ready', key('i-1', ''), true],
  ['an instance that is missing in the whole list of its account', [instance('i-2')], 'ready', key('i-1'), true],
  ['a stopped instance', [instance('i-1', 'stopped')], 'ready', key('i-1'), false],
  ['a missing instance of a scope that failed', [instance('i-2')], 'failed', key('i-1'), false],
  ['a missing instance of a scope that is being read', [instance('i-2')], 'loading', key('i-1'), false],
  ['a missing instance of an empty list: it may be another account now', [], 'ready', key('i-1'), false],
  ['a missing instance when the profile shows another account now', [instance('i-2', 'running', '999999999999')], 'ready', key('i-1'), false],
  ['a missing instance whose key names no account', [instance('i-2')], 'ready', key('i-1', ''), false],
  ['a missing instance of another scope', [instance('i-2')], 'ready', { ...key('i-1'), scopeKey: 'work/us-east-1' }, false],
] as const)('%s: gone is %s', (_name, instances, state, hostKey, expected) => {
  expect(createIsGone(instances, [status(state)])(hostKey)).toBe(expected);
});

test('the key of a managed node that is missing stays: that Systems Manager could not be asked says nothing of it', () => {
  const isGone = createIsGone([instance('i-1')], [status('ready')]);
  expect([isGone(key('mi-2')), isGone(key('i-2'))]).toEqual([false, true]);
});
