/**
 * The demo's `ssmmessages`: data channels over WebSocket on loopback, each joined to an agent that runs in this process.
 *
 * Session-manager-protocol.md, sections 2, 7.2, 7.3 and 8. StartSession and its friends are HTTP calls and live elsewhere; they call this.
 */
import { createServer } from 'node:http';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import type { Log } from '../services/base/log.ts';
import { decodeOpenDataChannel } from '../services/ssm/messagePayloads.ts';
import { POLICY_VIOLATION, createClientSocket } from './clientSocket.ts';
import type { ClientSocket } from './clientSocket.ts';
import type { MessageFaults } from './messageFaults.ts';
import { RelaySession } from './relaySession.ts';
import type { SessionLimits, SessionRequest, SessionSummary } from './relaySession.ts';
import { resolveSession, sessionDocuments } from './sessionDocuments.ts';
import type { SessionDocument } from './sessionDocuments.ts';
import { OFFICIAL_BEHAVIOUR } from './ssmAgent.ts';
import type { AgentBehaviour } from './ssmAgent.ts';

export interface MessageServiceOptions extends Partial<AgentBehaviour> {
  readonly log: Log;
  /** False: the upgrade is answered with 403. For SigV4. */
  readonly verifyUpgrade?: (request: IncomingMessage) => boolean;
  /** Without input for this long, a session ends; a port without data either way. Absent: as the account's preferences say, and 20 minutes without any. */
  readonly idleTimeoutMs?: number;
  /** Absent: as the account's preferences say, and no limit without any. */
  readonly maxDurationMs?: number;
  /** The account's own session documents, besides AWS's. */
  readonly documents?: Readonly<Record<string, SessionDocument>>;
}

export interface DataChannelTicket {
  readonly streamUrl: string;
  /** Secret. Good for one opening. */
  readonly tokenValue: string;
}

export interface MessageService {
  /** By name; AWS's and the account's own. */
  readonly documents: Readonly<Record<string, SessionDocument>>;
  /** @throws AwsError `InvalidDocument`, `InvalidParameters` */
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
  /** The agent as a stopped process: it hears, says and resends nothing until it goes on. */
  suspendAgent(sessionId: string): void;
  resumeAgent(sessionId: string): void;
  readonly faults: MessageFaults;
  close(): Promise<void>;
}

const PATH_PREFIX = '/v1/data-channel/';
/** Raw `+` and `/`, as AWS sends it: a client that re-encodes the address signs and asks for another one. */
const CELL_NUMBER = 'AAEAAa5+Lu4a/8V1KIF9+7L';
const MAX_FRAME_BYTES = 2 * 1024 * 1024;
const DEFAULT_IDLE_MINUTES = 20;
const MINUTE_MS = 60_000;

export async function startMessageService(options: MessageServiceOptions): Promise<MessageService> {
  const documents = { ...sessionDocuments, ...options.documents };
  const faults: MessageFaults = {};
  const sessions = new Map<string, RelaySession>();
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
        onOpen(text) {
          if (faults.refuseToken !== true && session.takeToken(decodeOpenDataChannel(text)?.TokenValue)) session.attach(client);
          else client.close(POLICY_VIOLATION, 'invalid token');
        },
        onFrame: (frame) => session.receive(client, frame),
        onClose: () => session.detach(client),
      });
    });
  }

  function limitsOf({ preferences }: SessionRequest): SessionLimits {
    const maxMinutes = preferences?.maxSessionDurationMinutes;
    return {
      idleTimeoutMs: options.idleTimeoutMs ?? (preferences?.idleSessionTimeoutMinutes ?? DEFAULT_IDLE_MINUTES) * MINUTE_MS,
      maxDurationMs: options.maxDurationMs ?? (maxMinutes === undefined ? undefined : maxMinutes * MINUTE_MS),
    };
  }

  function issueTicket(sessionId: string, session: RelaySession): DataChannelTicket {
    const streamUrl = `ws://127.0.0.1:${port}${PATH_PREFIX}${encodeURIComponent(sessionId)}?role=publish_subscribe&cell-number=${CELL_NUMBER}`;
    return { streamUrl, tokenValue: session.issueToken() };
  }

  return {
    documents,
    faults,
    openSession(request) {
      const { sessionId } = request;
      const session = new RelaySession({
        request,
        session: resolveSession(documents, request.documentName, request.parameters),
        behaviour: { ...OFFICIAL_BEHAVIOUR, ...options, ...(request.agentVersion === undefined ? {} : { agentVersion: request.agentVersion }) },
        limits: limitsOf(request),
        faults,
        onEnd: () => options.log.debug('A demo session ended.', { sessionId }),
      });
      sessions.set(sessionId, session);
      return issueTicket(sessionId, session);
    },
    resumeSession(sessionId) {
      const session = sessions.get(sessionId);
      return session === undefined || session.isOver() ? undefined : issueTicket(sessionId, session);
    },
    terminateSession(sessionId) {
      sessions.get(sessionId)?.end('');
      return sessions.has(sessionId);
    },
    sessions: () => [...sessions.values()].map((session) => session.summary()),
    publish: async (sessionId, kind) => sessions.get(sessionId)?.publish(kind),
    cutClient: (sessionId) => sessions.get(sessionId)?.cutClient(),
    suspendAgent: (sessionId) => sessions.get(sessionId)?.suspendAgent(),
    resumeAgent: (sessionId) => sessions.get(sessionId)?.resumeAgent(),
    async close() {
      for (const session of sessions.values()) session.end('');
      for (const webSocket of webSockets.clients) webSocket.terminate();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
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

function refuse(connection: Duplex, status: string): void {
  connection.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}
