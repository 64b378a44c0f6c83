import { expect, test } from 'vitest';
import { PosternError } from '../../../src/contract/error.ts';
import type { ErrorCode } from '../../../src/contract/error.ts';
import type { Instance } from '../../../src/contract/instance.ts';
import type { Route, RoutePlan } from '../../../src/contract/route.ts';
import { allFailed, leavesOtherWaysOpen, routesToTry } from '../../../src/services/sessions/attempts.ts';

const instance: Instance = { instanceId: 'i-1', scope: { profile: 'p', region: 'r' }, state: 'running', privateIpAddress: '10.0.0.4', networkInterfaces: [], securityGroups: [], ssmKnown: true, tags: {} };
const sessionManager: Route = { kind: 'session-manager', instanceId: 'i-1' };
const direct: Route = { kind: 'direct', address: '203.0.113.9', port: 22 };
const other: Route = { kind: 'direct', address: '203.0.113.10', port: 22 };
const jump: Route = { kind: 'jump', through: ['i-2'], address: '10.0.0.4', port: 22 };

function plan(route: Route, usable: RoutePlan['usable'] = 'unknown'): RoutePlan {
  return { route, usable, reason: `reason for ${route.kind}.` };
}

test('a command goes as ranked, unless it has input, a user or a key: those only SSH can take', () => {
  const plans = [plan(sessionManager, 'yes'), plan(direct)];
  expect(routesToTry({ command: 'true' }, instance, plans)).toEqual([sessionManager, direct]);
  for (const request of [{ input: true } as const, { osUser: 'ubuntu' }, { keyPairId: 'k' }]) expect(routesToTry({ command: 'true', ...request }, instance, plans)).toEqual([direct]);
  expect(routesToTry({ command: 'true', input: true, via: 'session-manager' }, instance, plans)).toEqual([sessionManager]);
  expect(routesToTry({ osUser: 'ubuntu' }, instance, plans)).toEqual([sessionManager, direct]);
});

test('every way that should or may work is tried, in the order of its rank', () => {
  expect(routesToTry({}, instance, [plan(sessionManager, 'yes'), plan(direct), plan(jump), plan(other, 'no')])).toEqual([sessionManager, direct, jump]);
});

test('what worked last is tried first, by the same address or, where that is gone, by the same kind', () => {
  const plans = [plan(sessionManager, 'yes'), plan(direct), plan(other)];
  expect(routesToTry({}, instance, plans, other)).toEqual([other, sessionManager, direct]);
  expect(routesToTry({}, instance, plans, { ...direct, address: '203.0.113.77' })).toEqual([direct, sessionManager, other]);
  expect(routesToTry({}, instance, [plan(sessionManager, 'yes'), plan(direct, 'no')], direct)).toEqual([sessionManager]);
});

test('the serial console is taken only when it was chosen', () => {
  const serial: Route = { kind: 'serial', instanceId: 'i-1' };
  expect(routesToTry({}, instance, [plan(direct), plan(serial)], serial)).toEqual([direct]);
  expect(routesToTry({ via: 'serial' }, instance, [plan(direct), plan(serial)])).toEqual([serial]);
});

test('a kind that was asked for is tried alone, even against the facts', () => {
  expect(routesToTry({ via: 'direct' }, instance, [plan(sessionManager, 'yes'), plan(direct, 'no'), plan(other)])).toEqual([other]);
  expect(routesToTry({ via: 'direct' }, instance, [plan(sessionManager, 'yes'), plan(direct, 'no')])).toEqual([direct]);
});

test('bastions that were asked for lead to the private address', () => {
  expect(routesToTry({ through: ['i-2', 'i-3'] }, instance, [])).toEqual([{ kind: 'jump', through: ['i-2', 'i-3'], address: '10.0.0.4', port: 22 }]);
});

test('where no way is left, the reasons are told', () => {
  expect(() => routesToTry({}, instance, [plan(direct, 'no')])).toThrow(expect.objectContaining({ code: 'route.none-usable', message: 'No way leads into i-1: reason for direct.' }));
  expect(() => routesToTry({ via: 'jump' }, instance, [plan(direct, 'yes')])).toThrow(expect.objectContaining({ code: 'route.none-usable', message: 'No jump way leads into i-1: no bastion is known.' }));
  expect(() => routesToTry({}, { ...instance, state: 'stopped' }, [plan(direct)])).toThrow(expect.objectContaining({ code: 'instance.not-running', message: 'i-1 is stopped.' }));
});

test.each<[ErrorCode, boolean]>([
  ['route.unreachable', true],
  ['route.refused', true],
  ['route.prohibited', true],
  ['ssm.target-not-connected', true],
  ['aws.access-denied', true],
  ['aws.sign-in-needed', false],
  ['ssh.host-key-changed', false],
  ['ssh.host-key-refused', false],
  ['ssh.auth-exhausted', false],
  ['cancelled', false],
  ['key.not-found', false],
])('after %s another way is tried: %s', (code, open) => {
  expect(leavesOtherWaysOpen(new PosternError({ code, message: '' }))).toBe(open);
});

test('when nothing worked, each way is listed with its reason; a single one speaks for itself', () => {
  const silent = new PosternError({ code: 'route.unreachable', message: 'No answer.', remedy: 'Open the port.', retryable: true });
  const refused = new PosternError({ code: 'route.refused', message: 'Refused.' });
  expect(allFailed(instance, [{ route: direct, error: silent }])).toBe(silent);
  expect(allFailed(instance, [{ route: direct, error: silent }, { route: jump, error: refused }]).toReport()).toEqual({
    code: 'route.none-usable',
    message: 'None of the 2 ways into i-1 worked.\nSSH to 203.0.113.9: No answer.\nSSH through i-2 to 10.0.0.4: Refused.',
    remedy: 'Open the port.',
    retryable: true,
  });
});

test('after a drop the way that worked is tried and no other; where its address has changed, the others of its kind', () => {
  const direct = (address: string) => ({ kind: 'direct', address, port: 22 }) as const;
  const plans: RoutePlan[] = [
    { route: { kind: 'session-manager', instanceId: 'i-1' }, usable: 'yes', reason: '' },
    { route: direct('203.0.113.9'), usable: 'yes', reason: '' },
    { route: direct('10.0.0.5'), usable: 'unknown', reason: '' },
    { route: direct('10.0.0.6'), usable: 'no', reason: '' },
  ];
  expect(routesToTry({ again: direct('10.0.0.5') }, instance, plans)).toEqual([direct('10.0.0.5')]);
  expect(routesToTry({ again: direct('198.51.100.7') }, instance, plans)).toEqual([direct('203.0.113.9'), direct('10.0.0.5'), direct('198.51.100.7')]);
});

test('a way that only EC2 has is refused for a managed node with its reason; one whose agent is silent can still be tried', () => {
  const node: Instance = { ...instance, instanceId: 'mi-1', managedNode: { resourceType: 'ManagedInstance' }, state: 'connection-lost' };
  const plans = [plan(sessionManager, 'no')];
  const refusal = (request: Parameters<typeof routesToTry>[0]): unknown => {
    try {
      return routesToTry(request, node, plans);
    } catch (thrown) {
      return thrown instanceof PosternError ? [thrown.code, thrown.message] : thrown;
    }
  };
  expect([refusal({ via: 'serial' }), refusal({ via: 'eice' }), refusal({ through: ['i-2'] }), refusal({ via: 'direct' })]).toEqual([
    ['route.none-usable', 'mi-1 is no EC2 instance: it has no EC2 serial console.'],
    ['route.none-usable', 'mi-1 is no EC2 instance: EC2 Instance Connect Endpoints lead to addresses of a VPC.'],
    ['route.none-usable', 'mi-1 is no EC2 instance: nothing AWS knows tells which bastion reaches it.'],
    ['route.none-usable', 'mi-1 is no EC2 instance: nothing AWS knows tells who reaches its address.'],
  ]);
  expect(refusal({})).toEqual(['route.none-usable', 'No way leads into mi-1: reason for session-manager.']);
  expect(refusal({ via: 'session-manager' })).toEqual([sessionManager]);
});
