/**
 * Through one or several bastions: an SSH connection to each, over the one before it, and from the last one to the address.
 *
 * Each bastion proves itself with its own host key and asks for its own sign-in; the chain ends with the stream.
 */
import type { Duplex } from 'node:stream';
import { PosternError } from '../../contract/error.ts';
import { say } from '../../contract/say.ts';
import type { Scope } from '../../contract/scope.ts';
import type { SshConnection } from '../ssh/connection.ts';
import { layLine, lineOf } from './line.ts';
import type { Transport } from './transport.ts';

const SSH_PORT = 22;

/** A bastion on the way, and the open way to its SSH port. */
export interface Hop {
  readonly instanceId: string;
  /** Where it was reached, e.g. `10.0.0.10 port 22`. */
  readonly where: string;
  readonly transport: Duplex;
}

/** What a jump needs of the one who connects: who is asked, and with which keys. */
export interface Hops {
  /** Opens a way to the first bastion's SSH port, by whatever route leads there. */
  reach(instanceId: string, scope: Scope, signal: AbortSignal): Promise<Pick<Hop, 'where' | 'transport'>>;
  /** Checks the bastion's host key and signs in. Takes the transport over. */
  signIn(hop: Hop, signal: AbortSignal): Promise<SshConnection>;
  /** The private address of a further bastion. @throws PosternError `instance.not-found` */
  privateAddressOf(instanceId: string): string;
  /** Told before each connection made by a bastion. */
  onForward(from: string, to: string): void;
}

/** @throws PosternError also what the bastions' host keys and sign-ins end with */
export function createJump(hops: Hops): Transport<'jump'> {
  return {
    kind: 'jump',
    async open(route, scope, signal) {
      const [first, ...further] = route.through;
      if (first === undefined) throw new PosternError({ code: 'input.invalid', message: say`A jump needs a bastion to go through.` });
      const reached = await hops.reach(first, scope, signal);
      const ends = [...further.map((instanceId) => ({ instanceId, address: hops.privateAddressOf(instanceId), port: SSH_PORT })), { instanceId: undefined, address: route.address, port: route.port }];
      let hop: Hop = { instanceId: first, ...reached };
      for (const { instanceId, address, port } of ends) {
        const where = say`${address} port ${port}`;
        const transport = await forward(hop, address, port, where, signal);
        if (instanceId === undefined) return transport;
        hop = { instanceId, where, transport };
      }
      throw new Error('a jump that leads nowhere');
    },
  };

  async function forward(hop: Hop, address: string, port: number, where: string, signal: AbortSignal): Promise<Duplex> {
    const connection = await hops.signIn(hop, signal);
    try {
      hops.onForward(hop.instanceId, where);
      const transport = layLine(await connection.forwardOut(address, port, signal), lineOf(hop.transport));
      // Its end ends the connection, whose transport is the end of the one before.
      transport.once('close', () => connection.close());
      return transport;
    } catch (thrown) {
      connection.close();
      throw thrown;
    }
  }
}
