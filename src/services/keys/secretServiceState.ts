/**
 * Asks the Secret Service whether its default collection is locked, without unlocking it.
 *
 * The keychain binding cannot: its reads and writes unlock first, which shows a prompt. busctl (systemd) or gdbus (GLib) can;
 * where neither is installed the answer is unknown, and the next real use tells.
 *
 * @see https://specifications.freedesktop.org/secret-service-spec/latest/
 */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const SERVICE = 'org.freedesktop.secrets';
const SERVICE_PATH = '/org/freedesktop/secrets';
const REPLY_LIMIT_MS = 2_000;

export type SecretServiceState = 'unlocked' | 'locked' | 'no-collection' | 'unknown';

export async function secretServiceState(environment: NodeJS.ProcessEnv = process.env): Promise<SecretServiceState> {
  for (const client of [busctl, gdbus]) {
    const alias = await client.readAlias(environment);
    if (alias === undefined) continue;
    const collection = /\/[A-Za-z0-9_/]*/.exec(alias)?.[0];
    if (collection === undefined) continue;
    // The specification's word for "there is none".
    if (collection === '/') return 'no-collection';
    const locked = /\b(true|false)\b/.exec((await client.readLocked(collection, environment)) ?? '')?.[1];
    if (locked !== undefined) return locked === 'true' ? 'locked' : 'unlocked';
  }
  return 'unknown';
}

const busctl = {
  readAlias: (environment: NodeJS.ProcessEnv) => run('busctl', ['--user', 'call', SERVICE, SERVICE_PATH, 'org.freedesktop.Secret.Service', 'ReadAlias', 's', 'default'], environment),
  readLocked: (collection: string, environment: NodeJS.ProcessEnv) => run('busctl', ['--user', 'get-property', SERVICE, collection, 'org.freedesktop.Secret.Collection', 'Locked'], environment),
};

const gdbus = {
  readAlias: (environment: NodeJS.ProcessEnv) => gdbusCall(SERVICE_PATH, 'org.freedesktop.Secret.Service.ReadAlias', ['default'], environment),
  readLocked: (collection: string, environment: NodeJS.ProcessEnv) => gdbusCall(collection, 'org.freedesktop.DBus.Properties.Get', ['org.freedesktop.Secret.Collection', 'Locked'], environment),
};

function gdbusCall(path: string, method: string, parameters: readonly string[], environment: NodeJS.ProcessEnv): Promise<string | undefined> {
  return run('gdbus', ['call', '--session', '--dest', SERVICE, '--object-path', path, '--method', method, ...parameters], environment);
}

/** What a program printed; undefined when it is not installed, failed, or did not answer in time. */
async function run(program: string, parameters: readonly string[], environment: NodeJS.ProcessEnv): Promise<string | undefined> {
  try {
    return (await promisify(execFile)(program, parameters, { env: environment, timeout: REPLY_LIMIT_MS })).stdout;
  } catch {
    return undefined;
  }
}
