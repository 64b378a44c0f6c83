import { expect, test } from 'vitest';
import type { RoutePlan } from '../../../src/contract/route.ts';
import { choosePlain } from '../../../src/services/routes/transports.ts';

const shell: RoutePlan = { route: { kind: 'session-manager', instanceId: 'i-1' }, usable: 'yes', reason: 'shell' };
const direct = (usable: RoutePlan['usable']): RoutePlan => ({ route: { kind: 'direct', address: '203.0.113.9', port: 22 }, usable, reason: `direct ${usable}.` });
const ssm = (usable: RoutePlan['usable']): RoutePlan => ({ route: { kind: 'ssm', instanceId: 'i-1', port: 22 }, usable, reason: `ssm ${usable}.` });

test('bytes go by the first route that should or may work; a Session Manager shell carries none', () => {
  expect(choosePlain('i-1', 22, [shell, direct('yes'), ssm('yes')], undefined)).toEqual(direct('yes').route);
  expect(choosePlain('i-1', 22, [shell, ssm('yes'), direct('unknown')], undefined)).toEqual(ssm('yes').route);
  expect(choosePlain('i-1', 22, [direct('unknown'), ssm('no')], undefined)).toEqual(direct('unknown').route);
});

test('the route asked for is taken, even when facts speak against it', () => {
  expect(choosePlain('i-1', 22, [shell, direct('yes'), ssm('yes')], 'ssm')).toEqual(ssm('yes').route);
  expect(choosePlain('i-1', 22, [shell, ssm('yes'), direct('no')], 'direct')).toEqual(direct('no').route);
});

test('where nothing carries bytes, each reason is told', () => {
  expect(() => choosePlain('i-1', 22, [shell, direct('no'), ssm('no')], undefined)).toThrow(
    expect.objectContaining({ code: 'route.none-usable', message: 'No route carries bytes to port 22 of i-1: direct no. ssm no.', remedy: 'Get its SSM agent online, or let port 22 in by a security group.' }),
  );
  expect(() => choosePlain('i-1', 22, [shell, ssm('no')], 'direct')).toThrow(expect.objectContaining({ code: 'route.none-usable', message: 'No route carries bytes to port 22 of i-1: it has no address.' }));
});
