import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { PosternError } from '../../../src/contract/error.ts';
import { toProxyArgv } from '../../../src/services/ssh/proxyArgv.ts';

const target = { host: 'web.internal', originalHost: 'web', port: 2022, user: 'alice' };

test('a plain command becomes words, each with its tokens replaced', () => {
  expect(toProxyArgv('ssh -q -W [%h]:%p jump', target)).toEqual(['ssh', '-q', '-W', '[web.internal]:2022', 'jump']);
  expect(toProxyArgv(`sh -c "aws ssm start-session --target %h --parameters 'portNumber=%p'"`, target)).toEqual([
    'sh',
    '-c',
    "aws ssm start-session --target web.internal --parameters 'portNumber=2022'",
  ]);
  expect(toProxyArgv(`exec nc 'a b'"c" \\"d %n %r %k %%`, target)).toEqual(['nc', 'a bc', '"d', 'web', 'alice', 'web', '%']);
});

test('shell syntax needs a shell, which gets one command', () => {
  const template = 'nc %h %p 2>/dev/null';
  expect(() => toProxyArgv(template, target)).toThrow(PosternError);
  expect(toProxyArgv(template, target, { shell: '/bin/sh' })).toEqual(['/bin/sh', '-c', 'exec nc web.internal 2022 2>/dev/null']);
});

test.each(['a | b', 'a; b', 'a && b', '$HOME/x', '`x`', '(x)', '~/bin/x', 'A=1 nc', 'nc "%h', "nc '%h", 'nc *', 'a # b', 'a\nb'])('%j is not taken apart without a shell', (template) => {
  expect(() => toProxyArgv(template, target)).toThrow(PosternError);
});

test('names with characters that a shell or an option parser takes for something are refused, shell or not', () => {
  for (const character of ["'", '"', '`', '$', '\\', ';', '&', '|', '<', '>', '(', ')', '{', '}', '\n', ' ', '\u0007']) {
    for (const shell of [undefined, '/bin/sh']) {
      const options = shell === undefined ? {} : { shell };
      for (const bad of [{ host: `a${character}b` }, { originalHost: `a${character}b` }]) {
        expect(() => toProxyArgv('nc %h %p', { ...target, ...bad }, options), JSON.stringify(bad)).toThrow(PosternError);
      }
      if (character !== ' ') expect(() => toProxyArgv('nc %h %r', { ...target, user: `a${character}b` }, options), character).toThrow(PosternError);
    }
  }
  for (const bad of [{ host: '-oProxyCommand=x' }, { user: '-x' }, { user: 'a -x' }, { host: '' }]) {
    expect(() => toProxyArgv('nc %h %p', { ...target, ...bad })).toThrow(PosternError);
  }
});

test('what a shell reads is letters, digits and a few signs', () => {
  const shell = { shell: '/bin/sh' };
  expect(() => toProxyArgv('nc %h %p 2>&1', { ...target, host: 'a*' }, shell)).toThrow(PosternError);
  expect(() => toProxyArgv('nc %r %p 2>&1', { ...target, user: 'a b' }, shell)).toThrow(PosternError);
  expect(toProxyArgv('nc %h %p', { ...target, user: 'CORP\\alice' })).toEqual(['nc', 'web.internal', '2022']);
});

test('no hostile name that gets through leaves a file behind when the command is run', () => {
  const folder = mkdtempSync(join(tmpdir(), 'postern-proxy-'));
  const canary = join(folder, 'canary');
  let ran = 0;
  let refused = 0;
  for (const sign of ["'", '"', '`', '$', '\\', ';', '&', '|', '<', '>', '(', ')', '{', '}', '\n', '-', '#', '~', '*', '%', ' ']) {
    for (const hostile of [`a${sign}touch ${canary}`, `${sign}touch ${canary}`, `a${sign}(touch ${canary})`, `a${sign}touch\${IFS}${canary}${sign}`, `a${sign}${canary}`]) {
      for (const template of ['echo %h %r', 'sh -c "echo %h %r"', 'echo %h %r 2>/dev/null', "sh -c 'echo %h' x %r"]) {
        for (const names of [{ host: hostile, user: 'u' }, { host: 'h', user: hostile }]) {
          try {
            const [program = '', ...args] = toProxyArgv(template, { ...target, ...names }, { shell: '/bin/sh' });
            execFileSync(program, args, { cwd: folder, stdio: 'ignore' });
            ran += 1;
          } catch (failure) {
            expect(failure).toBeInstanceOf(PosternError);
            refused += 1;
          }
        }
      }
    }
  }
  const leftBehind = existsSync(canary);
  rmSync(folder, { recursive: true, force: true });
  expect(leftBehind).toBe(false);
  expect(refused).toBeGreaterThan(600);
  expect(ran).toBeGreaterThan(0);
});
