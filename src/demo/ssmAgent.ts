/**
 * The Session Manager agent of a demo host, for one session: faithful to the official agent in order, sizes, pacing and deadlines.
 *
 *   connected --(no handshake needed)--> serving --(the plugin ends)--> draining --> ended
 *   connected --> handshaking --> serving
 *
 * Session-manager-protocol.md, sections 3, 4, 5 and 8. What a kind of session does is in its plugin.
 */
import { setTimeout as wait } from 'node:timers/promises';
import { systemClock } from '../services/base/clock.ts';
import { MessageType, PayloadType, decodeAgentMessage } from '../services/ssm/message.ts';
import { encodeJson } from '../services/ssm/messagePayloads.ts';
import type { AgentMessage } from '../services/ssm/message.ts';
import type { AgentCipher } from './agentCipher.ts';
import { createAgentHandshake } from './agentHandshake.ts';
import type { AgentEncryption, AgentHandshake } from './agentHandshake.ts';
import { SessionFailure } from './agentPlugin.ts';
import type { AgentHost, AgentPlugin, PluginChannel } from './agentPlugin.ts';
import { OFFICIAL_RESENDING, createAgentStream } from './agentStream.ts';
import type { AgentResending } from './agentStream.ts';
import { abilitiesOf } from './agentVersion.ts';
import { createCommandPlugin, readCommandSettings } from './commandPlugin.ts';
import { createPortPlugin } from './portSession.ts';
import type { PortBehaviour } from './portSession.ts';
import type { ResolvedSession } from './sessionDocuments.ts';
import { createShellPlugin } from './shellPlugin.ts';

export interface AgentBehaviour extends PortBehaviour {
  /** From connecting to the first read of a terminal. The official agent: 1000. */
  readonly firstOutputDelayMs: number;
  /** 1 ms after each read, as the official agent: at most about 0.9 MB/s. */
  readonly pacing: boolean;
  /** Most bytes of one message to the client. The official agent: 1024. */
  readonly readBytes: number;
  /** How it sends again what was not acknowledged. */
  readonly resending: AgentResending;
  /** Shake hands although nothing asks for it. */
  readonly forceHandshake: boolean;
  /** What it says it is, and so what it can do. */
  readonly agentVersion: string;
  /** Refuse clients that do not acknowledge the challenge of an encrypted session. The official agent: false. */
  readonly requiresChallenge: boolean;
  /** Said to the person at the end of every handshake; official agents say something only of encryption and of old clients. */
  readonly notice?: string;
  /** As current official agents do when a basic port session's first connection is refused: no end is told to anybody. */
  readonly crashesOnRefusedPort: boolean;
}

export interface SsmAgentOptions {
  readonly sessionId: string;
  /** As given to StartSession. */
  readonly target: string;
  readonly session: ResolvedSession;
  readonly host: AgentHost;
  /** Of shells and commands. */
  readonly osUser: string;
  readonly shellProfile?: string | undefined;
  readonly encryption?: Omit<AgentEncryption, 'requiresChallenge'> | undefined;
  /** To the service. Settles when the connection has taken the frame, or is gone. */
  readonly send: (frame: Buffer) => Promise<void>;
  readonly behaviour: AgentBehaviour;
}

export interface SsmAgent {
  /** A frame from the service. Settles when it is dealt with: the sender's back-pressure. */
  receive(frame: Uint8Array): Promise<void>;
  /** Settles once, with what `channel_closed` has to say: empty at a normal end, undefined when the agent died without a word. */
  readonly ended: Promise<string | undefined>;
  /** As a process that was stopped (SIGSTOP) and goes on (SIGCONT). */
  suspend(): void;
  goOn(): void;
  /** The service ended the session. */
  stop(): void;
}

export const OFFICIAL_BEHAVIOUR: AgentBehaviour = {
  firstOutputDelayMs: 1000,
  pacing: true,
  readBytes: 1024,
  resending: OFFICIAL_RESENDING,
  forceHandshake: false,
  agentVersion: '3.3.987.0',
  requiresChallenge: false,
  crashesOnRefusedPort: false,
};
/** Measured between connecting and deciding for or against a handshake. */
const DECISION_DELAY_MS = 50;
const ERROR_DELAY_MS = 1000;
const DRAIN_MS = 2000;
const DRAIN_POLL_MS = 10;
export const ERROR_HEADING = '\n----------ERROR-------\n';
const encryptedTypes: ReadonlySet<number> = new Set([PayloadType.output, PayloadType.stdErr, PayloadType.exitCode]);

export function startSsmAgent(options: SsmAgentOptions): SsmAgent {
  const { behaviour, session } = options;
  const stopping = new AbortController();
  const { signal } = stopping;
  let handshake: AgentHandshake | undefined;
  let plugin: AgentPlugin | undefined;
  let cipher: AgentCipher | undefined;

  const deliver = async (message: AgentMessage): Promise<boolean> => {
    if (plugin === undefined) {
      if (handshake?.isComplete() === true) return false;
      // Before the handshake is over, or skipped: acknowledged and thrown away.
      await handshake?.deliver(message);
      return true;
    }
    if (cipher === undefined || message.payloadType !== PayloadType.output) return plugin.deliver(message);
    let payload: Buffer;
    try {
      payload = cipher.decrypt(message.payload);
    } catch {
      // The official agent drops it unacknowledged.
      return false;
    }
    return plugin.deliver({ ...message, payload });
  };
  const stream = createAgentStream({ send: options.send, deliver, clock: systemClock, resending: behaviour.resending });
  const sendState = (state: string): Promise<void> => stream.sendControl(MessageType.agentSessionState, encodeJson({ SchemaVersion: 1, SessionState: state, SessionId: options.sessionId }));
  const drain = async (): Promise<void> => {
    for (let waitedMs = 0; stream.unacknowledgedCount() > 0 && waitedMs < DRAIN_MS; waitedMs += DRAIN_POLL_MS) await wait(DRAIN_POLL_MS, undefined, { signal });
  };

  const shakeHands = async (): Promise<string> => {
    const encryption = session.kind === 'Port' || options.encryption === undefined ? undefined : { ...options.encryption, requiresChallenge: behaviour.requiresChallenge };
    if (encryption === undefined && !needsHandshake(session) && !behaviour.forceHandshake) {
      await wait(Math.min(DECISION_DELAY_MS, behaviour.firstOutputDelayMs), undefined, { signal });
      return '';
    }
    handshake = createAgentHandshake({
      sessionId: options.sessionId,
      target: options.target,
      agentVersion: behaviour.agentVersion,
      kind: session.kind,
      properties: session.properties,
      separateOutput: separatesOutput(session),
      notice: behaviour.notice,
      encryption,
      send: stream.sendOutput,
      signal,
    });
    const outcome = await handshake.run().catch((error: unknown) => {
      throw new SessionFailure(`Encountered error while initiating handshake. ${error instanceof Error ? error.message : String(error)}`, { cause: error });
    });
    ({ cipher } = outcome);
    return outcome.clientVersion;
  };

  const serve = async (): Promise<void> => {
    const clientVersion = await shakeHands();
    const channel: PluginChannel = {
      clientVersion,
      signal,
      readBytes: behaviour.readBytes,
      send: (payloadType, payload) => stream.sendOutput(payloadType, cipher !== undefined && encryptedTypes.has(payloadType) ? cipher.encrypt(payload) : payload),
      whenRunning: stream.whenRunning,
      isPaused: stream.isPaused,
      pace: () => (behaviour.pacing ? wait(1, undefined, { signal }) : Promise.resolve()),
    };
    plugin = createPlugin(options, channel);
    signal.throwIfAborted();
    await plugin.run();
  };

  const live = async (): Promise<string> => {
    await sendState('Connected');
    try {
      await serve();
    } finally {
      plugin?.close();
      await drain();
    }
    if (session.kind !== 'Port') await sendState('Terminating');
    return '';
  };

  const ended = live()
    .catch((error: unknown) => {
      if (signal.aborted) return '';
      const text = error instanceof Error ? error.message : String(error);
      if (behaviour.crashesOnRefusedPort && text.startsWith('Unable to connect to specified port')) return undefined;
      return ERROR_HEADING + text;
    })
    .finally(() => stream.close());

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
    suspend: () => stream.suspend(),
    goOn: () => stream.goOn(),
    stop() {
      stopping.abort();
      plugin?.close();
      stream.close();
    },
  };
}

function createPlugin(options: SsmAgentOptions, channel: PluginChannel): AgentPlugin {
  const { session, behaviour, host, osUser } = options;
  const { signal } = channel;
  const knowsTerminateFlag = abilitiesOf(behaviour.agentVersion).terminateFlag;
  const firstOutputDelay = (): Promise<void> => wait(Math.max(0, behaviour.firstOutputDelayMs - DECISION_DELAY_MS), undefined, { signal });
  switch (session.kind) {
    case 'Port':
      return createPortPlugin({ channel, agentVersion: behaviour.agentVersion, properties: session.properties, network: host.network, behaviour });
    case 'NonInteractiveCommands':
      return createCommandPlugin(
        {
          channel,
          startCommand: (command, outputFile) => host.startCommand({ osUser, command, ...(outputFile === undefined ? {} : { outputFile }) }),
          errorDelay: () => wait(Math.min(ERROR_DELAY_MS, behaviour.firstOutputDelayMs), undefined, { signal }),
          knowsTerminateFlag,
        },
        readCommandSettings(session),
      );
    case 'InteractiveCommands':
    case 'Standard_Stream': {
      const command = session.kind === 'InteractiveCommands' ? readCommandSettings(session).command : undefined;
      const profile = session.kind === 'Standard_Stream' ? options.shellProfile : undefined;
      return createShellPlugin({ channel, openShell: (size) => host.openShell({ osUser, size, command }), firstOutputDelay, profile, knowsTerminateFlag });
    }
  }
}

function needsHandshake({ kind }: ResolvedSession): boolean {
  return kind === 'Port' || kind === 'NonInteractiveCommands';
}

function separatesOutput(session: ResolvedSession): boolean {
  try {
    return session.kind === 'NonInteractiveCommands' && readCommandSettings(session).separate;
  } catch {
    // Told after the handshake.
    return false;
  }
}
