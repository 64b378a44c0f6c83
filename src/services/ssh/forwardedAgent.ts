/**
 * The person's agent as a host sees it: some keys, to list and to sign with, and nothing else.
 *
 * A host with an agent can sign in elsewhere as the person while the connection lasts (CVE-2023-38408 went further). So it is
 * lent on request and with consent only, what is lent is chosen key by key, and each use is counted.
 */
import { Duplex } from 'node:stream';
import type { Client } from 'ssh2';
import { readWire, wireBytes, WireFault } from './sshWire.ts';

/** A key that is lent: what is listed, and what signs. */
export interface LentAgentKey {
  readonly blob: Buffer;
  readonly comment: string;
  /** @param flags of the request */
  sign(data: Buffer, flags: number): Promise<Buffer>;
}

export interface AgentUse {
  readonly signatures: number;
  /** Requests for keys that are not lent, and to change the agent. */
  readonly refused: number;
}

const FAILURE = Buffer.of(5);
const REQUEST_IDENTITIES = 11;
const IDENTITIES_ANSWER = 12;
const SIGN_REQUEST = 13;
const SIGN_RESPONSE = 14;
/** What an agent may not know, and ssh asks of every agent (`session-bind@openssh.com`). */
const EXTENSION = 27;
/** A request is as long as what is signed and a key; OpenSSH's own limit. */
const MAX_MESSAGE_BYTES = 256 * 1024;

/** Answers one request at a time, in order. */
export class ForwardedAgent {
  readonly #keys: readonly LentAgentKey[];
  readonly #onUse: (use: AgentUse) => void;
  #signatures = 0;
  #refused = 0;

  constructor(keys: readonly LentAgentKey[], onUse: (use: AgentUse) => void) {
    this.#keys = keys;
    this.#onUse = onUse;
  }

  get use(): AgentUse {
    return { signatures: this.#signatures, refused: this.#refused };
  }

  /** One connection of a program on the host. */
  open(): Duplex {
    let received = Buffer.alloc(0);
    const stream = new Duplex({
      read: () => undefined,
      write: (chunk: Buffer, _encoding, done) => {
        received = Buffer.concat([received, chunk]);
        this.#answerAll(() => {
          const length = received.length < 4 ? 0 : received.readUInt32BE(0);
          if (length > MAX_MESSAGE_BYTES) throw new WireFault('a request that is too long');
          if (received.length < 4 || received.length < 4 + length) return undefined;
          const message = received.subarray(4, 4 + length);
          received = received.subarray(4 + length);
          return message;
        }, stream).then(() => done(), () => stream.destroy());
      },
      final: (done) => {
        stream.push(null);
        done();
      },
    });
    return stream;
  }

  async #answerAll(next: () => Buffer | undefined, stream: Duplex): Promise<void> {
    for (let message = next(); message !== undefined; message = next()) stream.push(wireBytes(await this.#answer(message)));
  }

  async #answer(message: Buffer): Promise<Buffer> {
    if (message[0] === REQUEST_IDENTITIES) {
      const count = Buffer.alloc(4);
      count.writeUInt32BE(this.#keys.length);
      return Buffer.concat([Buffer.of(IDENTITIES_ANSWER), count, ...this.#keys.flatMap(({ blob, comment }) => [wireBytes(blob), wireBytes(Buffer.from(comment))])]);
    }
    if (message[0] === EXTENSION) return FAILURE;
    try {
      if (message[0] === SIGN_REQUEST) {
        const reader = readWire(message.subarray(1));
        const blob = Buffer.from(reader.bytes());
        const key = this.#keys.find((candidate) => candidate.blob.equals(blob));
        if (key !== undefined) {
          const signature = await key.sign(Buffer.from(reader.bytes()), reader.uint32());
          this.#signatures += 1;
          return Buffer.concat([Buffer.of(SIGN_RESPONSE), wireBytes(signature)]);
        }
      }
      this.#refused += 1;
      return FAILURE;
    } catch {
      // The agent refuses, or the host's bytes are no request: it learns only that it gets no signature.
      this.#refused += 1;
      return FAILURE;
    } finally {
      this.#onUse(this.use);
    }
  }
}

interface Internals {
  _agent: { getStream(callback: (error: Error | undefined, stream: Duplex) => void): void } | undefined;
  _agentFwdEnabled: boolean;
  readonly _protocol: Record<'shell' | 'exec', (channel: number, ...rest: unknown[]) => void> & { openssh_agentForward(channel: number, wantReply: boolean): void };
}

/**
 * Lends it over a connection: asked for with every shell and command. A host that does not want it says nothing.
 *
 * ssh2's own way fails the shell where the host forbids forwarding, and offers the whole agent.
 */
export function lendAgent(client: Client, agent: ForwardedAgent): void {
  const internals = client as unknown as Internals;
  const { _protocol: protocol } = internals;
  internals._agent = { getStream: (callback) => callback(undefined, agent.open()) };
  internals._agentFwdEnabled = true;
  for (const name of ['shell', 'exec'] as const) {
    const original = protocol[name].bind(protocol);
    protocol[name] = (channel, ...rest) => {
      protocol.openssh_agentForward(channel, false);
      original(channel, ...rest);
    };
  }
}
