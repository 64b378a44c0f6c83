/**
 * The post-quantum key exchange mlkem768x25519-sha256 as a class for ssh2, both ends of it.
 *
 * A recording of today cannot be read by a quantum computer of tomorrow: the secret holds as long as one of ML-KEM-768 and
 * X25519 does. Where node:crypto has no ML-KEM (Electron's BoringSSL may not) it is not offered.
 *
 * @see https://datatracker.ietf.org/doc/draft-ietf-sshm-mlkem-hybrid-kex/ (OpenSSH: kexmlkem768x25519.c)
 */
import * as crypto from 'node:crypto';
import type { KeyObject } from 'node:crypto';

export const MLKEM_EXCHANGE = 'mlkem768x25519-sha256';

/** Octets of FIPS 203's ML-KEM-768 and of RFC 7748's X25519. */
const KEM_PUBLIC_BYTES = 1184;
const KEM_CIPHERTEXT_BYTES = 1088;
const X25519_BYTES = 32;
/** What stands before the raw key in DER (SubjectPublicKeyInfo): one algorithm, one length, so one prefix each. */
const KEM_SPKI_PREFIX = Buffer.from('308204b2300b0609608648016503040402038204a100', 'hex');
const X25519_SPKI_PREFIX = Buffer.from('302a300506032b656e032100', 'hex');

/** ssh2's own base class, as far as it is used here. */
export type KeyExchangeBase = new (negotiated: unknown, protocol: { readonly _server: boolean }, remoteKexinit: Buffer) => object;

/** Whether this runtime's crypto can do it. */
export function mlkemAvailable(): boolean {
  try {
    const { publicKey, privateKey } = crypto.generateKeyPairSync('ml-kem-768');
    const { sharedKey, ciphertext } = crypto.encapsulate(publicKey);
    return crypto.decapsulate(privateKey, ciphertext).equals(sharedKey);
  } catch {
    // BoringSSL and older OpenSSL do not know the name.
    return false;
  }
}

/** @param KeyExchange ssh2's class: it sends, hashes and checks; here is only what the method adds. */
export function mlkemExchange(KeyExchange: KeyExchangeBase): KeyExchangeBase {
  return class MlkemExchange extends KeyExchange {
    readonly type = MLKEM_EXCHANGE;
    readonly hashName = 'sha256';
    readonly #isServer: boolean;
    readonly #x25519 = crypto.generateKeyPairSync('x25519');
    readonly #kem: crypto.KeyPairKeyObjectResult | undefined;
    /** C_INIT of a client; S_REPLY of a server, once the client has spoken. */
    #sent: Buffer | undefined;

    constructor(...parameters: ConstructorParameters<KeyExchangeBase>) {
      super(...parameters);
      this.#isServer = parameters[1]._server;
      if (this.#isServer) return;
      this.#kem = crypto.generateKeyPairSync('ml-kem-768');
      this.#sent = Buffer.concat([rawPublic(this.#kem.publicKey, KEM_PUBLIC_BYTES), rawPublic(this.#x25519.publicKey, X25519_BYTES)]);
    }

    getPublicKey(): Buffer {
      if (this.#sent === undefined) throw new Error('the reply is not known before the request');
      return this.#sent;
    }

    /** The other end's bytes go into the exchange hash as they came. */
    convertPublicKey(received: Buffer): Buffer {
      return received;
    }

    /** K = SHA-256(K_PQ || K_CL), a string and no mpint. ssh2 wants faults returned. */
    computeSecret(received: Buffer): Buffer | Error {
      try {
        const kemBytes = this.#isServer ? KEM_PUBLIC_BYTES : KEM_CIPHERTEXT_BYTES;
        if (received.length !== kemBytes + X25519_BYTES) return new Error(`${received.length} bytes instead of ${kemBytes + X25519_BYTES}`);
        const kemPart = received.subarray(0, kemBytes);
        const quantumSafe = this.#kem === undefined ? this.#encapsulate(kemPart) : crypto.decapsulate(this.#kem.privateKey, kemPart);
        const publicKey = crypto.createPublicKey({ key: Buffer.concat([X25519_SPKI_PREFIX, received.subarray(kemBytes)]), type: 'spki', format: 'der' });
        // Refuses the points that make the result all zeros (RFC 7748 section 6.1).
        const classical = crypto.diffieHellman({ privateKey: this.#x25519.privateKey, publicKey });
        return crypto.createHash('sha256').update(quantumSafe).update(classical).digest();
      } catch (cause) {
        return cause instanceof Error ? cause : new Error(String(cause));
      }
    }

    #encapsulate(clientKey: Buffer): Buffer {
      const publicKey = crypto.createPublicKey({ key: Buffer.concat([KEM_SPKI_PREFIX, clientKey]), type: 'spki', format: 'der' });
      const { ciphertext, sharedKey } = crypto.encapsulate(publicKey);
      this.#sent = Buffer.concat([ciphertext, rawPublic(this.#x25519.publicKey, X25519_BYTES)]);
      return sharedKey;
    }
  };
}

function rawPublic(key: KeyObject, bytes: number): Buffer {
  return key.export({ type: 'spki', format: 'der' }).subarray(-bytes);
}
