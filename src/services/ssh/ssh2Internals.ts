/**
 * The inner parts of ssh2 that its public interface keeps back and that time depends on: the ping of a connection with its
 * answer, and requests that are sent without waiting for the answer to the one before, where the protocol lets them. Each
 * saves a round trip. Checked when they are taken; test/integration/openSsh.test.ts and reconnect.test.ts hold them.
 */
import type { Client } from 'ssh2';
import { hostCertificates } from './certifiedHostKeys.ts';

interface Protocol {
  /** Read by the changed key exchange: base/ssh2Kex.ts. */
  _hostCertificates?: typeof hostCertificates;
  service(name: string): void;
  readonly _handlers: { SERVICE_ACCEPT: (protocol: Protocol, name: string) => void };
  /** keepalive@openssh.com as a global request that wants an answer: a server answers it, if only with "unknown". */
  ping(): void;
  /** Begins a key exchange; nothing while one is under way. */
  rekey(): void;
  pty(channel: number, rows: number, columns: number, height: number, width: number, term: string, modes: unknown, wantReply: boolean): void;
  shell(channel: number, wantReply: boolean): void;
}

interface Internals {
  /** Answers to global requests come in the order they were sent (RFC 4254 section 4); each takes the first of these. */
  readonly _callbacks: (() => void)[];
  readonly _protocol: Protocol;
}

/** A pty-req that a shell request follows at once carries these very bytes as its terminal modes: none (RFC 4254 section 8). */
const shellFollows = Buffer.from([0]);

/** For the `modes` of a terminal: its shell is asked for without waiting for the terminal. */
export function modesOfShell(): Record<string, number> {
  return asModes(shellFollows);
}

/** A channel that is open and asks for its terminal and shell when it is wanted. */
export class HeldShell {
  /** None, as above; and by these very bytes its request is known. */
  readonly #modes = Buffer.from([0]);
  #send: ((rows: number, columns: number) => void) | undefined;

  get modes(): Record<string, number> {
    return asModes(this.#modes);
  }

  /** Whether the server has opened the channel. */
  get ready(): boolean {
    return this.#send !== undefined;
  }

  isHeldIn(modes: unknown): boolean {
    return modes === this.#modes;
  }

  hold(send: (rows: number, columns: number) => void): void {
    this.#send = send;
  }

  ask(rows: number, columns: number): void {
    this.#send?.(rows, columns);
  }
}

/** Typed as names and numbers, taken as bytes too. */
function asModes(bytes: Buffer): Record<string, number> {
  return bytes as unknown as Record<string, number>;
}

/**
 * Asks to sign in right behind the request for the service, which a server takes in their order (RFC 4253 section 10). Before
 * the handshake is complete; nothing is sent before the host key has been accepted.
 */
export function pipelineSignIn(client: Client): void {
  const { _protocol: protocol } = internalsOf(client);
  const accepted = protocol._handlers.SERVICE_ACCEPT;
  const service = protocol.service.bind(protocol);
  protocol.service = (name) => {
    service(name);
    accepted(protocol, name);
  };
  // What it would start has begun.
  protocol._handlers.SERVICE_ACCEPT = () => undefined;
}

/** Lets the host show a certificate where one was asked for. Before the handshake is complete. */
export function acceptCertificates(client: Client): void {
  internalsOf(client)._protocol._hostCertificates = hostCertificates;
}

/** Asks the server for a sign of life. `answered` is also called when the connection ends. */
export function ping(client: Client, answered: () => void): void {
  const { _callbacks, _protocol } = internalsOf(client);
  _callbacks.push(answered);
  _protocol.ping();
}

/** Agrees on new keys; what is sent meanwhile waits for them. */
export function rekey(client: Client): void {
  internalsOf(client)._protocol.rekey();
}

/**
 * Lets shells be asked for together with their terminals, and held. Once for each connection, when it is signed in.
 *
 * @param held the channel that waits, if any
 */
export function pipelineShells(client: Client, held: () => HeldShell | undefined): void {
  const { _protocol: protocol } = internalsOf(client);
  const asked = new Set<number>();
  const pty = protocol.pty.bind(protocol);
  const shell = protocol.shell.bind(protocol);
  protocol.pty = (...request) => {
    const [channel, , , height, width, term, modes, wantReply] = request;
    const ask = (rows: number, columns: number): void => {
      pty(channel, rows, columns, height, width, term, modes, wantReply);
      asked.add(channel);
      shell(channel, true);
    };
    const waiting = held();
    if (waiting?.isHeldIn(modes) === true) waiting.hold(ask);
    else if (modes === shellFollows) ask(request[1], request[2]);
    else pty(...request);
  };
  // Where ssh2 asks by itself, once the terminal is there: it has been asked already, and the answer is on its way.
  protocol.shell = (channel, wantReply) => {
    if (!asked.delete(channel)) shell(channel, wantReply);
  };
}

function internalsOf(client: Client): Internals {
  const inner: Partial<Internals> = client as unknown as Partial<Internals>;
  const { _callbacks, _protocol } = inner;
  const { ping: pinging, rekey: rekeying, pty, shell, service, _handlers: handlers } = _protocol ?? {};
  if (!Array.isArray(_callbacks) || _protocol === undefined || ![pinging, rekeying, pty, shell, service, handlers?.SERVICE_ACCEPT].every((part) => typeof part === 'function')) throw new Error('this ssh2 is not the one Postern knows');
  return { _callbacks, _protocol };
}
