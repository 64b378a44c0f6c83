/**
 * The inner parts of ssh2 that its public interface keeps back and that time depends on: the ping of a connection with its
 * answer, and a shell that is asked for together with its terminal. Checked when they are taken; test/integration/openSsh.test.ts holds them.
 */
import type { Client } from 'ssh2';

interface Protocol {
  /** keepalive@openssh.com as a global request that wants an answer: a server answers it, if only with "unknown". */
  ping(): void;
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

/** For the `modes` of a terminal: its shell is asked for without waiting for the terminal, which saves a round trip. */
export function modesOfShell(): Record<string, number> {
  // Typed as names and numbers, taken as bytes too.
  return shellFollows as unknown as Record<string, number>;
}

/** Asks the server for a sign of life. `answered` is also called when the connection ends. */
export function ping(client: Client, answered: () => void): void {
  const { _callbacks, _protocol } = internalsOf(client);
  _callbacks.push(answered);
  _protocol.ping();
}

/** Lets shells be asked for together with their terminals. Once for each connection, when it is signed in. */
export function pipelineShells(client: Client): void {
  const { _protocol: protocol } = internalsOf(client);
  const asked = new Set<number>();
  const pty = protocol.pty.bind(protocol);
  const shell = protocol.shell.bind(protocol);
  protocol.pty = (...request) => {
    pty(...request);
    const [channel, , , , , , modes] = request;
    if (modes !== shellFollows) return;
    asked.add(channel);
    shell(channel, true);
  };
  // Where ssh2 asks by itself, once the terminal is there: it has been asked already, and the answer is on its way.
  protocol.shell = (channel, wantReply) => {
    if (!asked.delete(channel)) shell(channel, wantReply);
  };
}

function internalsOf(client: Client): Internals {
  const inner: Partial<Internals> = client as unknown as Partial<Internals>;
  const { _callbacks, _protocol } = inner;
  if (!Array.isArray(_callbacks) || typeof _protocol?.ping !== 'function' || typeof _protocol.pty !== 'function' || typeof _protocol.shell !== 'function') throw new Error('this ssh2 is not the one Postern knows');
  return { _callbacks, _protocol };
}
