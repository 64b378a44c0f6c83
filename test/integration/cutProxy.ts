/** A TCP proxy on loopback whose line a test can cut, hold still or refuse, and that tells how long the way is. */
import { once } from 'node:events';
import type { AddressInfo, Socket } from 'node:net';
import { connect, createServer } from 'node:net';

export interface CutProxy {
  readonly port: number;
  /** An open connection through it. */
  dial(): Promise<Socket>;
  /** How many connections lead through it now. */
  count(): number;
  /** Resets every connection, as a NAT that forgot them would. */
  cut(): void;
  /** Every byte of the connections there are is lost from now on, and nothing is told: a peer that went away without a word. */
  freeze(): void;
  /** Further connections lead to this port. */
  leadTo(port: number): void;
  /** Further connections are reset at once, until it is called with false. */
  refuse(refusing: boolean): void;
  /** What each direction changed, in order: `>` for a burst to the server, `<` for one back. */
  turns(): string;
  close(): Promise<void>;
}

/**
 * @param delayMs added to each way
 * @param at where it listens; any free port of loopback where not told
 */
export async function startCutProxy(targetPort: number, delayMs = 0, at: { readonly port: number; readonly host: string } = { port: 0, host: '127.0.0.1' }): Promise<CutProxy> {
  const pairs = new Set<readonly [Socket, Socket]>();
  const frozen = new Set<Socket>();
  let refusing = false;
  let target = targetPort;
  let turns = '';
  const carry = (from: Socket, to: Socket, direction: string): void => {
    from.on('data', (chunk: Buffer) => {
      if (frozen.has(from)) return;
      if (!turns.endsWith(direction)) turns += direction;
      const pass = (): void => void (to.writable && to.write(chunk));
      if (delayMs === 0) pass();
      else setTimeout(pass, delayMs);
    });
    from.on('error', () => undefined);
    from.once('close', () => {
      if (!frozen.has(from)) setTimeout(() => to.destroy(), delayMs);
    });
  };
  const server = createServer({ noDelay: true }, (near) => {
    if (refusing) {
      near.resetAndDestroy();
      return;
    }
    const far = connect({ port: target, host: '127.0.0.1', noDelay: true });
    const pair = [near, far] as const;
    pairs.add(pair);
    carry(near, far, '>');
    carry(far, near, '<');
    near.once('close', () => pairs.delete(pair));
  }).listen(at.port, at.host);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    port,
    async dial() {
      const socket = connect({ port, host: at.host, noDelay: true });
      await once(socket, 'connect');
      return socket;
    },
    count: () => pairs.size,
    cut() {
      for (const [near, far] of pairs) {
        near.resetAndDestroy();
        far.resetAndDestroy();
      }
    },
    freeze() {
      for (const socket of [...pairs].flat()) frozen.add(socket);
    },
    leadTo(port) {
      target = port;
    },
    refuse(value) {
      refusing = value;
    },
    turns: () => turns,
    async close() {
      const closed = once(server, 'close');
      server.close();
      for (const [near, far] of pairs) {
        near.destroy();
        far.destroy();
      }
      await closed;
    },
  };
}
