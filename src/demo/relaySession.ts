/**
 * One session in the demo's `ssmmessages`: a client that comes and goes, an agent that stays, and the limits of their time.
 *
 *   Connecting --> Connected <--> Disconnected --> Terminated
 *
 * Session-manager-protocol.md, sections 2, 4.4, 7.2 and 7.3.
 */
import { randomBytes, timingSafeEqual } from 'node:crypto';
import { systemClock } from '../services/base/clock.ts';
import { MessageType } from '../services/ssm/message.ts';
import type { AgentHost } from './agentPlugin.ts';
import { abilitiesOf } from './agentVersion.ts';
import { NORMAL_CLOSURE } from './clientSocket.ts';
import type { ClientSocket } from './clientSocket.ts';
import { createFaultyPath } from './messageFaults.ts';
import type { MessageFaults } from './messageFaults.ts';
import { channelClosedFrame, controlFrame, messageTypeOf } from './serviceFrames.ts';
import type { ResolvedSession } from './sessionDocuments.ts';
import type { SessionPreferences } from './sessionPreferences.ts';
import { startSsmAgent } from './ssmAgent.ts';
import type { AgentBehaviour, SsmAgent, SsmAgentOptions } from './ssmAgent.ts';

export interface SessionRequest {
  readonly sessionId: string;
  readonly target: string;
  readonly documentName?: string;
  readonly parameters: Readonly<Record<string, readonly string[]>>;
  readonly reason?: string;
  readonly host: AgentHost;
  /** Of the target's agent; absent: the service's `agentVersion`. */
  readonly agentVersion?: string;
  /** The account's. */
  readonly preferences?: SessionPreferences | undefined;
  /** How the target's agent asks KMS; without it no session is encrypted. */
  readonly decryptDataKey?: NonNullable<SsmAgentOptions['encryption']>['decryptDataKey'];
}

export interface SessionSummary {
  readonly sessionId: string;
  readonly target: string;
  readonly documentName: string;
  readonly reason?: string;
  /** As DescribeSessions: `Connecting`, `Connected`, `Disconnected` or `Terminated`. */
  readonly status: 'Connecting' | 'Connected' | 'Disconnected' | 'Terminated';
  /** Seconds since 1970, with a fraction, as on the wire. */
  readonly startDate: number;
  /** Of a session that is over. */
  readonly endDate?: number;
  readonly maxSessionDurationMinutes?: number;
}

export interface SessionLimits {
  /** Without input for this long, a session ends; a port without data either way. */
  readonly idleTimeoutMs: number;
  /** Undefined: no limit. */
  readonly maxDurationMs: number | undefined;
}

export interface RelaySessionOptions {
  readonly request: SessionRequest;
  readonly session: ResolvedSession;
  readonly behaviour: AgentBehaviour;
  readonly limits: SessionLimits;
  readonly faults: MessageFaults;
  readonly onEnd: () => void;
}

const TOKEN_BYTES = 96;
const DEFAULT_USER = 'ssm-user';

export class RelaySession {
  readonly #options: RelaySessionOptions;
  readonly #startDate = systemClock.now() / 1000;
  readonly #toClient: (frame: Buffer) => Promise<void>;
  readonly #timers: NodeJS.Timeout[] = [];
  #status: SessionSummary['status'] = 'Connecting';
  #endDate: number | undefined;
  #token: Buffer | undefined;
  #client: ClientSocket | undefined;
  #agent: SsmAgent | undefined;
  #toAgent: ((frame: Buffer) => Promise<void>) | undefined;
  #idleTimer: NodeJS.Timeout | undefined;

  constructor(options: RelaySessionOptions) {
    this.#options = options;
    this.#toClient = createFaultyPath('to-client', options.faults, (frame) => this.#client?.send(frame) ?? Promise.resolve());
  }

  /** A new token, in the place of any before it. */
  issueToken(): string {
    const token = randomBytes(TOKEN_BYTES).toString('base64');
    this.#token = Buffer.from(token);
    return token;
  }

  /** True once for the right token. */
  takeToken(given: string | undefined): boolean {
    const token = this.#token;
    const bytes = Buffer.from(given ?? '');
    if (token === undefined || bytes.length !== token.length || !timingSafeEqual(bytes, token)) return false;
    this.#token = undefined;
    return true;
  }

  attach(client: ClientSocket): void {
    // The newest connection is the session's: the older one may not know yet that it is dead.
    this.#client?.cut();
    this.#client = client;
    this.#status = 'Connected';
    this.#idleTimer?.refresh();
    if (this.#agent === undefined) this.#connectAgent();
    else void this.#agent.receive(controlFrame(MessageType.startPublication));
  }

  detach(client: ClientSocket): void {
    if (this.#client !== client) return;
    this.#client = undefined;
    if (this.isOver()) return;
    this.#status = 'Disconnected';
    void this.#agent?.receive(controlFrame(MessageType.pausePublication));
  }

  /** Settles when the frame is dealt with. */
  async receive(client: ClientSocket, frame: Buffer): Promise<void> {
    if (this.#client !== client) return;
    if (this.#countsAllTraffic || messageTypeOf(frame) === MessageType.inputStreamData) this.#idleTimer?.refresh();
    await this.#toAgent?.(frame);
  }

  /** Tell the agent, and the client if there is one, that the other side is away or back. */
  async publish(kind: 'pause' | 'start'): Promise<void> {
    const frame = controlFrame(kind === 'pause' ? MessageType.pausePublication : MessageType.startPublication);
    await Promise.all([this.#agent?.receive(frame), this.#toClient(frame)]);
  }

  /** Of shells and commands AWS counts what the client types, resizes and resumes, and no output; of ports nothing is written anywhere. */
  get #countsAllTraffic(): boolean {
    return this.#options.session.kind === 'Port';
  }

  cutClient(): void {
    this.#client?.cut();
  }

  suspendAgent(): void {
    this.#agent?.suspend();
  }

  resumeAgent(): void {
    this.#agent?.goOn();
  }

  isOver(): boolean {
    return this.#status === 'Terminated';
  }

  /** @param output what `channel_closed` says; empty at a normal end */
  end(output: string): void {
    if (this.isOver()) return;
    this.#status = 'Terminated';
    this.#endDate = systemClock.now() / 1000;
    this.#token = undefined;
    for (const timer of this.#timers) clearTimeout(timer);
    const client = this.#client;
    void this.#toClient(channelClosedFrame(this.#options.request, output)).then(() => client?.close(NORMAL_CLOSURE, ''));
    this.#agent?.stop();
    this.#options.onEnd();
  }

  summary(): SessionSummary {
    const { request, session } = this.#options;
    const maxSessionDurationMinutes = request.preferences?.maxSessionDurationMinutes;
    return {
      sessionId: request.sessionId,
      target: request.target,
      documentName: session.documentName,
      status: this.#status,
      startDate: this.#startDate,
      ...(request.reason === undefined ? {} : { reason: request.reason }),
      ...(this.#endDate === undefined ? {} : { endDate: this.#endDate }),
      ...(maxSessionDurationMinutes === undefined ? {} : { maxSessionDurationMinutes }),
    };
  }

  #connectAgent(): void {
    const { request, session, behaviour, faults, limits } = this.#options;
    const { preferences, decryptDataKey } = request;
    if (session.kind === 'Port' && !abilitiesOf(behaviour.agentVersion).port) {
      this.end('Plugin with name Port is not supported by this version of ssm agent, please update to latest version. Step name: Port');
      return;
    }
    const agent = startSsmAgent({
      sessionId: request.sessionId,
      target: request.target,
      session,
      host: request.host,
      osUser: preferences?.runAsDefaultUser ?? DEFAULT_USER,
      shellProfile: preferences?.shellProfile?.linux,
      encryption: preferences?.kmsKeyId === undefined || decryptDataKey === undefined ? undefined : { kmsKeyId: preferences.kmsKeyId, decryptDataKey },
      behaviour,
      send: (frame) => this.#sendFromAgent(frame),
    });
    this.#agent = agent;
    this.#toAgent = createFaultyPath('to-agent', faults, (frame) => agent.receive(frame));
    this.#idleTimer = this.#endAfter(limits.idleTimeoutMs);
    if (limits.maxDurationMs !== undefined) this.#endAfter(limits.maxDurationMs);
    void agent.ended.then((output) => {
      // An agent that died without a word leaves the session to its time limit.
      if (output !== undefined) this.end(output);
    });
  }

  #sendFromAgent(frame: Buffer): Promise<void> {
    const messageType = messageTypeOf(frame);
    // For the service alone; a client never sees it.
    if (messageType === MessageType.agentSessionState) return Promise.resolve();
    if (this.#countsAllTraffic && messageType === MessageType.outputStreamData) this.#idleTimer?.refresh();
    return this.#toClient(frame);
  }

  #endAfter(delayMs: number): NodeJS.Timeout {
    const timer = setTimeout(() => this.end(''), delayMs);
    timer.unref();
    this.#timers.push(timer);
    return timer;
  }
}
