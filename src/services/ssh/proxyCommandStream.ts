/**
 * Runs a ProxyCommand, and gives its stdin and stdout as the way to the host. Started without a shell wherever it has no shell syntax.
 */
import type { ChildProcessByStdio } from 'node:child_process';
import { spawn } from 'node:child_process';
import { Duplex } from 'node:stream';
import type { Readable, Writable } from 'node:stream';
import { PosternError } from '../../contract/error.ts';
import { say } from '../../contract/say.ts';
import { toPlainText } from './plainText.ts';

/** Of what the command says on stderr, this much is told when it fails, in characters. */
const MAX_SAID_CHARACTERS = 500;

/**
 * @param argv the program and its arguments: see `toProxyArgv`
 * @param environment what the command gets; OpenSSH gives it its own
 * @returns a stream that ends with the command, and ends the command when it is destroyed
 */
export function openProxyCommand(argv: readonly string[], environment: Readonly<Record<string, string | undefined>>, signal: AbortSignal): Duplex {
  const [program = '', ...rest] = argv;
  // A group of its own: whatever the command starts ends with it.
  const child: ChildProcessByStdio<Writable, Readable, Readable> = spawn(program, rest, { stdio: ['pipe', 'pipe', 'pipe'], detached: process.platform !== 'win32', env: { ...environment }, windowsHide: true });
  let received = false;
  let said = '';
  const stream = new Duplex({
    read() {
      child.stdout.resume();
    },
    // What is written to a command that has ended is lost; its end is told below.
    write: (chunk: Buffer, _encoding, done) => void child.stdin.write(chunk, () => done()),
    final(done) {
      child.stdin.end();
      done();
    },
    destroy(error, done) {
      endGroup(child);
      done(error);
    },
  });
  // An early end must find a listener; whoever takes the stream over adds its own.
  stream.on('error', () => undefined);
  child.stdout.on('data', (chunk: Buffer) => {
    received = true;
    if (!stream.destroyed && !stream.push(chunk)) child.stdout.pause();
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said = `${said}${text}`.slice(-MAX_SAID_CHARACTERS)));
  child.stdin.on('error', () => undefined);
  // Only now is its status known, which says more than the end of its output.
  const end = (cause?: unknown): void => {
    if (stream.destroyed) return;
    if (received) {
      stream.push(null);
      return;
    }
    const words = toPlainText(said).trim();
    const status = child.exitCode === null ? (child.signalCode ?? say`it did not start`) : say`status ${child.exitCode}`;
    stream.destroy(
      new PosternError(
        {
          code: 'route.unreachable',
          message: say`The ProxyCommand ${JSON.stringify(program)} ended (${status}) before the host said anything.${words === '' ? '' : say` It said: ${words}`}`,
          remedy: say`Run it in a terminal to see why: it is in ~/.ssh/config.`,
          retryable: true,
        },
        { cause },
      ),
    );
  };
  child.once('error', end);
  child.once('close', () => end());
  const handleAbort = (): void => void stream.destroy();
  signal.addEventListener('abort', handleAbort, { once: true });
  stream.once('close', () => signal.removeEventListener('abort', handleAbort));
  if (signal.aborted) handleAbort();
  return stream;
}

function endGroup(child: ChildProcessByStdio<Writable, Readable, Readable>): void {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  try {
    process.kill(process.platform === 'win32' ? child.pid : -child.pid, 'SIGTERM');
  } catch {
    // It has just ended.
    return;
  }
}
