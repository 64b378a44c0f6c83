/**
 * Lets a key sign for itself in ssh2: later than at once, and with a signature blob of its own shape.
 *
 * `Protocol.authPK` of ssh2 1.17 is called twice for a key: without a callback to ask whether the server would take the key,
 * with one to sign. For a key with `signAsync` the second request is written here; for all others nothing changes.
 */

/** What ssh2 is given to sign in with, beside the methods of its ParsedKey. */
export interface SelfSigningKey {
  /** Name of the signature algorithm in the request, e.g. `rsa-sha2-512-cert-v01@openssh.com`. */
  readonly type: string;
  /** The public key or certificate, as it goes into the request. */
  getPublicSSH(): Buffer;
  /**
   * @param data what RFC 4252 section 7 says is signed
   * @returns a whole signature blob: its label, the signature, and what else belongs to it
   */
  signAsync(data: Buffer): Promise<Buffer>;
}

type Sign = (data: Buffer, callback: (signature: Buffer) => void) => void;

interface Protocol {
  readonly _kex: { readonly sessionID: Buffer };
  readonly _authsQueue: string[];
  readonly _packetRW: { readonly write: { readonly allocStart: number; alloc(size: number): Buffer; finalize(packet: Buffer): Buffer } };
  /** Set while keys are exchanged anew. */
  readonly _kexinit: Buffer | undefined;
  _queue: Buffer[] | undefined;
  readonly _cipher: { encrypt(packet: Buffer): void };
  readonly _debug: ((line: string) => void) | undefined;
  authPK(username: string, key: unknown, keyAlgo?: string | Sign, sign?: Sign): void;
}

/** SSH_MSG_USERAUTH_REQUEST (RFC 4252 section 6). */
const USERAUTH_REQUEST = 50;
const patched = new WeakSet<Protocol>();

export function patchSigning(Protocol: { readonly prototype: Protocol }): void {
  const { prototype } = Protocol;
  if (patched.has(prototype)) return;
  patched.add(prototype);
  const original = prototype.authPK;
  prototype.authPK = function authPK(this: Protocol, username, key, keyAlgo, sign) {
    const ask = typeof keyAlgo === 'function' ? keyAlgo : sign;
    if (ask === undefined || !isSelfSigning(key)) return original.call(this, username, key, keyAlgo, sign);
    const request = Buffer.concat([
      Buffer.of(USERAUTH_REQUEST),
      ...[username, 'ssh-connection', 'publickey'].map(field),
      Buffer.of(1),
      field(key.type),
      field(key.getPublicSSH()),
    ]);
    const data = Buffer.concat([field(this._kex.sessionID), request]);
    key
      .signAsync(data)
      .then(
        (signature) => send(this, Buffer.concat([request, field(signature)])),
        // The key's own `sign` tells ssh2 that it could not; ssh2 goes on to the next.
        () => ask(data, () => undefined),
      )
      // The connection went while the person touched the key: its own end has told that already.
      .catch((cause: unknown) => this._debug?.(`Signed for a connection that is gone: ${String(cause)}`));
  };
}

/** As ssh2's sendPacket: what falls into a key exchange waits for its end. */
function send(protocol: Protocol, payload: Buffer): void {
  const { write } = protocol._packetRW;
  const packet = write.alloc(payload.length);
  packet.set(payload, write.allocStart);
  const finished = write.finalize(packet);
  protocol._authsQueue.push('publickey');
  protocol._debug?.('Outbound: Sending USERAUTH_REQUEST (publickey)');
  if (protocol._kexinit === undefined) protocol._cipher.encrypt(finished);
  else (protocol._queue ??= []).push(finished);
}

function isSelfSigning(key: unknown): key is SelfSigningKey {
  return typeof key === 'object' && key !== null && 'signAsync' in key && typeof key.signAsync === 'function';
}

/** RFC 4251 section 5: `string`. */
function field(content: string | Buffer): Buffer {
  const bytes = typeof content === 'string' ? Buffer.from(content, 'utf8') : content;
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}
