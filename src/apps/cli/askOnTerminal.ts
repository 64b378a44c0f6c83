/** Asks a person on the terminal they sit at, even when stdin and stdout are pipes. */
import { closeSync, openSync } from 'node:fs';
import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { ReadStream } from 'node:tty';
import { PosternError } from '../../contract/error.ts';

const TERMINAL = process.platform === 'win32' ? 'CONIN$' : '/dev/tty';

/**
 * Ask one line.
 *
 * The prompt goes to stderr, so that stdout carries nothing but the answer of the command.
 *
 * @param echo false for secrets: nothing that is typed shows
 * @throws PosternError `cancelled` when there is nobody to ask, or the person pressed Ctrl+C or Ctrl+D
 */
export async function askOnTerminal(prompt: string, echo: boolean, signal?: AbortSignal): Promise<string> {
  const opened = process.stdin.isTTY ? undefined : openTerminal(prompt);
  const input = opened === undefined ? process.stdin : opened.input;
  const shown = new Writable({
    write(chunk: Buffer, _encoding, callback) {
      if (echo) process.stderr.write(chunk);
      callback();
    },
  });
  const lines = createInterface({ input, output: shown, terminal: true, historySize: 0 });
  // Only now: what is typed before the terminal stops echoing would show.
  if (!echo) process.stderr.write(prompt);
  const interrupted = new AbortController();
  lines.once('SIGINT', () => interrupted.abort());
  lines.once('close', () => interrupted.abort());
  try {
    return await lines.question(echo ? prompt : '', { signal: signal === undefined ? interrupted.signal : AbortSignal.any([interrupted.signal, signal]) });
  } catch (cause) {
    throw new PosternError({ code: 'cancelled', message: 'Nothing was answered.' }, { cause });
  } finally {
    if (!echo) process.stderr.write('\n');
    lines.close();
    opened?.close();
  }
}

function openTerminal(prompt: string): { input: ReadStream; close: () => void } {
  try {
    const descriptor = openSync(TERMINAL, 'r+');
    const input = new ReadStream(descriptor);
    return {
      input,
      close: () => {
        input.destroy();
        try {
          closeSync(descriptor);
        } catch {
          // The stream has closed it already.
        }
      },
    };
  } catch (cause) {
    throw new PosternError({ code: 'cancelled', message: `There is no terminal to ask on: ${prompt.trim()}`, remedy: 'Run it once on a terminal and answer there.' }, { cause });
  }
}
