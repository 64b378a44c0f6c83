/** A Link over the main process's end of a MessagePort. */
import type { MessagePortMain } from 'electron';
import type { Link } from '../../link/link.ts';

export function messagePortLink(port: MessagePortMain): Link {
  port.start();
  return {
    send: (message) => port.postMessage(message),
    onMessage: (listener) => {
      port.on('message', (event) => {
        const message: unknown = event.data;
        if (typeof message === 'string' || message instanceof Uint8Array) listener(message);
      });
    },
    onClose: (listener) => {
      port.once('close', listener);
    },
    close: () => port.close(),
  };
}
