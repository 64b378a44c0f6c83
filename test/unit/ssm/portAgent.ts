/** The agent's end of a port session on the scripted service: its handshake, and its connections when they are multiplexed. */
import { once } from 'node:events';
import { EventEmitter } from 'node:events';
import type { Duplex } from 'node:stream';
import { PayloadType } from '../../../src/services/ssm/message.ts';
import { encodeSmuxData, encodeSmuxHeader, SmuxCommand } from '../../../src/services/ssm/smux.ts';
import { openSsmForward, type SsmForward, type SsmForwardOptions } from '../../../src/services/ssm/ssmForward.ts';
import { openSsmPort, type SsmPortOptions } from '../../../src/services/ssm/ssmPort.ts';
import { testOptions, type TestShellRecord } from './openTestShell.ts';
import type { ScriptedConnection, ScriptedService } from './scriptedService.ts';

export const AGENT_VERSION = '3.3.987.0';

/** Sends the handshake as agents do: output 0 and 1. What follows has sequence number 2. */
export async function shakeHands(connection: ScriptedConnection, properties: Record<string, string> | null, agentVersion = AGENT_VERSION, sessionType = 'Port'): Promise<void> {
  const action = { ActionType: 'SessionType', ActionParameters: { SessionType: sessionType, Properties: properties } };
  connection.output(0, JSON.stringify({ AgentVersion: agentVersion, RequestedClientActions: [action] }), PayloadType.handshakeRequest);
  await connection.waitFor(({ payloadType }) => payloadType === PayloadType.handshakeResponse);
  connection.output(1, '{"HandshakeTimeToComplete":1,"CustomerMessage":""}', PayloadType.handshakeComplete);
}

/** The smux server of an agent: what the client's stream says, and answers to it. */
export class ScriptedMux {
  /** Frames of the client in the order they came: `SYN 3`, `PSH 3 hello`, `FIN 3`, `NOP 0`. Data of following frames of one stream is joined. */
  readonly frames: string[] = [];
  readonly flags: number[] = [];
  connection: ScriptedConnection;
  #nextOutput = 2;
  #nextInput = 0;
  #bytes: Buffer = Buffer.alloc(0);
  readonly #events = new EventEmitter();
  readonly #service: ScriptedService;

  constructor(service: ScriptedService, connection: ScriptedConnection) {
    this.connection = connection;
    this.#service = service;
    service.onInput(() => this.#read());
  }

  /** Raw bytes of the smux stream. */
  send(...parts: readonly Uint8Array[]): void {
    this.output(Buffer.concat(parts));
  }

  psh(streamId: number, data: string | Uint8Array): void {
    const bytes = Buffer.from(data);
    for (let offset = 0; offset < bytes.length; offset += 16 * 1024) this.send(...encodeSmuxData(streamId, bytes.subarray(offset, offset + 16 * 1024)));
  }

  fin(streamId: number): void {
    this.send(encodeSmuxHeader(SmuxCommand.fin, streamId));
  }

  output(payload: Uint8Array, payloadType: number = PayloadType.output): void {
    this.connection.output(this.#nextOutput, payload, payloadType);
    this.#nextOutput += 1;
  }

  async waitForFrame(frame: string): Promise<void> {
    while (!this.frames.includes(frame)) await once(this.#events, 'frame');
  }

  #read(): void {
    for (let message = this.#service.input.get(this.#nextInput); message !== undefined; message = this.#service.input.get(this.#nextInput)) {
      this.#nextInput += 1;
      if (message.payloadType === PayloadType.flag) this.flags.push(Buffer.from(message.payload).readUInt32BE());
      if (message.payloadType === PayloadType.output) this.#bytes = Buffer.concat([this.#bytes, message.payload]);
    }
    while (this.#bytes.length >= 8) {
      const length = this.#bytes.readUInt16LE(2);
      if (this.#bytes.length < 8 + length) break;
      this.#take(this.#bytes[1] ?? -1, this.#bytes.readUInt32LE(4), this.#bytes.toString('latin1', 8, 8 + length));
      this.#bytes = this.#bytes.subarray(8 + length);
    }
    this.#events.emit('frame');
  }

  #take(command: number, streamId: number, data: string): void {
    const frame = `${['SYN', 'FIN', 'PSH', 'NOP'][command] ?? command} ${streamId}`;
    const last = this.frames.at(-1);
    if (command === SmuxCommand.psh && last?.startsWith(frame) === true) this.frames[this.frames.length - 1] = last + data;
    else this.frames.push(command === SmuxCommand.psh ? `${frame} ${data}` : frame);
  }
}

export interface TestForward {
  readonly forward: SsmForward;
  readonly connection: ScriptedConnection;
  readonly mux: ScriptedMux;
  readonly record: TestShellRecord;
  connect(): Promise<Duplex>;
}

export async function openTestForward(service: ScriptedService, overrides: Partial<SsmForwardOptions> = {}, agentVersion = AGENT_VERSION): Promise<TestForward> {
  const { size: _, ...options } = testOptions(service);
  const opening = openSsmForward({ ...options, portNumber: 5432, ...overrides });
  const connection = await service.nextConnection();
  const mux = new ScriptedMux(service, connection);
  await shakeHands(connection, { portNumber: '5432', localPortNumber: '0', type: 'LocalPortForwarding' }, agentVersion);
  const forward = await opening;
  return { forward, connection, mux, record: options.record, connect: () => forward.connect(new AbortController().signal) };
}

export async function openTestPort(service: ScriptedService, overrides: Partial<SsmPortOptions> = {}, agentVersion = AGENT_VERSION): Promise<{ stream: Duplex; connection: ScriptedConnection; record: TestShellRecord }> {
  const { size: _, ...options } = testOptions(service);
  const opening = openSsmPort({ ...options, portNumber: 22, ...overrides });
  const connection = await service.nextConnection();
  await shakeHands(connection, { portNumber: '22' }, agentVersion);
  return { stream: await opening, connection, record: options.record };
}

/** What the stream gives until it ends. */
export async function readAll(stream: Duplex): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks);
}
