/**
 * Decides who may speak to the services over this machine's loopback.
 *
 * Loopback is shared by every user and every page of the machine, so an upgrade must show three things: the token (in
 * Sec-WebSocket-Protocol, the one header a page may set), our own Origin, and our own Host. No cookie: cookies are shared
 * between all ports of 127.0.0.1.
 */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

/** The subprotocol the server answers with; the token travels beside it and is never echoed. */
export const SUBPROTOCOL = 'postern';

export interface Gate {
  /** 256 random bits, base64url: goes into the address's fragment, which browsers never send. */
  readonly token: string;
  /** `Host` names no other site can have: refuses DNS rebinding. */
  admitsHost(request: IncomingMessage): boolean;
  /** Whether a WebSocket upgrade may go on. */
  admitsUpgrade(request: IncomingMessage): boolean;
}

/** @param authorities what `Host` may say, e.g. `127.0.0.1:4321` and `localhost:4321` */
export function createGate(authorities: readonly string[], token: string = randomBytes(32).toString('base64url')): Gate {
  const expected = digest(token);
  const admitsHost = (request: IncomingMessage): boolean => authorities.includes(request.headers.host ?? '');
  return {
    token,
    admitsHost,
    admitsUpgrade(request) {
      const offered = (request.headers['sec-websocket-protocol'] ?? '').split(',').map((protocol) => protocol.trim());
      const presented = offered.find((protocol) => protocol.startsWith(`${SUBPROTOCOL}.`))?.slice(SUBPROTOCOL.length + 1) ?? '';
      const sameOrigin = request.headers.origin === `http://${request.headers.host ?? ''}`;
      return admitsHost(request) && sameOrigin && timingSafeEqual(digest(presented), expected);
    },
  };
}

/** Equal lengths for timingSafeEqual. */
function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
