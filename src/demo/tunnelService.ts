/**
 * EC2 Instance Connect Endpoints: `/openTunnel` as a WebSocket on loopback, which checks the signed query as AWS does and
 * connects on to where the endpoint's own interface leads.
 *
 * See session-manager-protocol.md section 9.
 */
import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { createServer } from 'node:http';
import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import { WebSocketServer } from 'ws';
import type { Clock } from '../services/base/clock.ts';
import type { Log } from '../services/base/log.ts';
import { AwsError } from './awsError.ts';
import type { RegionEstate } from './estateModel.ts';
import type { Faults } from './faults.ts';
import type { SigningCredentials } from './sigV4.ts';
import { verifyPresigned } from './sigV4.ts';

export interface TunnelServiceOptions {
  readonly regions: readonly Pick<RegionEstate, 'region' | 'instanceConnectEndpoints'>[];
  readonly credentials: SigningCredentials;
  readonly callerArn: string;
  readonly faults: Faults;
  /** The network as an endpoint sees it. */
  readonly dial: (instanceConnectEndpointId: string, address: string, port: number, signal: AbortSignal) => Promise<Duplex>;
  readonly clock: Clock;
  readonly log: Log;
}

export interface TunnelService {
  /** `127.0.0.1:PORT`: what the endpoints' DnsName is in this demo. */
  readonly address: string;
  close(): Promise<void>;
}

const ACTION = 'ec2-instance-connect:OpenTunnel';
const PORTS: ReadonlySet<string> = new Set(['22', '3389']);
const MAX_DURATION_SECONDS = 3600;
/** How long the endpoint waits for its target. */
const DIAL_TIMEOUT_MS = 10_000;
const NORMAL_CLOSURE = 1000;

export async function startTunnelService(options: TunnelServiceOptions): Promise<TunnelService> {
  const server = createServer((_request, response) => response.writeHead(404).end());
  const sockets = new WebSocketServer({ noServer: true, perMessageDeflate: false });
  server.on('upgrade', (request, socket, head) => {
    // A client that goes away amid the upgrade is no fault.
    socket.on('error', () => undefined);
    try {
      const tunnel = checkTunnel(request, options);
      options.faults.calls.push({ action: ACTION, region: tunnel.region, outcome: 'ok' });
      sockets.handleUpgrade(request, socket, head, (webSocket) => void serveTunnel(webSocket, tunnel, options));
    } catch (thrown) {
      const error = thrown instanceof AwsError ? thrown : new AwsError('InternalError', 'An internal error has occurred.', 500);
      options.faults.calls.push({ action: ACTION, region: '', outcome: error.code });
      const body = JSON.stringify({ ErrorCode: error.code, Message: error.message });
      socket.end([`HTTP/1.1 ${error.status} Refused`, 'content-type: application/json', `content-length: ${Buffer.byteLength(body)}`, `x-amzn-requestid: ${randomUUID()}`, 'connection: close', '', body].join('\r\n'));
    }
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const bound = server.address();
  if (bound === null || typeof bound === 'string') throw new Error('a TCP listener has no port');
  return {
    address: `127.0.0.1:${bound.port}`,
    close: () =>
      new Promise((resolve) => {
        for (const webSocket of sockets.clients) webSocket.terminate();
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

interface OpenTunnel {
  readonly region: string;
  readonly instanceConnectEndpointId: string;
  readonly address: string;
  readonly port: number;
  readonly durationSeconds: number;
}

/** @throws AwsError what AWS would answer instead of the upgrade */
function checkTunnel(request: IncomingMessage, { regions, credentials, callerArn, faults, clock }: TunnelServiceOptions): OpenTunnel {
  const target = request.url ?? '/';
  const [path, query = ''] = target.split('?');
  if (path !== '/openTunnel') throw new AwsError('InvalidParameter', 'There is nothing at this path.', 404);
  const verdict = verifyPresigned({ target, headers: request.headersDistinct }, credentials, clock.now());
  if (!verdict.valid) throw new AwsError('AccessDenied', `The signature is not valid (${verdict.fault}).`, 403);
  const region = regions.find((one) => one.region === verdict.scope.region);
  if (verdict.scope.service !== 'ec2-instance-connect' || region === undefined) throw new AwsError('AccessDenied', 'It is signed for another service.', 403);
  const failure = faults.takeFailure(ACTION, region.region);
  if (failure !== undefined) throw new AwsError(failure.code, failure.message ?? 'The demo cloud was told to fail.', failure.status);
  if (faults.isDenied(ACTION)) throw new AwsError('AccessDenied', `User: ${callerArn} is not authorized to perform: ${ACTION} because no identity-based policy allows the ${ACTION} action`, 403);
  const parameters = new URLSearchParams(query);
  const port = parameters.get('remotePort') ?? '';
  if (!PORTS.has(port)) throw new AwsError('InvalidParameter', 'The specified RemotePort is not valid. Specify either 22 or 3389 as the RemotePort and retry your request.', 400);
  const instanceConnectEndpointId = parameters.get('instanceConnectEndpointId') ?? '';
  if (!region.instanceConnectEndpoints.some((endpoint) => endpoint.instanceConnectEndpointId === instanceConnectEndpointId)) throw new AwsError('ResourceNotFound', 'The specified EC2 Instance Connect Endpoint does not exist.', 404);
  const durationSeconds = Number(parameters.get('maxTunnelDuration') ?? MAX_DURATION_SECONDS);
  if (!(durationSeconds >= 1 && durationSeconds <= MAX_DURATION_SECONDS)) throw new AwsError('InvalidParameter', 'The specified MaxTunnelDuration is not valid.', 400);
  return { region: region.region, instanceConnectEndpointId, address: parameters.get('privateIpAddress') ?? '', port: Number(port), durationSeconds };
}

async function serveTunnel(webSocket: WebSocket, tunnel: OpenTunnel, { dial, log }: TunnelServiceOptions): Promise<void> {
  const gone = new AbortController();
  webSocket.once('close', () => gone.abort());
  webSocket.on('error', () => webSocket.terminate());
  // What comes before the target answers waits in the socket.
  webSocket.pause();
  let far: Duplex;
  try {
    far = await dial(tunnel.instanceConnectEndpointId, tunnel.address, tunnel.port, AbortSignal.any([gone.signal, AbortSignal.timeout(DIAL_TIMEOUT_MS)]));
  } catch (cause) {
    log.debug('a tunnel found nobody', { address: tunnel.address, port: tunnel.port, cause });
    webSocket.resume();
    webSocket.close(NORMAL_CLOSURE);
    return;
  }
  if (gone.signal.aborted) {
    far.destroy();
    return;
  }
  const timer = setTimeout(() => webSocket.close(NORMAL_CLOSURE, 'Max tunnel duration reached'), tunnel.durationSeconds * 1000);
  gone.signal.addEventListener('abort', () => {
    clearTimeout(timer);
    far.destroy();
  });
  webSocket.on('message', (data: Buffer) => {
    if (far.destroyed || far.write(data)) return;
    webSocket.pause();
    far.once('drain', () => webSocket.resume());
  });
  far.on('data', (chunk: Buffer) => {
    far.pause();
    webSocket.send(chunk, () => far.resume());
  });
  far.once('end', () => webSocket.close(NORMAL_CLOSURE));
  far.on('error', () => undefined);
  far.once('close', () => webSocket.close(NORMAL_CLOSURE));
  webSocket.resume();
}
