/**
 * The Session Manager agent of a demo host, for one shell session: faithful to the official agent in order, sizes, pacing and deadlines.
 *
 *   connected --(decided)--> starting --(terminal there)--> running --(program ended)--> draining --> ended
 *
 * Session-manager-protocol.md, sections 3, 4, 5 and 8. Port and command sessions are to join `SessionKind`; the handshake is here already.
 */
import { setTimeout as wait } from 'node:timers/promises';
import type { Duplex } from 'node:stream';
import type { TerminalSize } from '../contract/session.ts';
import { systemClock } from '../services/base/clock.ts';
import type { Shell } from '../services/base/shell.ts';
import { ActionStatus, FlagPayload, MessageType, PayloadType, decodeAgentMessage, decodeFlag, decodeHandshakeResponse, decodeSize, encodeJson } from '../services/ssm/message.ts';
import type { AgentMessage, HandshakeResponse } from '../services/ssm/message.ts';
import { createAgentStream } from './agentStream.ts';
import { cutAtCharacter } from './utf8Boundary.ts';

export type SessionKind = 'Standard_Stream' | 'InteractiveCommands';

export interface AgentBehaviour {
  /** From connecting to the start of the terminal. The official agent: 1000. */
  readonly firstOutputDelayMs: number;
  /** 1 ms after each read, as the official agent: at most about 0.9 MB/s. */
  readonly pacing: boolean;
  /** Shake hands although no KMS key asks for it. */
  readonly forceHandshake: boolean;
}

export interface SsmAgentOptions {
  readonly sessionId: string;
  readonly kind: SessionKind;
  readonly openShell: (size: TerminalSize) => Promise<Shell>;
  /** To the service. Settles when the connection has taken the frame, or is gone. */
  readonly send: (frame: Buffer) => Promise<void>;
  readonly behaviour: AgentBehaviour;
}

export interface SsmAgent {
  /** A frame from the service. Settles when it is dealt with: the sender's back-pressure. */
  receive(frame: Uint8Array): Promise<void>;
  /** Settles once, with what `channel_closed` has to say: empty at a normal end. */
  readonly ended: Promise<string>;
  /** The service ended the session. */
  stop(): void;
}

export const AGENT_VERSION = '3.3.987.0';
const READ_BYTES = 1024;
/** Measured between connecting and deciding for or against a handshake. */
const DECISION_DELAY_MS = 50;
const HANDSHAKE_TIMEOUT_MS = 15_000;
const DRAIN_MS = 2000;
const DRAIN_POLL_MS = 10;
const INITIAL_SIZE: TerminalSize = { columns: 80, rows: 24 };
const ERROR_HEADING = '\n----------ERROR-------\n';

export function startSsmAgent(options: SsmAgentOptions): SsmAgent {
  const { behaviour } = options;
  const stopping = new AbortController();
  const { signal } = stopping;
  const response = Promise.withResolvers<HandshakeResponse | undefined>();
  let phase: 'deciding' | 'handshaking' | 'starting' | 'running' = 'deciding';
  let shell: Shell | undefined;

  const deliver = async (message: AgentMessage): Promise<boolean> => {
    switch (phase) {
      case 'deciding':
        return true;
      case 'handshaking':
        if (message.payloadType === PayloadType.handshakeResponse) response.resolve(decodeHandshakeResponse(message.payload));
        return true;
      case 'starting':
        return false;
      case 'running':
        if (shell !== undefined) await applyInput(shell, message);
        return true;
    }
  };
  const stream = createAgentStream({ send: options.send, deliver, clock: systemClock });
  const sendState = (state: string): Promise<void> => stream.sendControl(MessageType.agentSessionState, encodeJson({ SchemaVersion: 1, SessionState: state, SessionId: options.sessionId }));

  const shakeHands = async (): Promise<void> => {
    const startedAtMs = systemClock.now();
    const parameters = { SessionType: options.kind, Properties: null };
    phase = 'handshaking';
    await stream.sendOutput(PayloadType.handshakeRequest, encodeJson({ AgentVersion: AGENT_VERSION, RequestedClientActions: [{ ActionType: 'SessionType', ActionParameters: parameters }] }));
    const answer = await Promise.race([response.promise, wait(HANDSHAKE_TIMEOUT_MS, 'late' as const, { signal, ref: false })]);
    if (answer === 'late') throw new SessionFailure('Handshake timed out. Please ensure that you have the latest version of the session manager plugin.');
    if (answer === undefined || answer.ProcessedClientActions.some((action) => action.ActionStatus !== ActionStatus.success)) {
      throw new SessionFailure('The client refused an action of the handshake.');
    }
    const nanoseconds = (systemClock.now() - startedAtMs) * 1_000_000;
    await stream.sendOutput(PayloadType.handshakeComplete, encodeJson({ HandshakeTimeToComplete: nanoseconds, CustomerMessage: '' }));
  };

  const sendOutputOf = async (source: Duplex): Promise<void> => {
    let held: Buffer = Buffer.alloc(0);
    for (;;) {
      await stream.whenRunning();
      const chunk = await readUpTo(source, READ_BYTES - held.length);
      if (chunk === undefined) return;
      const cut = cutAtCharacter(Buffer.concat([held, chunk]));
      held = cut.held;
      if (cut.ready.length > 0) await stream.sendOutput(PayloadType.output, cut.ready);
      if (behaviour.pacing) await wait(1, undefined, { signal });
    }
  };

  const live = async (): Promise<string> => {
    await sendState('Connected');
    await wait(Math.min(DECISION_DELAY_MS, behaviour.firstOutputDelayMs), undefined, { signal });
    if (behaviour.forceHandshake) await shakeHands();
    phase = 'starting';
    await wait(Math.max(0, behaviour.firstOutputDelayMs - DECISION_DELAY_MS), undefined, { signal });
    shell = await options.openShell(INITIAL_SIZE).catch(async (error: unknown) => {
      await stream.sendOutput(PayloadType.stdErr, Buffer.from(error instanceof Error ? error.message : String(error)));
      return undefined;
    });
    phase = 'running';
    if (shell !== undefined) {
      signal.throwIfAborted();
      await sendOutputOf(shell.stream);
      await shell.exited;
    }
    for (let waitedMs = 0; stream.unacknowledgedCount() > 0 && waitedMs < DRAIN_MS; waitedMs += DRAIN_POLL_MS) await wait(DRAIN_POLL_MS, undefined, { signal });
    await sendState('Terminating');
    return '';
  };

  const ended = live()
    .catch((error: unknown) => {
      if (signal.aborted) return '';
      return ERROR_HEADING + (error instanceof Error ? error.message : String(error));
    })
    .finally(() => {
      stream.close();
      shell?.close();
    });

  let turn = Promise.resolve();
  return {
    ended,
    receive(frame) {
      // As the official agent: no check of the digest. What is no message is dropped without an acknowledgement.
      const message = decodeAgentMessage(frame, { checkDigest: false });
      if ('malformed' in message) return Promise.resolve();
      turn = turn.then(() => (signal.aborted ? undefined : stream.receive(message)));
      return turn;
    },
    stop() {
      stopping.abort();
      shell?.close();
      stream.close();
    },
  };
}

/** A failure whose text the person sees in `channel_closed`. */
class SessionFailure extends Error {}

/** Settles when the program has taken the input: only then is it acknowledged. */
async function applyInput(shell: Shell, message: AgentMessage): Promise<void> {
  switch (message.payloadType) {
    case PayloadType.output:
      await writeInput(shell.stream, message.payload);
      break;
    case PayloadType.size: {
      const size = decodeSize(message.payload);
      if (size !== undefined) shell.resize(size);
      break;
    }
    case PayloadType.flag:
      if (decodeFlag(message.payload) === FlagPayload.terminateSession) shell.close();
      break;
    default:
  }
}

function writeInput(stream: Duplex, bytes: Uint8Array): Promise<void> {
  return new Promise((resolve) => {
    if (stream.destroyed || stream.writableEnded) {
      resolve();
      return;
    }
    const handleClose = (): void => resolve();
    stream.once('close', handleClose);
    // An error means that the program is gone, which the end of its output tells.
    stream.write(bytes, () => {
      stream.removeListener('close', handleClose);
      resolve();
    });
  });
}

/** Between 1 and `maxBytes` bytes, or undefined at the end. */
async function readUpTo(stream: Duplex, maxBytes: number): Promise<Buffer | undefined> {
  for (;;) {
    if (stream.readableEnded || stream.destroyed) return undefined;
    const chunk: unknown = stream.read(Math.min(maxBytes, stream.readableLength));
    if (chunk instanceof Buffer && chunk.length > 0) return chunk;
    await new Promise<void>((resolve) => {
      const handle = (): void => {
        for (const name of ['readable', 'end', 'close']) stream.removeListener(name, handle);
        resolve();
      };
      for (const name of ['readable', 'end', 'close']) stream.on(name, handle);
    });
  }
}
