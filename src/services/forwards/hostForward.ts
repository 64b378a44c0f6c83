/** A forward the other way round: the host listens, and its connections come out at an address this machine reaches. */
import { randomUUID } from 'node:crypto';
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Forward } from '../../contract/forward.ts';
import type { Instance } from '../../contract/instance.ts';
import { say } from '../../contract/say.ts';
import type { Clock } from '../base/clock.ts';
import { isoTime } from '../base/clock.ts';
import { joinStreams } from './joinStreams.ts';
import { Traffic } from './traffic.ts';

export interface HostForwardRequest {
  readonly instanceId: string;
  /** Where the host listens. */
  readonly listenHost: string;
  readonly listenPort: number;
  /** Where its connections come out. */
  readonly address: string;
  readonly port: number;
  /** Ends the listening of the host. */
  readonly close: () => Promise<void>;
}

export class HostForward {
  readonly forwardId = randomUUID();
  readonly #request: HostForwardRequest;
  readonly #instance: Instance;
  readonly #onChange: (forward: Forward) => void;
  readonly #openedAt: string;
  readonly #clock: Clock;
  readonly #traffic: Traffic;
  readonly #sockets = new Set<Socket>();
  #lastDrop: Forward['lastDrop'];

  constructor(request: HostForwardRequest, instance: Instance, clock: Clock, onChange: (forward: Forward) => void) {
    this.#request = request;
    this.#instance = instance;
    this.#onChange = onChange;
    this.#clock = clock;
    this.#openedAt = isoTime(clock);
    this.#traffic = new Traffic(clock, () => this.#tell());
  }

  toForward(): Forward {
    const { instanceId, listenHost, listenPort, address, port } = this.#request;
    return {
      forwardId: this.forwardId,
      kind: 'remote',
      instanceId,
      ...(this.#instance.name === undefined ? {} : { instanceName: this.#instance.name }),
      local: { kind: 'tcp', address, port },
      remoteHost: listenHost,
      remotePort: listenPort,
      sessions: 1,
      state: 'listening',
      openedAt: this.#openedAt,
      ...this.#traffic.figures(),
      ...(this.#lastDrop === undefined ? {} : { lastDrop: this.#lastDrop }),
    };
  }

  /** There is nothing to begin: the host listens. */
  async start(): Promise<void> {
    this.#tell();
  }

  /** One connection that the host took. A half that ends leaves the other open, as TCP has it. */
  serve(remote: Duplex): void {
    const { address, port } = this.#request;
    const local = connect({ host: address, port, noDelay: true, allowHalfOpen: true });
    this.#sockets.add(local);
    this.#traffic.opened();
    local.once('close', () => {
      this.#sockets.delete(local);
      this.#traffic.closed();
    });
    local.once('error', (cause) => {
      this.#drop(say`${address} port ${port} did not take a connection: ${cause.message}.`);
      remote.destroy();
    });
    remote.once('error', () => local.destroy());
    local.once('connect', () => void joinStreams(local, remote, this.#traffic.counters).catch(() => this.#drop(say`A connection of it was lost.`)));
  }

  async stop(): Promise<void> {
    this.#traffic.stop();
    for (const socket of this.#sockets) socket.destroy();
    await this.#request.close();
  }

  #drop(reason: string): void {
    this.#lastDrop = { time: isoTime(this.#clock), reason };
    this.#tell();
  }

  #tell(): void {
    this.#onChange(this.toForward());
  }
}
