import { expect, test } from 'vitest';
import { LOCAL_SHELL_ID } from '../../../src/contract/workspace.ts';
import type { Progress } from '../../../src/services/sessions/progress.ts';
import { loginShell, toLocalTarget, withLocalShell } from '../../../src/services/sessions/localShell.ts';

const size = { columns: 80, rows: 24 };
const progress = { step: () => undefined } as unknown as Progress;
const other = () => Promise.reject(new Error('a host'));

test('the shell is the person’s, as a login shell in their home, with their environment but what was meant for Postern', () => {
  expect(loginShell({ SHELL: '/bin/fish', HOME: '/home/me', AWS_PROFILE: 'prod', POSTERN_DATA_DIR: '/x' }, 'linux', '/root')).toEqual({
    file: '/bin/fish',
    arguments: ['-l'],
    cwd: '/home/me',
    environment: { SHELL: '/bin/fish', HOME: '/home/me', AWS_PROFILE: 'prod', TERM: 'xterm-256color', COLORTERM: 'truecolor', TERM_PROGRAM: 'postern' },
  });
  expect(loginShell({}, 'darwin', '/Users/me')).toMatchObject({ file: '/bin/zsh', cwd: '/Users/me' });
  expect(loginShell({ COMSPEC: 'C:\\cmd.exe' }, 'win32', 'C:\\me')).toMatchObject({ file: 'C:\\cmd.exe', arguments: [] });
});

test('only its own id is a local shell', async () => {
  expect(toLocalTarget('i-0aaa')).toBeUndefined();
  const instance = toLocalTarget(LOCAL_SHELL_ID);
  if (instance === undefined) throw new Error('no local shell');
  await expect(withLocalShell(other, {})({ instanceId: 'i-0aaa', size }, instance, progress, AbortSignal.timeout(1000))).rejects.toThrow('a host');
});

test('a shell that is not there is named, with what to do', async () => {
  const instance = toLocalTarget(LOCAL_SHELL_ID);
  if (instance === undefined) throw new Error('no local shell');
  await expect(withLocalShell(other, { SHELL: '/nowhere/sh' })({ instanceId: LOCAL_SHELL_ID, size }, instance, progress, AbortSignal.timeout(1000))).rejects.toMatchObject({ code: 'shell.unavailable', message: 'The shell /nowhere/sh cannot be run.', remedy: 'Set SHELL to one that exists, and start Postern again.' });
});
