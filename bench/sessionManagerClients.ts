/** The two clients of bench/sessionManager.ts, Postern's and the bare one: sessions to a far port and shells, all as Node streams. */
import type { ChildProcess } from 'node:child_process';
import { fork } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { connect } from 'node:net';
import { Duplex } from 'node:stream';
import { fileURLToPath } from 'node:url';
import type { Instance } from '../src/contract/instance.ts';
import type { DataChannelTicket } from '../src/demo/messageService.ts';
import type { RemoteMessageService, RemoteMessageServiceOptions } from '../src/demo/remoteMessageService.ts';
import { startRemoteMessageService } from '../src/demo/remoteMessageService.ts';
import { systemClock } from '../src/services/base/clock.ts';
import { silentLog } from '../src/services/base/log.ts';
import { Secret } from '../src/services/base/secret.ts';
import { createForwards } from '../src/services/forwards/forwards.ts';
import { openSsmForward } from '../src/services/ssm/ssmForward.ts';
import { openSsmPort } from '../src/services/ssm/ssmPort.ts';
import type { SessionDocument, SsmSessionOptions, StartedSession } from '../src/services/ssm/ssmSession.ts';
import { openSsmShell } from '../src/services/ssm/ssmShell.ts';
import { BareChannel } from './bareChannel.ts';
import type { ProxyOrder } from './networkProcess.ts';

const TARGET = 'i-0123456789abcdef0';
const SIZE = { columns: 80, rows: 24 };
const instance: Instance = { instanceId: TARGET, scope: { profile: 'bench', region: 'us-east-1' }, state: 'running', networkInterfaces: [], securityGroups: [], ssmKnown: true, tags: {} };

/** A relay with its agents, and what they lead to. */
export interface FarSide {
  readonly portNumber: number;
  start(document: SessionDocument): Promise<StartedSession & { readonly ticket: DataChannelTicket }>;
  terminate(sessionId: string): Promise<void>;
  /** The same with a relay that is so far away. */
  delayed(delayMs: number): Promise<FarSide>;
  close(): Promise<void>;
}

/** How connections to the far port are made. */
export interface Line {
  connect(): Promise<Duplex>;
  close(): Promise<void>;
}

/** Relay and agents are one process, the far port and the delays another. */
export async function startFarSide(behaviour: RemoteMessageServiceOptions): Promise<FarSide> {
  const network = fork(fileURLToPath(new URL('./networkProcess.ts', import.meta.url)), [], { execArgv: [], stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  const [{ port }] = (await once(network, 'message')) as [{ port: number }];
  return farSide(await startRemoteMessageService(behaviour), network, port, undefined);
}

function farSide(service: RemoteMessageService, network: ChildProcess, portNumber: number, delayMs: number | undefined): FarSide {
  let proxyPort: number | undefined;
  const proxied = async (streamUrl: string): Promise<string> => {
    if (delayMs === undefined) return streamUrl;
    if (proxyPort === undefined) {
      const order: ProxyOrder = { relayPort: Number(new URL(streamUrl).port), delayMs };
      network.send(order);
      [{ port: proxyPort }] = (await once(network, 'message')) as [{ port: number }];
    }
    return streamUrl.replace(/:\d+\//, `:${proxyPort}/`);
  };
  return {
    portNumber,
    async start(document) {
      const sessionId = `bench-${randomUUID()}`;
      const ticket = await service.openSession({ sessionId, target: TARGET, parameters: {}, ...document });
      const streamUrl = await proxied(ticket.streamUrl);
      return { sessionId, streamUrl, tokenValue: Secret.fromText(ticket.tokenValue), ticket: { ...ticket, streamUrl } };
    },
    terminate: async (sessionId) => void (await service.terminateSession(sessionId)),
    delayed: async (ms) => farSide(service, network, portNumber, ms),
    async close() {
      await service.close();
      network.disconnect();
      await once(network, 'exit');
    },
  };
}

function optionsFor(far: FarSide): SsmSessionOptions {
  return {
    start: (document) => far.start(document),
    resume: async () => {
      throw new Error('a connection was lost');
    },
    terminate: (sessionId) => far.terminate(sessionId),
    signUpgrade: async () => ({}),
    clock: systemClock,
    log: silentLog,
    signal: new AbortController().signal,
  };
}

/** A whole forward, with its listener and a local connection, as a program uses it. */
export async function openForward(far: FarSide, options: { readonly maxPayloadBytes?: number; readonly sessions?: number } = {}): Promise<Line> {
  const { sessions = 1, ...sessionOptions } = options;
  const forwards = createForwards({
    openSession: (_request, events, signal) => openSsmForward({ ...optionsFor(far), ...sessionOptions, ...events, portNumber: far.portNumber, signal }),
    instanceOf: () => instance,
    clock: systemClock,
    onChanged: () => undefined,
    onRemoved: () => undefined,
  });
  const { forwardId } = forwards.open({ instanceId: TARGET, local: { kind: 'tcp', address: '127.0.0.1', port: 0 }, remotePort: far.portNumber, sessions });
  const port = await new Promise<number>((resolve) => {
    const look = (): void => {
      const local = forwards.list().find((forward) => forward.forwardId === forwardId)?.local;
      if (local?.kind === 'tcp' && local.port > 0) resolve(local.port);
      else setImmediate(look);
    };
    look();
  });
  return { connect: async () => connect({ host: '127.0.0.1', port, noDelay: true }), close: () => forwards.closeAll() };
}

/** What SSH runs over: one connection, and its session ends with it. */
export function openPort(far: FarSide): Promise<Line> {
  return Promise.resolve({ connect: () => openSsmPort({ ...optionsFor(far), portNumber: far.portNumber }), close: async () => undefined });
}

export function openBarePort(far: FarSide, payloadBytes: number): Promise<Line> {
  const document = { documentName: 'AWS-StartSSHSession', parameters: { portNumber: [String(far.portNumber)] } };
  return Promise.resolve({ connect: async () => bareStream(far, document, payloadBytes), close: async () => undefined });
}

export async function openShell(far: FarSide): Promise<Duplex> {
  return (await openSsmShell({ ...optionsFor(far), size: SIZE })).stream;
}

export function openBareShell(far: FarSide): Promise<Duplex> {
  return bareStream(far, {}, 1024);
}

async function bareStream(far: FarSide, document: SessionDocument, payloadBytes: number): Promise<Duplex> {
  const { sessionId, ticket } = await far.start(document);
  const channel = new BareChannel(ticket);
  const send = async (bytes: Uint8Array): Promise<void> => {
    for (let offset = 0; offset < bytes.length; offset += payloadBytes) {
      channel.send(bytes.subarray(offset, offset + payloadBytes));
      await channel.whenReadyForMore();
    }
  };
  const stream = new Duplex({
    read: () => undefined,
    write: (chunk: Buffer, _encoding, callback) => void send(chunk).then(() => callback()),
    destroy: (error, callback) => void Promise.all([far.terminate(sessionId), channel.close()]).then(() => callback(error)),
  });
  channel.onOutput = (bytes) => stream.push(Buffer.from(bytes));
  return stream;
}
