/**
 * The demo's `ssmmessages`: data channels over WebSocket on loopback, each joined to an agent that runs in this process.
 *
 * Session-manager-protocol.md, sections 2, 7.2, 7.3 and 8. StartSession and its friends are HTTP calls and live elsewhere; they call this.
 */
import { randomBytes, timingSafeEqual } from 'node:crypto';
import { createServer } from 'node:http';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import { systemClock } from '../services/base/clock.ts';
import type { Log } from '../services/base/log.ts';
import { MessageType, decodeOpenDataChannel } from '../services/ssm/message.ts';
import { NORMAL_CLOSURE, POLICY_VIOLATION, createClientSocket } from './clientSocket.ts';
import type { ClientSocket } from './clientSocket.ts';
import type { DemoHost } from './host.ts';
import { createFaultyPath } from './messageFaults.ts';
import type { MessageFaults } from './messageFaults.ts';
import { channelClosedFrame, controlFrame, messageTypeOf } from './serviceFrames.ts';
import { startSsmAgent } from './ssmAgent.ts';
import type { AgentBehaviour, SessionKind, SsmAgent } from './ssmAgent.ts';

export interface MessageServiceOptions extends Partial<AgentBehaviour> {
  readonly log: Log;
  /** False: the upgrade is answered with 403. For SigV4. */
  readonly verifyUpgrade?: (request: IncomingMessage) => boolean;
  /** Without data either way for this long, a session ends. The service's default: 20 minutes. */
  readonly idleTimeoutMs?: number;
}

export interface SessionRequest {
  readonly sessionId: string;
  readonly target: string;
  readonly documentName?: string;
  readonly parameters: Readonly<Record<string, readonly string[]>>;
  readonly host: DemoHost;
}

export interface DataChannelTicket {
  readonly streamUrl: string;
  /** Secret. Good for one opening. */
  readonly tokenValue: string;
}

export interface SessionSummary {
  readonly sessionId: string;
  readonly target: string;
  /** As DescribeSessions: `Connecting`, `Connected`, `Disconnected` or `Terminated`. */
  readonly status: string;
  /** Seconds since 1970, with a fraction, as on the wire. */
  readonly startDate: number;
}

export interface MessageService {
  openSession(request: SessionRequest): DataChannelTicket;
  /** A new token; undefined when the session is unknown or over, which ResumeSession answers with no token. */
  resumeSession(sessionId: string): DataChannelTicket | undefined;
  /** False for an unknown session. */
  terminateSession(sessionId: string): boolean;
  /** Ended ones included. */
  sessions(): readonly SessionSummary[];
  /** Tell the agent, and the client if there is one, that the other side is away or back. */
  publish(sessionId: string, kind: 'pause' | 'start'): Promise<void>;
  /** Cut the client's connection without a close frame. */
  cutClient(sessionId: string): void;
  readonly faults: MessageFaults;
  close(): Promise<void>;
}

interface Session {
  readonly request: SessionRequest;
  readonly startDate: number;
  readonly toClient: (frame: Buffer) => Promise<void>;
  token: Buffer | undefined;
  status: 'Connecting' | 'Connected' | 'Disconnected' | 'Terminated';
  client?: ClientSocket | undefined;
  agent?: SsmAgent;
  toAgent?: (frame: Buffer) => Promise<void>;
  idleTimer?: NodeJS.Timeout;
}

const PATH_PREFIX = '/v1/data-channel/';
/** Raw `+` and `/`, as AWS sends it: a client that re-encodes the address signs and asks for another one. */
const CELL_NUMBER = 'AAEAAa5+Lu4a/8V1KIF9+7L';
const TOKEN_BYTES = 96;
const MAX_FRAME_BYTES = 2 * 1024 * 1024;
const DEFAULT_IDLE_TIMEOUT_MS = 20 * 60_000;
/** Like the official agent's. */
const DEFAULT_BEHAVIOUR: AgentBehaviour = { firstOutputDelayMs: 1000, pacing: true, forceHandshake: false };

export async function startMessageService(options: MessageServiceOptions): Promise<MessageService> {
  const behaviour: AgentBehaviour = {
    firstOutputDelayMs: options.firstOutputDelayMs ?? DEFAULT_BEHAVIOUR.firstOutputDelayMs,
    pacing: options.pacing ?? DEFAULT_BEHAVIOUR.pacing,
    forceHandshake: options.forceHandshake ?? DEFAULT_BEHAVIOUR.forceHandshake,
  };
  const faults: MessageFaults = {};
  const sessions = new Map<string, Session>();
  const webSockets = new WebSocketServer({ noServer: true, perMessageDeflate: false, maxPayload: MAX_FRAME_BYTES });
  const server = createServer((_request, response) => response.writeHead(426, { connection: 'close' }).end());
  server.on('upgrade', (request, connection: Duplex, head) => handleUpgrade(request, connection, head));
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('a TCP listener has no port');
  const { port } = address;

  function handleUpgrade(request: IncomingMessage, connection: Duplex, head: Buffer): void {
    connection.on('error', () => connection.destroy());
    const session = sessions.get(sessionIdOf(request.url ?? ''));
    if (session === undefined) return refuse(connection, '404 Not Found');
    if (options.verifyUpgrade?.(request) === false) return refuse(connection, '403 Forbidden');
    webSockets.handleUpgrade(request, connection, head, (webSocket) => {
      request.socket.setNoDelay(true);
      const client: ClientSocket = createClientSocket({
        webSocket,
        connection,
        faults,
        onOpen: (text) => open(session, client, text),
        onFrame: async (frame) => {
          if (session.client !== client) return;
          session.idleTimer?.refresh();
          await session.toAgent?.(frame);
        },
        onClose: () => detach(session, client),
      });
    });
  }

  function open(session: Session, client: ClientSocket, text: string): void {
    const token = decodeOpenDataChannel(text)?.TokenValue;
    if (faults.refuseToken === true || token === undefined || !isToken(session, token)) {
      client.close(POLICY_VIOLATION, 'invalid token');
      return;
    }
    session.token = undefined;
    // The newest connection is the session's: the older one may not know yet that it is dead.
    session.client?.cut();
    session.client = client;
    session.status = 'Connected';
    if (session.agent === undefined) connectAgent(session);
    else void session.agent.receive(controlFrame(MessageType.startPublication));
  }

  function connectAgent(session: Session): void {
    const { request } = session;
    const kind = kindOf(request.documentName);
    if (kind === undefined) {
      const plugin = request.documentName === 'AWS-StartNonInteractiveCommand' ? 'NonInteractiveCommands' : 'Port';
      endSession(session, `Plugin with name ${plugin} is not supported by this version of ssm agent!`);
      return;
    }
    const command = kind === 'InteractiveCommands' ? (request.parameters['command']?.[0] ?? '') : undefined;
    const agent = startSsmAgent({
      sessionId: request.sessionId,
      kind,
      behaviour,
      openShell: (size) => request.host.openShell({ osUser: 'ssm-user', size, command }),
      send: async (frame) => {
        // For the service alone; a client never sees it.
        if (messageTypeOf(frame) === MessageType.agentSessionState) return;
        if (messageTypeOf(frame) === MessageType.outputStreamData) session.idleTimer?.refresh();
        await session.toClient(frame);
      },
    });
    session.agent = agent;
    session.toAgent = createFaultyPath('to-agent', faults, (frame) => agent.receive(frame));
    session.idleTimer = setTimeout(() => endSession(session, ''), options.idleTimeoutMs ?? DEFAULT_IDLE_TIMEOUT_MS);
    session.idleTimer.unref();
    void agent.ended.then((output) => endSession(session, output));
  }

  function detach(session: Session, client: ClientSocket): void {
    if (session.client !== client) return;
    session.client = undefined;
    if (session.status === 'Terminated') return;
    session.status = 'Disconnected';
    void session.agent?.receive(controlFrame(MessageType.pausePublication));
  }

  function endSession(session: Session, output: string): void {
    if (session.status === 'Terminated') return;
    session.status = 'Terminated';
    session.token = undefined;
    clearTimeout(session.idleTimer);
    const { client } = session;
    void session.toClient(channelClosedFrame(session.request, output)).then(() => client?.close(NORMAL_CLOSURE, ''));
    session.agent?.stop();
    options.log.debug('A demo session ended.', { sessionId: session.request.sessionId });
  }

  function issueTicket(session: Session): DataChannelTicket {
    const tokenValue = randomBytes(TOKEN_BYTES).toString('base64');
    session.token = Buffer.from(tokenValue);
    const path = `${PATH_PREFIX}${encodeURIComponent(session.request.sessionId)}`;
    return { streamUrl: `ws://127.0.0.1:${port}${path}?role=publish_subscribe&cell-number=${CELL_NUMBER}`, tokenValue };
  }

  return {
    faults,
    openSession(request) {
      const session: Session = {
        request,
        startDate: systemClock.now() / 1000,
        toClient: createFaultyPath('to-client', faults, async (frame) => session.client?.send(frame)),
        token: undefined,
        status: 'Connecting',
      };
      sessions.set(request.sessionId, session);
      return issueTicket(session);
    },
    resumeSession(sessionId) {
      const session = sessions.get(sessionId);
      return session === undefined || session.status === 'Terminated' ? undefined : issueTicket(session);
    },
    terminateSession(sessionId) {
      const session = sessions.get(sessionId);
      if (session !== undefined) endSession(session, '');
      return session !== undefined;
    },
    sessions: () => [...sessions.values()].map(({ request, status, startDate }) => ({ sessionId: request.sessionId, target: request.target, status, startDate })),
    async publish(sessionId, kind) {
      const session = sessions.get(sessionId);
      const frame = controlFrame(kind === 'pause' ? MessageType.pausePublication : MessageType.startPublication);
      await Promise.all([session?.agent?.receive(frame), session?.toClient(frame)]);
    },
    cutClient: (sessionId) => sessions.get(sessionId)?.client?.cut(),
    async close() {
      for (const session of sessions.values()) endSession(session, '');
      for (const webSocket of webSockets.clients) webSocket.terminate();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function kindOf(documentName: string | undefined): SessionKind | undefined {
  switch (documentName) {
    case undefined:
    case 'SSM-SessionManagerRunShell':
      return 'Standard_Stream';
    case 'AWS-StartInteractiveCommand':
      return 'InteractiveCommands';
    default:
      return undefined;
  }
}

function sessionIdOf(url: string): string {
  const path = url.split('?')[0] ?? '';
  if (!path.startsWith(PATH_PREFIX)) return '';
  try {
    return decodeURIComponent(path.slice(PATH_PREFIX.length));
  } catch {
    // A broken escape names no session.
    return '';
  }
}

function isToken(session: Session, token: string): boolean {
  const given = Buffer.from(token);
  return session.token !== undefined && given.length === session.token.length && timingSafeEqual(given, session.token);
}

function refuse(connection: Duplex, status: string): void {
  connection.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}
