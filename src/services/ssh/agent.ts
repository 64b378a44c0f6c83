/**
 * Asks the person's SSH agent which keys it holds, and for signatures (draft-ietf-sshm-ssh-agent, sections 3.1 to 3.6).
 *
 * The way to the agent is ssh2's (a socket, a named pipe of Windows, Pageant, Cygwin's sockets). The two requests are ours:
 * ssh2's own client drops every certificate and every security key, as it cannot read them.
 */
import type { Duplex } from 'node:stream';
import { PosternError, toPosternError } from '../../contract/error.ts';
import { say } from '../../contract/say.ts';
import { loadSsh2 } from '../base/loadSsh2.ts';
import { toPlainText } from './plainText.ts';
import { readWire, wireBytes, WireFault } from './sshWire.ts';

export interface AgentIdentity {
  /** A public key or a certificate, as it goes on the wire. */
  readonly blob: Buffer;
  /** e.g. `ssh-ed25519`, `sk-ssh-ed25519@openssh.com`, `ssh-rsa-cert-v01@openssh.com`. */
  readonly algorithm: string;
  /** Often the file it was added from; plain text. */
  readonly comment: string;
}

export interface Agent {
  /** A socket, a named pipe, or `pageant`. */
  readonly path: string;
  /** @throws PosternError `agent.unavailable`, `cancelled` */
  identities(signal: AbortSignal): Promise<readonly AgentIdentity[]>;
  /**
   * May take as long as a person needs to touch a security key or to confirm.
   *
   * @param flags of the request: 2 and 4 ask for rsa-sha2-256 and -512
   * @returns a whole signature blob
   * @throws PosternError `agent.refused`, `agent.unavailable`, `cancelled`
   */
  sign(blob: Buffer, data: Buffer, flags: number, signal: AbortSignal): Promise<Buffer>;
}

const FAILURE = 5;
const REQUEST_IDENTITIES = 11;
const IDENTITIES_ANSWER = 12;
const SIGN_REQUEST = 13;
const SIGN_RESPONSE = 14;
/** OpenSSH's own limit of a message. */
const MAX_MESSAGE_BYTES = 256 * 1024;
const MAX_IDENTITIES = 2048;
const MAX_COMMENT_CHARACTERS = 255;
/** A list needs nobody: an agent that takes longer hangs. */
const LIST_TIMEOUT_MS = 5_000;

export function openAgent(path: string): Agent {
  return {
    path,
    async identities(signal) {
      const answer = await request(path, Buffer.of(REQUEST_IDENTITIES), AbortSignal.any([signal, AbortSignal.timeout(LIST_TIMEOUT_MS)]), signal);
      if (answer[0] !== IDENTITIES_ANSWER) throw unavailable(path, say`it is locked, or it is no SSH agent`);
      return understood(path, () => readIdentities(answer.subarray(1)));
    },
    async sign(blob, data, flags, signal) {
      const flagBytes = Buffer.alloc(4);
      flagBytes.writeUInt32BE(flags);
      const answer = await request(path, Buffer.concat([Buffer.of(SIGN_REQUEST), wireBytes(blob), wireBytes(data), flagBytes]), signal, signal);
      if (answer[0] === FAILURE) {
        throw new PosternError({ code: 'agent.refused', message: say`The SSH agent did not sign with the key ${algorithmOf(blob)}.`, remedy: say`Confirm the use of the key or touch it in time, and check with: ssh-add -l` });
      }
      if (answer[0] !== SIGN_RESPONSE) throw unavailable(path, say`its answer makes no sense`);
      return understood(path, () => Buffer.from(readWire(answer.subarray(1)).bytes()));
    },
  };
}

function readIdentities(bytes: Buffer): AgentIdentity[] {
  const reader = readWire(bytes);
  const count = reader.uint32();
  if (count > MAX_IDENTITIES) throw new WireFault(`${count} keys`);
  return Array.from({ length: count }, () => {
    const blob = Buffer.from(reader.bytes());
    const comment = toPlainText(Buffer.from(reader.bytes()).toString('utf8'), MAX_COMMENT_CHARACTERS).replaceAll(/\s+/g, ' ').trim();
    return { blob, algorithm: algorithmOf(blob), comment };
  });
}

function algorithmOf(blob: Buffer): string {
  return toPlainText(readWire(blob).text(), MAX_COMMENT_CHARACTERS);
}

function understood<T>(path: string, read: () => T): T {
  try {
    return read();
  } catch (cause) {
    if (!(cause instanceof WireFault)) throw cause;
    throw unavailable(path, say`its answer makes no sense`, cause);
  }
}

/** One connection for one request: agents are local, and a signature may wait for a person for minutes. */
async function request(path: string, message: Buffer, limit: AbortSignal, signal: AbortSignal): Promise<Buffer> {
  let stream: Duplex | undefined;
  const abort = (): void => void stream?.destroy();
  try {
    limit.throwIfAborted();
    limit.addEventListener('abort', abort, { once: true });
    stream = await connect(path);
    limit.throwIfAborted();
    stream.write(wireBytes(message));
    return await readMessage(stream);
  } catch (cause) {
    if (signal.aborted) throw new PosternError({ code: 'cancelled', message: say`The SSH agent was not waited for.` }, { cause });
    throw unavailable(path, limit.aborted ? say`it did not answer within ${LIST_TIMEOUT_MS / 1000} s` : toPosternError(cause).message, cause);
  } finally {
    limit.removeEventListener('abort', abort);
    stream?.destroy();
  }
}

function connect(path: string): Promise<Duplex> {
  return new Promise((resolve, reject) => {
    const agent = loadSsh2().createAgent(path) as unknown as { getStream(callback: (error: Error | undefined, stream: Duplex) => void): void };
    agent.getStream((error, stream) => {
      if (error) return reject(error);
      resolve(stream);
    });
  });
}

function readMessage(stream: Duplex): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    let received = Buffer.alloc(0);
    const handleEnd = (): void => reject(new Error('it closed the connection'));
    stream.on('error', reject);
    stream.once('end', handleEnd);
    stream.once('close', handleEnd);
    stream.on('data', (chunk: Buffer) => {
      received = Buffer.concat([received, chunk]);
      if (received.length < 4) return;
      const length = received.readUInt32BE(0);
      if (length === 0 || length > MAX_MESSAGE_BYTES) reject(new WireFault(say`its answer makes no sense`));
      else if (received.length >= 4 + length) resolve(received.subarray(4, 4 + length));
    });
  });
}

function unavailable(path: string, why: string, cause?: unknown): PosternError {
  return new PosternError(
    { code: 'agent.unavailable', message: say`The SSH agent at ${path} cannot be asked: ${why}.`, remedy: say`Start it and add a key with ssh-add, or choose another key.`, retryable: true },
    { cause },
  );
}
