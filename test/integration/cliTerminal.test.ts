/** `postern ssh` on a terminal, as a person uses it: questions, typing, resizing, and ways out. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { CliHome } from './cliProcess.ts';
import { createCliHome, program, startOnTerminal } from './cliProcess.ts';

const direct = ['ssh', '--demo', '--via', 'direct', 'web-3'];

let home: CliHome;
beforeAll(() => {
  home = createCliHome();
});
afterAll(() => home.remove());

test('a host key is asked about once: no sends nothing, yes is kept', async () => {
  const refused = home.onTerminal(direct);
  await refused.until(/The identity of i-[0-9a-f]{17} at 203\.0\.113\.33 port 22 is not known yet\.\nThe console output of the instance tells no host key\.\nssh-ed25519 key fingerprint is SHA256:[\w+/]{43}\.\nTrust this key from now on \(yes\/no\/check through Session Manager\)\? /);
  refused.type('no\r');
  expect(await refused.exited).toBe(255);
  expect(refused.shown()).toContain('(ssh.host-key-refused)');
  expect(await home.run(['keys', 'hosts'])).toMatchObject({ status: 0, stdout: '', stderr: 'No host keys are kept yet.\n' });

  const accepted = home.onTerminal([...direct, '--', 'exit 6']);
  await accepted.until(/yes\/no/);
  accepted.type('yes\r');
  expect(await accepted.exited).toBe(6);
  expect(await home.run([...direct, '--', 'exit 6'])).toMatchObject({ status: 6, stdout: '', stderr: '' });
});

test('the host itself is asked from the question, and its key is kept without another one', async () => {
  const other = createCliHome();
  const terminal = other.onTerminal([...direct, '--', 'exit 6']);
  await terminal.until(/yes\/no/);
  terminal.type('check\r');
  expect(await terminal.exited).toBe(6);
  expect(JSON.parse((await other.run(['keys', 'hosts', '--json'])).stdout)).toMatchObject([{ confirmedBy: 'session-manager' }]);
  other.remove();
});

test('Ctrl+C at the question ends it, and trusts nothing', async () => {
  const other = createCliHome();
  const terminal = other.onTerminal(direct);
  await terminal.until(/yes\/no/);
  terminal.type('\u0003');
  expect(await terminal.exited).toBe(255);
  expect(await other.run(['keys', 'hosts', '--json'])).toMatchObject({ stdout: '[]\n' });
  other.remove();
});

test('a shell has the terminal\'s size and follows it, and the terminal is left as it was found', async () => {
  const terminal = startOnTerminal('/bin/sh', ['-c', 'stty -g; "$0" "$@"; echo "status=$?"; stty -g', process.execPath, program, ...direct], home.environment, 91, 23);
  const before = await terminal.until(/^[0-9a-f:]{20,}$/m);
  await terminal.until(/ubuntu@.*\$ $/);
  terminal.type('stty size; [ -t 0 ] && echo on-$TERM\r');
  await terminal.until(/^23 91\non-xterm-256color$/m);
  terminal.type('until [ "$(stty size)" = "41 132" ]; do sleep 0.05; done; echo resi""zed\r');
  terminal.resize(132, 41);
  await terminal.until(/^resized$/m);
  // A bare line feed, as full-screen programs move down, stays one.
  terminal.type('stty -onlcr; printf "down\\nwards\\r\\n"; stty onlcr\r');
  await terminal.until(/down\nwards\n/);
  expect(terminal.printed()).toContain('down\nwards\r\n');
  terminal.type('sh -c "echo star""ted; exec sleep 1000"\r');
  await terminal.until(/^started$/m);
  terminal.type('\u0003');
  await terminal.until(/ubuntu@.*\$ $/);
  terminal.type('exit 9\r');
  await terminal.until(/Connection to web-3 closed\.\nstatus=9$/m);
  expect(await terminal.until(/^[0-9a-f:]{20,}$/m)).toBe(before);
  expect(await terminal.exited).toBe(0);
});

test('~. at the start of a line leaves, and ~~ reaches the host', async () => {
  const terminal = home.onTerminal(direct);
  await terminal.until(/ubuntu@.*\$ $/);
  terminal.type('~~\r');
  await terminal.until(/(?<!~)~\n/);
  await terminal.until(/ubuntu@.*\$ $/);
  terminal.type('~.');
  expect(await terminal.exited).toBe(255);
  expect(terminal.shown()).toMatch(/Connection to web-3 closed\.\n$/);
});

test('a terminal that is closed takes the session with it', async () => {
  const terminal = home.onTerminal(direct);
  await terminal.until(/ubuntu@.*\$ $/);
  terminal.kill('SIGHUP');
  expect(await terminal.exited).toBe(129);
});

test('a shell by Session Manager has the terminal\'s size too, and ends with exit', async () => {
  const terminal = home.onTerminal(['ssh', '--demo', 'vault'], { columns: 88, rows: 21 });
  await terminal.until(/sh-5\.2\$ $/);
  terminal.type('stty size\r');
  await terminal.until(/^21 88$/m);
  terminal.type('exit\r');
  expect(await terminal.exited).toBe(0);
});

test('a changed host key is refused and never asked about, until the old one is forgotten', async () => {
  rmSync(join(home.dataDir, 'demo-seed'));
  const { status, stdout, stderr } = await home.run([...direct, '--', 'true']);
  expect({ status, stdout }).toEqual({ status: 255, stdout: '' });
  expect(stderr).toContain('(ssh.host-key-changed)');
  const instanceId = /i-[0-9a-f]{17}/.exec((await home.run(['keys', 'hosts'])).stdout)?.[0] ?? '';
  expect(stderr).toContain(`postern keys forget ${instanceId}`);
  expect(await home.run(['keys', 'forget', instanceId])).toMatchObject({ status: 0, stdout: '', stderr: '' });
  const terminal = home.onTerminal([...direct, '--', 'exit 8']);
  await terminal.until(/yes\/no/);
  terminal.type('yes\r');
  expect(await terminal.exited).toBe(8);
});
