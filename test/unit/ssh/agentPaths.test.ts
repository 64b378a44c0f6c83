import { expect, test } from 'vitest';
import { agentPaths, PAGEANT, WINDOWS_AGENT_PIPE } from '../../../src/services/ssh/agentPaths.ts';

test('the agent is the one that SSH_AUTH_SOCK names, on every system', () => {
  expect(agentPaths({ SSH_AUTH_SOCK: '/run/agent' }, 'linux')).toEqual(['/run/agent']);
  expect(agentPaths({ SSH_AUTH_SOCK: String.raw`\\.\pipe\other` }, 'win32')).toEqual([String.raw`\\.\pipe\other`]);
  expect(agentPaths({ SSH_AUTH_SOCK: '' }, 'darwin')).toEqual([]);
});

test('without it Windows has its own agent and Pageant, other systems have none', () => {
  expect(agentPaths({}, 'win32')).toEqual([WINDOWS_AGENT_PIPE, PAGEANT]);
  expect(agentPaths({}, 'linux')).toEqual([]);
});

test.each([
  ['none', []],
  ['NONE', []],
  ['/tmp/other', ['/tmp/other']],
  ['SSH_AUTH_SOCK', ['/run/agent']],
  ['$OTHER_AGENT', ['/run/other']],
  ['${OTHER_AGENT}', ['/run/other']],
  ['$NOT_SET', []],
])('IdentityAgent %s leads to %j', (identityAgent, paths) => {
  expect(agentPaths({ SSH_AUTH_SOCK: '/run/agent', OTHER_AGENT: '/run/other' }, 'linux', identityAgent)).toEqual(paths);
});
