/**
 * What is neither client nor agent, in a process of its own: the far end of a port session, and a way to the relay that takes time.
 * Ends when its parent lets go of it.
 */
import type { AddressInfo, Server, Socket } from 'node:net';
import { connect, createServer } from 'node:net';

/** Told by the parent: where the relay is, and how long each way is to take. Answered with the port to use instead. */
export interface ProxyOrder {
  readonly relayPort: number;
  readonly delayMs: number;
}

const CHUNK = Buffer.alloc(64 * 1024, 'bench ');

/** One byte at once; then, as the first line says, `U 1000`: reads so many bytes and answers with one, or `D 1000`: sends so many. */
function serve(socket: Socket): void {
  socket.on('error', () => undefined);
  socket.write('.');
  let missing = 0;
  const take = (byteCount: number): void => {
    missing -= byteCount;
    if (missing === 0) socket.write('.');
  };
  socket.once('data', (first) => {
    const orderEnd = first.indexOf(10) + 1;
    const byteCount = Number(first.toString('latin1', 2, orderEnd));
    if (first.toString('latin1', 0, 1) === 'D') return flood(socket, byteCount);
    missing = byteCount;
    take(first.length - orderEnd);
    socket.on('data', (bytes) => take(bytes.length));
  });
}

function flood(socket: Socket, byteCount: number): void {
  let left = byteCount;
  const more = (): void => {
    for (let wants = true; wants && left > 0 && !socket.destroyed; left -= CHUNK.length) wants = socket.write(CHUNK.subarray(0, Math.min(left, CHUNK.length)));
  };
  socket.on('drain', more);
  more();
}

/** All that goes one way arrives later, at whatever rate: the demo's own `delayMs` would also let acknowledgements wait for each other. */
function delay(from: Socket, to: Socket, delayMs: number): void {
  from.on('data', (bytes) => setTimeout(() => to.write(bytes), delayMs));
  from.once('close', () => setTimeout(() => to.destroy(), delayMs));
  from.on('error', () => undefined);
}

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

const farPort = await listen(createServer({ noDelay: true }, serve));
process.on('message', ({ relayPort, delayMs }: ProxyOrder) => {
  const proxy = createServer({ noDelay: true }, (near) => {
    const far = connect({ host: '127.0.0.1', port: relayPort, noDelay: true });
    delay(near, far, delayMs);
    delay(far, near, delayMs);
  });
  void listen(proxy).then((port) => process.send?.({ port }));
});
process.once('disconnect', () => process.exit(0));
process.send?.({ port: farPort });
