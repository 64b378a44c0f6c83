import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { Duplex, PassThrough, Readable } from 'node:stream';
import { buffer, text } from 'node:stream/consumers';
import { expect, onTestFinished, test } from 'vitest';
import { PosternError } from '../../../src/contract/error.ts';
import type { ExitStatus } from '../../../src/contract/session.ts';
import type { Shell } from '../../../src/services/base/shell.ts';
import { unwrapShell, withUnknownOutcome, wrapCommand } from '../../../src/services/ssm/commandOutcome.ts';

/** What the agent of AWS's own document does: one `sh -c`, both outputs as one, nothing before the end, no exit code. */
async function runAsAgent(command: string, environment: NodeJS.ProcessEnv = process.env): Promise<Buffer> {
  const child = spawn('sh', ['-c', command], { stdio: ['ignore', 'pipe', 'pipe'], env: environment });
  const output: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => output.push(chunk));
  await once(child, 'close');
  return Buffer.concat(output);
}

function shellOf(pieces: Iterable<Buffer>, exited: Promise<ExitStatus> = Promise.resolve({})): Shell & { written: () => string } {
  const output = new PassThrough();
  const input = new PassThrough();
  for (const piece of pieces) output.write(piece);
  output.end();
  const stderr = new PassThrough();
  stderr.end();
  return { stream: Duplex.from({ readable: output, writable: input }), stderr, resize() {}, exited, close() {}, written: () => String(input.read() ?? '') };
}

async function outcome(shell: Shell): Promise<{ stdout: string; stderr: string; exit: ExitStatus }> {
  const { stream, stderr, exited } = shell;
  if (stderr === undefined) throw new Error('the error output is not kept apart');
  const [out, errors, exit] = await Promise.all([text(stream), text(stderr), exited]);
  return { stdout: out, stderr: errors, exit };
}

async function run(command: string, environment?: NodeJS.ProcessEnv): Promise<{ stdout: string; stderr: string; exit: ExitStatus }> {
  const wrapped = wrapCommand(command);
  return outcome(unwrapShell(shellOf([await runAsAgent(wrapped.command, environment)]), wrapped.marker));
}

test.each([
  ['echo out; echo err >&2; exit 3', { stdout: 'out\n', stderr: 'err\n', exit: { exitCode: 3 } }],
  ['true', { stdout: '', stderr: '', exit: { exitCode: 0 } }],
  ['printf no-newline', { stdout: 'no-newline', stderr: '', exit: { exitCode: 0 } }],
  [`echo "it's" 'a "quoted"' \\$HOME; echo 'two  spaces' # a comment`, { stdout: 'it\'s a "quoted" $HOME\ntwo  spaces\n', stderr: '', exit: { exitCode: 0 } }],
  ['for n in 1 2\ndo echo $n\ndone', { stdout: '1\n2\n', stderr: '', exit: { exitCode: 0 } }],
  ['kill -TERM $$', { stdout: '', stderr: expect.any(String), exit: { exitCode: 143 } }],
  ['echo unbalanced "', { stdout: '', stderr: expect.stringMatching(/./), exit: { exitCode: 2 } }],
  ['exit 255', { stdout: '', stderr: '', exit: { exitCode: 255 } }],
  ['cat', { stdout: '', stderr: '', exit: { exitCode: 0 } }],
])('%s has its own outputs and exit code', async (command, expected) => {
  expect(await run(command)).toEqual(expected);
});

test('the marker is not in the command, which a process list would show', async () => {
  const { command, marker } = wrapCommand('ps -ww -o args= -p $PPID');
  expect(command).not.toContain(marker);
  expect((await run('ps -ww -o args= -p $PPID')).exit).toEqual({ exitCode: 0 });
});

test('where no file can be made, the error output comes with the other and the exit code still does', async () => {
  expect(await run('echo out; echo err >&2; exit 5', { ...process.env, TMPDIR: '/nowhere' })).toEqual({ stdout: 'out\nerr\n', stderr: '', exit: { exitCode: 5 } });
});

test('any bytes come as they are, however they are cut into pieces, markers too', async () => {
  const marker = '0123456789abcdef0123456789abcdef';
  const all = Buffer.from(Array.from({ length: 1024 }, (_, index) => index % 256));
  const whole = Buffer.concat([all, Buffer.from('0123456789abcdef01234567'), Buffer.from(marker), Buffer.from('err\n'), Buffer.from(marker), Buffer.from('17')]);
  for (const size of [1, 7, 31, 32, 33, 5000]) {
    const pieces = Array.from({ length: Math.ceil(whole.length / size) }, (_, index) => whole.subarray(index * size, (index + 1) * size));
    const shell = unwrapShell(shellOf(pieces), marker);
    if (shell.stderr === undefined) throw new Error('the error output is not kept apart');
    const [stdout, stderr, exit] = await Promise.all([buffer(shell.stream), text(shell.stderr), shell.exited]);
    expect({ size, same: stdout.equals(Buffer.concat([all, Buffer.from('0123456789abcdef01234567')])), stderr, exit }).toEqual({ size, same: true, stderr: 'err\n', exit: { exitCode: 17 } });
  }
});

test('a session that ended without the exit code is no success', async () => {
  const shell = unwrapShell(shellOf([Buffer.from('half of the out')]), 'm'.repeat(32));
  expect(await text(shell.stream)).toBe('half of the out');
  await expect(shell.exited).rejects.toMatchObject({ code: 'ssm.session-ended' });
});

test('a session that was lost says why', async () => {
  const lost = new PosternError({ code: 'ssm.session-ended', message: 'Terminated by an administrator.' });
  const failed = Promise.reject(lost);
  failed.catch(() => undefined);
  await expect(unwrapShell(shellOf([], failed), 'm'.repeat(32)).exited).rejects.toBe(lost);
});

test('a command whose exit status nobody tells is no success, and one that is told keeps it', async () => {
  const untold = withUnknownOutcome(shellOf([Buffer.from('output')]));
  expect(await text(untold.stream)).toBe('output');
  await expect(untold.exited).rejects.toMatchObject({ code: 'ssm.command-not-supported', message: expect.stringContaining('no exit status') });
  expect(await withUnknownOutcome(shellOf([], Promise.resolve({ exitCode: 3 }))).exited).toEqual({ exitCode: 3 });
});

test('keys for the command still reach it', async () => {
  const inner = shellOf([]);
  const shell = unwrapShell(inner, 'm'.repeat(32));
  await new Promise((resolve) => shell.stream.write('\u0003', resolve));
  expect(inner.written()).toBe('\u0003');
});

test('an output that comes faster than it is read gathers no listeners', async () => {
  const warnings: string[] = [];
  const listen = ({ name }: Error): void => void warnings.push(name);
  process.on('warning', listen);
  onTestFinished(() => void process.off('warning', listen));
  const marker = 'm'.repeat(32);
  const piece = Buffer.alloc(128 * 1024, 'x');
  const pieces = [...Array.from({ length: 20 }, () => piece), Buffer.from(marker), Buffer.from(marker), Buffer.from('0')];
  const shell = unwrapShell({ ...shellOf([]), stream: Duplex.from({ readable: Readable.from(pieces), writable: new PassThrough() }) }, marker);
  const { stdout, exit } = await outcome(shell);
  expect({ length: stdout.length, exit, warnings }).toEqual({ length: 20 * piece.length, exit: { exitCode: 0 }, warnings: [] });
});
