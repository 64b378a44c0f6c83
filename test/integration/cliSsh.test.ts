/** `postern ssh` over pipes, as a script uses it: bytes, exit status, signals, and every way it can fail. */
import { createHash, randomBytes } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { CliHome } from './cliProcess.ts';
import { createCliHome } from './cliProcess.ts';

const MIB = 1024 * 1024;
const direct = ['ssh', '--demo', '--via', 'direct', 'web-3'];

let home: CliHome;

beforeAll(async () => {
  home = createCliHome();
  const terminal = home.onTerminal([...direct, '--', 'true']);
  await terminal.until(/yes\/no/);
  terminal.type('yes\r');
  expect(await terminal.exited).toBe(0);
});
afterAll(() => home.remove());

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

test('the status, stdout and stderr of a command are its own', async () => {
  expect(await home.run([...direct, '--', 'echo', 'out;', 'echo err >&2;', 'exit', '3'])).toMatchObject({ status: 3, stdout: 'out\n', stderr: 'err\n' });
  expect(await home.run([...direct, '--', 'kill -TERM $$'])).toMatchObject({ status: 143, stdout: '', stderr: 'postern: ended by signal TERM\n' });
});

test('five mebibytes of any bytes come out of a command as they are', async () => {
  const { status, stdoutBytes, stderr } = await home.run([...direct, '--', `head -c ${5 * MIB} /dev/urandom | tee /tmp/sent-$$ ; sha256sum < /tmp/sent-$$ >&2; rm /tmp/sent-$$`]);
  expect(status).toBe(0);
  expect(stdoutBytes.byteLength).toBe(5 * MIB);
  expect(stderr).toBe(`${sha256(stdoutBytes)}  -\n`);
});

test('five mebibytes of stdin reach a command as they are, and their end with them', async () => {
  const input = randomBytes(5 * MIB);
  expect(await home.run([...direct, '--', 'sha256sum'], { input })).toMatchObject({ status: 0, stdout: `${sha256(input)}  -\n`, stderr: '' });
});

test('input that a command does not read is no failure', async () => {
  expect(await home.run([...direct, '--', 'exit 4'], { input: randomBytes(5 * MIB) })).toMatchObject({ status: 4, stdout: '', stderr: '' });
});

test('a command that outlives its reader is ended', async () => {
  const running = home.start([...direct, '--', 'yes']);
  running.child.stdout?.once('data', () => running.child.stdout?.destroy());
  expect(await running.exited).toMatchObject({ status: 141, stderr: '' });
});

test('Ctrl+C ends a running command and the demo with it', async () => {
  const running = home.start([...direct, '--', 'echo started; exec sleep 1000']);
  await running.printed('started');
  running.child.kill('SIGINT');
  expect(await running.exited).toMatchObject({ status: 130, stdout: 'started\n', stderr: '' });
  expect(readdirSync(home.folder).filter((name) => name.startsWith('postern-demo-'))).toEqual([]);
});

test('Ctrl+C while the demo starts ends it without a trace', async () => {
  const running = home.start([...direct, '--', 'true']);
  await expect.poll(() => readdirSync(home.folder).some((name) => name.startsWith('postern-demo-')), { interval: 10, timeout: 30_000 }).toBe(true);
  running.child.kill('SIGINT');
  expect(await running.exited).toMatchObject({ status: 130, stdout: '', stderr: '' });
  expect(readdirSync(home.folder).filter((name) => name.startsWith('postern-demo-'))).toEqual([]);
});

test('the user is named before the target or with -l, which wins', async () => {
  const whoami = ['--', 'echo $USER'];
  const as = (...words: string[]) => home.run(['ssh', '--demo', '--via', 'direct', ...words, ...whoami]);
  expect(await as('ubuntu@web-3')).toMatchObject({ status: 0, stdout: 'ubuntu\n' });
  const refused = await as('root@web-3');
  expect(refused).toMatchObject({ status: 255, stdout: '' });
  expect(refused.stderr).toContain('(ssh.auth-exhausted)');
  expect(await as('-l', 'ubuntu', 'root@web-3')).toMatchObject({ status: 0, stdout: 'ubuntu\n' });
});

test('a target is a name, an id, an address or a part of a name', async () => {
  const { stdout } = await home.run(['ls', '--demo', 'web-3', '--json']);
  const [{ instanceId }] = JSON.parse(stdout) as [{ instanceId: string }];
  const runs = [instanceId, '203.0.113.33', 'WEB-3', 'eb-3'].map((target) => home.run(['ssh', '--demo', '--via', 'direct', target, '--', 'exit 7']));
  expect((await Promise.all(runs)).map((run) => run.status)).toEqual([7, 7, 7, 7]);
});

test('several matches are listed and none is taken: 255, as all failures of our own', async () => {
  const { status, stdout, stderr } = await home.run(['ssh', '--demo', 'bastion-or-web', '--', 'true']);
  expect({ status, stdout }).toEqual({ status: 255, stdout: '' });
  expect(stderr).toContain('No instance is called "bastion-or-web"');
  const several = await home.run(['ssh', '--demo', 'stage', '--', 'true']);
  expect({ status: several.status, stdout: several.stdout }).toEqual({ status: 255, stdout: '' });
  expect(several.stderr.split('\n').map((line) => line.replaceAll(/i-[0-9a-f]{17}/g, 'i-'))).toEqual([
    'postern: "stage" matches 3 instances: (instance.ambiguous)',
    '  i-  stage-bastion  running  10.0.0.10  demo/us-east-2',
    '  i-  stage-app-1  running  10.0.10.21  demo/us-east-2',
    '  i-  stage-app-2  stopped  10.0.11.22  demo/us-east-2',
    '  Use the instance id.',
    '',
  ]);
});

test('what cannot be opened says why, and what to do', async () => {
  expect(await home.run(['ssh', '--demo', 'report-1'])).toMatchObject({ status: 255, stderr: expect.stringMatching(/is stopped\. \(instance\.not-running\)\n {2}Start the instance first\.\n$/) });
  expect(await home.run(['ssh', '--demo', '-i', '/nowhere/key', 'web-3'])).toMatchObject({ status: 255, stderr: 'postern: The key file /nowhere/key could not be read. (key.unreadable)\n  Check the path and that you may read it.\n' });
  expect(await home.run(['ssh', '--profile', 'nope', 'web-3'])).toMatchObject({ status: 255, stderr: expect.stringContaining('(aws.profile-not-found)') });
});

test('a host key that nobody can be asked about is not trusted', async () => {
  // Where no key is known: the console output of this host tells none.
  const stranger = createCliHome();
  const { status, stdout, stderr } = await stranger.run(['ssh', '--demo', '--via', 'direct', '203.0.113.33', '--', 'true']);
  stranger.remove();
  expect({ status, stdout }).toEqual({ status: 255, stdout: '' });
  expect(stderr).toMatch(/There is no terminal to ask on: Trust this key from now on \(yes\/no\/check through Session Manager\)\? \(cancelled\)\n {2}Run it once on a terminal and answer there\.\n$/);
});

test('a script on stdin runs in a shell without a terminal, and ends with its last line', async () => {
  expect(await home.run(direct, { input: 'echo one\necho two >&2\nexit 5\n' })).toMatchObject({ status: 5 });
});

test('a script on stdin runs by Session Manager too', async () => {
  const { status, stdout } = await home.run(['ssh', '--demo', '--via', 'session-manager', 'vault'], { input: 'echo $((40 + 2))-answers\nexit\n' });
  expect(status).toBe(0);
  expect(stdout).toContain('42-answers');
});

test('a command by Session Manager has its own status, stdout and stderr too', async () => {
  const command = ['ssh', '--demo', '--via', 'session-manager', 'web-1', '--'];
  expect(await home.run([...command, 'echo out; echo err >&2; exit 3'])).toMatchObject({ status: 3, stdout: 'out\n', stderr: 'err\n' });
  expect(await home.run([...command, 'printf plain'])).toMatchObject({ status: 0, stdout: 'plain', stderr: '' });
});
