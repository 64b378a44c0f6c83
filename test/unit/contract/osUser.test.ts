import { expect, test } from 'vitest';
import { osUserOf } from '../../../src/contract/osUser.ts';
import { OsUserRule, Settings } from '../../../src/contract/settings.ts';

const web = { instanceId: 'i-1', name: 'web-1', tags: { env: 'prod' }, platformDetails: 'Linux/UNIX' };

test.each([
  ['Ubuntu', 'ubuntu'],
  ['Debian GNU/Linux', 'admin'],
  ['Amazon Linux', 'ec2-user'],
  ['Windows', 'Administrator'],
  [undefined, 'ec2-user'],
])('without a rule the user is guessed from the platform: %s is %s', (platformName, expected) => {
  expect(osUserOf({ ...web, ssm: { pingStatus: 'Online', seenAt: '', ...(platformName === undefined ? {} : { platformName }) } }, [])).toBe(expected);
});

test.each([
  [{ instanceId: 'i-1' }, true],
  [{ instanceId: 'i-2' }, false],
  [{ name: 'web-1' }, true],
  [{ name: 'web-*' }, true],
  [{ name: '*-1' }, true],
  [{ name: 'w*b*1' }, true],
  [{ name: '*' }, true],
  [{ name: 'web' }, false],
  [{ name: 'web-1*1' }, false],
  [{ name: '*web*web*' }, false],
  [{ name: 'web.1' }, false],
  [{ tag: { key: 'env', value: 'prod' } }, true],
  [{ tag: { key: 'env', value: 'test' } }, false],
  [{ tag: { key: 'constructor', value: 'Object' } }, false],
  [{ tag: { key: 'env', value: 'prod' }, name: 'db-*' }, false],
  [{}, true],
])('a rule that names %j fits: %s', (match, fits) => {
  expect(osUserOf(web, [{ ...match, osUser: 'deploy' }])).toBe(fits ? 'deploy' : 'ec2-user');
});

test('the first rule that fits wins', () => {
  expect(osUserOf(web, [{ osUser: 'nobody', name: 'db-*' }, { osUser: 'first', name: 'web-*' }, { osUser: 'second' }])).toBe('first');
});

test('a glob of many stars is answered at once', () => {
  expect(osUserOf({ ...web, name: 'a'.repeat(255) }, [{ osUser: 'x', name: `${'*a'.repeat(100)}b` }])).toBe('ec2-user');
});

test('a rule whose user name could be taken for an option is refused', () => {
  expect(OsUserRule.safeParse({ osUser: '-oProxyCommand=x' }).success).toBe(false);
  expect(OsUserRule.safeParse({ osUser: 'a b' }).success).toBe(false);
});

test('settings that say nothing of it prove by the console, and allow nothing weak', () => {
  expect(Settings.parse({})).toMatchObject({ firstContactProof: 'console', osUsers: [], weakAlgorithmHosts: [] });
});
