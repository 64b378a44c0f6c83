import { expect, test } from 'vitest';
import { forwardsToRemoteHosts, isNewerThan, multiplexes, needsKeepalive, understandsTerminateFlag } from '../../../src/services/ssm/agentVersion.ts';
import { vectors } from './vectors.ts';

const { versionGates } = vectors.constants;

test('versions are compared number by number, and strictly', () => {
  expect(isNewerThan('3.0.196.0', '3.0.196.0')).toBe(false);
  expect(isNewerThan('3.0.196.1', '3.0.196.0')).toBe(true);
  expect(isNewerThan('3.0.1000.0', '3.0.196.0')).toBe(true);
  expect(isNewerThan('10.0.0.0', '9.999.999.999')).toBe(true);
  expect(isNewerThan('2.99.999.9', '3.0.196.0')).toBe(false);
});

test('a version with another number of parts is not newer, and neither is what is no version', () => {
  for (const version of ['4', '3.1', '99.0.0', '3.3.987.0.1', '', 'latest', '3.3.x.0', '3..1.1', '-1.0.0.0', '3.3.987.0\n']) expect(isNewerThan(version, '3.0.196.0')).toBe(false);
});

test('the gates are those of the specification', () => {
  for (const [gate, decide] of [
    [versionGates['agentTerminateFlagAfter'], understandsTerminateFlag],
    [versionGates['agentMuxAfter'], multiplexes],
  ] as const) {
    expect(decide(gate ?? '')).toBe(false);
    expect(decide(`${gate?.replace(/\.0$/, '')}.1`)).toBe(true);
  }
});

test('remote hosts need 3.1.1374.0, and a session of 3.1.1446.0 or newer is kept without keepalives', () => {
  expect(['3.1.1373.9', '3.1.1374.0', '3.3.987.0'].map(forwardsToRemoteHosts)).toEqual([false, true, true]);
  expect(['3.1.1445.0', '3.1.1446.0', '3.1.1511.0', '3.1.1511.1', '3.3.987.0'].map(needsKeepalive)).toEqual([true, false, false, false, false]);
});
