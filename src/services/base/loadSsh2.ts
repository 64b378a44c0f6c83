/**
 * ssh2 at its first use (it takes 45 ms to load, a quarter of the time `postern ls` takes without it), with the three
 * changes to it that Postern carries. patches/README.md has them as they are offered upstream.
 *
 * 1. ssh2 cannot be told of a further key exchange: the method's class is chosen in a closure (`ssh2Kex.ts`). Where that
 *    cannot be changed, or node:crypto has no ML-KEM, the method is not offered and everything else is as before.
 * 2. ssh2 knows no host certificates: neither their types, nor that the host signs with the key inside (`ssh2Kex.ts`). Where
 *    that cannot be changed, they are not asked for.
 * 3. ssh2 asks a private key for a bare signature, at once, and labels it with the name of the key. Certificates, security
 *    keys and agents need another label, further fields and time: a key with `signAsync` gives the whole signature blob.
 *
 * Every module takes ssh2 from here, as the first two are made while it is loaded.
 */
import { createRequire } from 'node:module';
import type ssh2 from 'ssh2';
import { MLKEM_EXCHANGE, mlkemAvailable, mlkemExchange } from './mlkemExchange.ts';
import { loadKex } from './ssh2Kex.ts';
import { patchSigning } from './ssh2Signing.ts';

const load = createRequire(import.meta.url);
/** Those that the host's own key can be certified in (PROTOCOL.certkeys of OpenSSH; RSA with SHA-2 only). */
const CERTIFICATE_ALGORITHMS = ['ssh-ed25519', 'ecdsa-sha2-nistp256', 'ecdsa-sha2-nistp384', 'ecdsa-sha2-nistp521', 'rsa-sha2-512', 'rsa-sha2-256'].map((name) => `${name}-cert-v01@openssh.com`);
let loaded: typeof ssh2 | undefined;
let certificatesOffered = false;

/** The same module at every call. */
export function loadSsh2(): typeof ssh2 {
  loaded ??= loadPatched();
  return loaded;
}

/** Whether connections can be made with mlkem768x25519-sha256. */
export function offersMlkem(): boolean {
  loadSsh2();
  const { SUPPORTED_KEX } = load('ssh2/lib/protocol/constants.js') as { readonly SUPPORTED_KEX: readonly string[] };
  return SUPPORTED_KEX.includes(MLKEM_EXCHANGE);
}

/** Whether a host can be asked for its certificate, and its signature be checked by `_hostCertificates` of the protocol. */
export function offersHostCertificates(): boolean {
  loadSsh2();
  return certificatesOffered;
}

function loadPatched(): typeof ssh2 {
  // The lists are copied by kex.js, so they are ready before it is loaded.
  const lists = load('ssh2/lib/protocol/constants.js') as { readonly DEFAULT_KEX: string[]; readonly SUPPORTED_KEX: string[]; readonly SUPPORTED_SERVER_HOST_KEY: string[] };
  const withMlkem = mlkemAvailable();
  if (withMlkem) {
    lists.DEFAULT_KEX.unshift(MLKEM_EXCHANGE);
    lists.SUPPORTED_KEX.unshift(MLKEM_EXCHANGE);
  }
  const { kex, made } = loadKex(load);
  if (withMlkem && made.has('exchanges')) {
    Object.assign(kex, { further: { [MLKEM_EXCHANGE]: mlkemExchange } });
  } else if (withMlkem) {
    lists.DEFAULT_KEX.shift();
    lists.SUPPORTED_KEX.shift();
  }
  certificatesOffered = made.has('certificates');
  // Only asked for by name: not among what ssh2 offers by default.
  if (certificatesOffered) lists.SUPPORTED_SERVER_HOST_KEY.push(...CERTIFICATE_ALGORITHMS);
  patchSigning(load('ssh2/lib/protocol/Protocol.js'));
  return load('ssh2') as typeof ssh2;
}
