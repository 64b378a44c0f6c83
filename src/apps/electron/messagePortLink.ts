/** A Link over the main process's end of a MessagePort. */
import type { MessagePortMain } from 'electron';
import type { Link } from '../../link/link.ts';

export function messagePortLink(port: MessagePortMain): Link {
  // The page may be gone before anybody asks.
  let closed = false;
  port.once('close', () => (closed = true));
  return {
    send: (message) => port.postMessage(message),
    onMessage: (listener) => {
      port.on('message', (event) => {
        const message: unknown = event.data;
        if (typeof message === 'string' || message instanceof Uint8Array) listener(message);
      });
      // What came before waits in the port.
      port.start();
    },
    onClose: (listener) => {
      if (closed) listener();
      else port.once('close', listener);
    },
    close: () => port.close(),
  };
}
