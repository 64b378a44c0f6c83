/**
 * The log as a file in the data folder, for the person who looks for a fault and may send it to somebody.
 *
 * Secrets cannot get in by three ways: Secret values print as `[secret]`, bytes print as their count, and what looks like a
 * private key or stands under a secret's name is cut out. A log that cannot be written never disturbs the work.
 */
import { appendFile, mkdir, rename, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Clock } from './clock.ts';
import { isoTime } from './clock.ts';
import type { Log } from './log.ts';

/** Two files of this size at most: enough for weeks, small enough to send. */
const FILE_LIMIT_BYTES = 5 * 1024 * 1024;
const LINE_LIMIT_CHARACTERS = 16 * 1024;

export interface FileLog extends Log {
  readonly path: string;
  /** Resolves when every line so far is in the file, or was given up. */
  flush(): Promise<void>;
}

/** Lines go to `logs/postern.log` (0600); when that is full it becomes `postern.log.1`. */
export function openFileLog(options: { readonly dataDir: string; readonly clock: Clock; readonly fileLimitBytes?: number }): FileLog {
  const path = join(options.dataDir, 'logs', 'postern.log');
  const limit = options.fileLimitBytes ?? FILE_LIMIT_BYTES;
  let pending: string[] = [];
  let writing: Promise<void> = Promise.resolve();

  function write(level: 'debug' | 'info' | 'warn', message: string, facts: Readonly<Record<string, unknown>> | undefined): void {
    pending.push(toLogLine(isoTime(options.clock), level, message, facts));
    // Lines of one turn are written together.
    if (pending.length === 1) writing = writing.then(writePending);
  }

  async function writePending(): Promise<void> {
    const text = pending.join('');
    pending = [];
    try {
      await mkdir(dirname(path), { recursive: true, mode: 0o700 });
      await rotate(path, limit, Buffer.byteLength(text));
      await appendFile(path, text, { mode: 0o600 });
    } catch {
      // There is no place left to say it: a full disk must not stop a session.
    }
  }

  return {
    path,
    debug: (message, facts) => write('debug', message, facts),
    info: (message, facts) => write('info', message, facts),
    warn: (message, facts) => write('warn', message, facts),
    flush: () => writing,
  };
}

/** One line, whatever the message and the facts hold. */
export function toLogLine(time: string, level: string, message: string, facts?: Readonly<Record<string, unknown>>): string {
  const line = `${time} ${level} ${withoutKeys(message)}${facts === undefined ? '' : ` ${withoutKeys(toJson(facts))}`}`;
  // Control characters would move the cursor of whoever reads the log in a terminal, or fake a line.
  const printable = line.replace(/[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
  return `${printable.length > LINE_LIMIT_CHARACTERS ? `${printable.slice(0, LINE_LIMIT_CHARACTERS)}... (cut)` : printable}\n`;
}

function toJson(facts: Readonly<Record<string, unknown>>): string {
  const above: unknown[] = [];
  try {
    return JSON.stringify(facts, function (this: unknown, key, value: unknown) {
      // JSON.stringify calls with the object that holds the value: what stands above it is the path to it.
      while (above.length > 0 && above.at(-1) !== this) above.pop();
      if (typeof value === 'string' && /passphrase|password|secret|private_?key|token|credential|authorization/i.test(key)) return '[secret]';
      // The original: a Buffer has a toJSON of its own, which would spell its bytes out.
      const original: unknown = typeof this === 'object' && this !== null ? Reflect.get(this, key) : undefined;
      const plain = original instanceof Uint8Array ? toPlain(original) : toPlain(value);
      if (typeof plain === 'object' && plain !== null) {
        if (above.includes(plain) || above.length > 20) return '[circular or deep]';
        above.push(plain);
      }
      return plain;
    });
  } catch (cause) {
    return JSON.stringify({ unprintable: cause instanceof Error ? cause.message : String(cause) });
  }
}

function toPlain(value: unknown): unknown {
  if (typeof value === 'bigint' || typeof value === 'symbol') return value.toString();
  if (value instanceof Uint8Array || value instanceof ArrayBuffer) return `[${value.byteLength} bytes]`;
  if (value instanceof Error) return { name: value.name, ...('code' in value ? { code: value.code } : {}), message: value.message, stack: value.stack, ...(value.cause === undefined ? {} : { cause: value.cause }) };
  if (value instanceof Map || value instanceof Set) return [...value];
  return value;
}

/** PEM and OpenSSH blocks, PuTTY's private lines, and an OpenSSH body that lost its first line; the `\n` of JSON included. */
function withoutKeys(text: string): string {
  return text
    .replace(/-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----[\s\S]*?(-----END [A-Z0-9 ]*PRIVATE KEY-----|$)/g, '[private key]')
    .replace(/Private-Lines: ?\d+[A-Za-z0-9+/=\s\\]*/g, '[private key]')
    .replace(/b3BlbnNzaC1rZXktdjE[A-Za-z0-9+/=\s\\]*/g, '[private key]');
}

async function rotate(path: string, limitBytes: number, addedBytes: number): Promise<void> {
  try {
    if ((await stat(path)).size + addedBytes > limitBytes) await rename(path, `${path}.1`);
  } catch (cause) {
    if (!(cause instanceof Error && 'code' in cause && cause.code === 'ENOENT')) throw cause;
  }
}
