import { spawn } from 'node:child_process';
import { Duplex, PassThrough } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import type { Shell } from '../../../src/services/base/shell.ts';
import { markedCommand, newExitMark, withExitMark } from '../../../src/services/ssm/exitMarker.ts';

/** Runs a command as the agent does, both outputs as one, cut into pieces of `size` bytes. */
async function run(command: string, size = 7): Promise<{ stdout: string; stderr: string; exit: unknown }> {
  const mark = newExitMark();
  const child = spawn('sh', ['-c', markedCommand(command, mark)], { stdio: ['ignore', 'pipe', 'inherit'] });
  const output = await buffer(child.stdout);
  const stream = new PassThrough();
  const shell: Shell = { stream: Duplex.from({ readable: stream, writable: new PassThrough() }), resize: () => undefined, exited: Promise.resolve({}), close: () => undefined };
  const marked = withExitMark(shell, mark);
  const read = Promise.all([buffer(marked.stream), buffer(marked.stderr ?? new PassThrough().end())]);
  for (let at = 0; at < output.length; at += size) stream.write(output.subarray(at, at + size));
  stream.end();
  const [stdout, stderr] = await read;
  return { stdout: stdout.toString('latin1'), stderr: stderr.toString('latin1'), exit: await marked.exited };
}

test('a command has its own stdout, stderr and exit code again', async () => {
  expect(await run('echo out; echo err >&2; echo more; exit 3')).toEqual({ stdout: 'out\nmore\n', stderr: 'err\n', exit: { exitCode: 3 } });
});

test('quotes, comments, variables and output without a last newline are kept', async () => {
  expect(await run(String.raw`printf '%s' "it's $HOME_NOT_SET \"q\""; # not 'this`)).toEqual({ stdout: `it's  "q"`, stderr: '', exit: { exitCode: 0 } });
});

test('any cutting of the output gives the same answer', async () => {
  for (const size of [1, 2, 13, 45, 46, 47, 4096]) expect(await run('printf postern-exit-; printf e >&2; exit 9', size), `${size}`).toEqual({ stdout: 'postern-exit-', stderr: 'e', exit: { exitCode: 9 } });
});

test('a command that a signal ends has the status a shell gives it', async () => {
  expect((await run('kill -TERM $$')).exit).toEqual({ exitCode: 143 });
});
