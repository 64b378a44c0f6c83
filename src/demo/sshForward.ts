/** What sshd does for `direct-tcpip` (RFC 4254 section 7.2): connects on to where the host's network lets it, and joins the two. */
import type { Duplex } from 'node:stream';
import type { Connection } from 'ssh2';

/** @param dial the network as the host sees it */
export function serveForwards(connection: Connection, dial: (address: string, port: number, signal: AbortSignal) => Promise<Duplex>): void {
  const gone = new AbortController();
  connection.once('close', () => gone.abort());
  connection.on('tcpip', (accept, reject, { destIP, destPort }) => {
    void dial(destIP, destPort, gone.signal).then(
      (far) => {
        // The client may have left while the address answered; ssh2 then accepts nothing.
        const channel = gone.signal.aborted ? undefined : accept();
        if (channel === undefined) return far.destroy();
        channel.pipe(far);
        far.pipe(channel);
        // Their ends are passed on by the pipes; an error is an end too.
        far.on('error', () => channel.close());
        far.once('close', () => channel.end());
        channel.on('error', () => far.destroy());
        channel.once('close', () => far.destroy());
        return undefined;
      },
      () => {
        if (!gone.signal.aborted) reject();
      },
    );
  });
}
