import { expect, test } from 'vitest';
import { isPromptBack, isTold, QUIET_MS } from '../../../src/renderer/notifications/commandEndRules.ts';

const facts = { durationMs: 31_000, watched: false, inView: false, enabled: true, afterSeconds: 30 };

test('a command is told of when it was long and nobody looked, or when somebody asked for it', () => {
  expect(isTold(facts)).toBe(true);
  expect(isTold({ ...facts, durationMs: 29_999 })).toBe(false);
  expect(isTold({ ...facts, inView: true })).toBe(false);
  expect(isTold({ ...facts, enabled: false })).toBe(false);
  expect(isTold({ ...facts, enabled: false, inView: true, durationMs: 1, watched: true })).toBe(true);
});

test('a prompt is back when something was written since, all is quiet, and the line ends like a prompt', () => {
  const prompt = { line: 'ec2-user@web-1 ~ $ ', alternate: false, quietMs: QUIET_MS };
  expect(isPromptBack(prompt)).toBe(true);
  for (const line of ['[root@db ~]# ', 'PS C:\\>', '~ ❯ ', 'host% ']) expect(isPromptBack({ ...prompt, line })).toBe(true);
  for (const line of ['', 'compiling…', '45%', ' 45 % done', '$ make']) expect(isPromptBack({ ...prompt, line })).toBe(false);
  expect(isPromptBack({ ...prompt, quietMs: undefined })).toBe(false);
  expect(isPromptBack({ ...prompt, quietMs: QUIET_MS - 1 })).toBe(false);
  expect(isPromptBack({ ...prompt, alternate: true })).toBe(false);
});
