/** A Link over one accepted WebSocket. */
import type { WebSocket } from 'ws';
import type { Link } from '../../link/link.ts';

export function webSocketLink(socket: WebSocket): Link {
  // An error is always followed by close, which is what the link tells.
  socket.on('error', () => {});
  // What comes before somebody listens waits in the socket.
  socket.pause();
  return {
    send: (message) => {
      if (socket.readyState === socket.OPEN) socket.send(message);
    },
    onMessage: (listener) => {
      socket.on('message', (data: Buffer, isBinary: boolean) => listener(isBinary ? data : data.toString('utf8')));
      socket.resume();
    },
    onClose: (listener) => {
      if (socket.readyState === socket.CLOSED) listener();
      else socket.once('close', listener);
    },
    close: () => {
      // The other end's farewell must be heard.
      socket.resume();
      socket.close();
    },
  };
}
