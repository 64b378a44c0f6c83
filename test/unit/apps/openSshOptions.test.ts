import { expect, test } from 'vitest';
import { toConfigLines } from '../../../src/apps/cli/openSshOptions.ts';
import { findHost } from '../../../src/apps/cli/target.ts';
import { PosternError } from '../../../src/contract/error.ts';
import type { Instance } from '../../../src/contract/instance.ts';
import type { ConfigHost } from '../../../src/contract/sshConfig.ts';

test('option letters become the lines of ssh_config that they stand for, and -o comes first', () => {
  expect(
    toConfigLines({
      option: ['Port=1', 'User x'],
      port: '2200',
      jump: 'a,b',
      localForward: ['8080:db:80', '[::1]:8080:[2001:db8::1]:80'],
      remoteForward: ['*:9000:localhost:9'],
      dynamicForward: ['1080'],
      forwardAgent: false,
      family: 'inet6',
    }),
  ).toEqual([
    'Port=1',
    'User x',
    'Port=2200',
    'ProxyJump=a,b',
    'LocalForward=8080 db:80',
    'LocalForward=[::1]:8080 [2001:db8::1]:80',
    'RemoteForward=*:9000 localhost:9',
    'DynamicForward=1080',
    'ForwardAgent=no',
    'AddressFamily=inet6',
  ]);
});

test.each(['8080', '8080:80', 'a:b:c:d:e', '[::1:8080:db:80'])('%s is no forward', (forward) => {
  expect(() => toConfigLines({ localForward: [forward] })).toThrow(PosternError);
});

const instance = (instanceId: string, name: string): Instance => ({ instanceId, name, scope: { profile: 'p', region: 'r' }, state: 'running', networkInterfaces: [], securityGroups: [], tags: {}, ssmKnown: false });
const alias = (name: string): ConfigHost => ({ hostId: `ssh:${name}`, name, file: '/home/me/.ssh/config', line: 1 });

test('an exact name of ~/.ssh/config wins, an id is the instance, and a part of names of both kinds is listed and not guessed', () => {
  const instances = [instance('i-0aa', 'web-1'), instance('i-0bb', 'db-1')];
  const aliases = [alias('web-1'), alias('old-web'), alias('mail')];
  expect(findHost(instances, aliases, 'web-1')).toEqual({ kind: 'config', host: alias('web-1') });
  expect(findHost(instances, aliases, 'i-0aa')).toEqual({ kind: 'instance', instance: instances[0] });
  expect(findHost(instances, aliases, 'db')).toEqual({ kind: 'instance', instance: instances[1] });
  expect(findHost(instances, aliases, 'mai')).toEqual({ kind: 'config', host: alias('mail') });
  expect(() => findHost(instances, aliases, 'web')).toThrow('"web" matches 3 hosts:\n  i-0aa  web-1  running  -  p/r\n  web-1  (/home/me/.ssh/config line 1)\n  old-web  (/home/me/.ssh/config line 1)');
});
