/**
 * ssh2 at its first use (it takes 45 ms to load, a quarter of the time `postern ls` takes without it), with the two changes
 * to it that Postern carries. patches/README.md has them as they are offered upstream.
 *
 * 1. ssh2 cannot be told of a further key exchange: the method's class is chosen in a closure. One line is put before the
 *    error for an unknown method while the file is loaded. Where the line is not found, or node:crypto has no ML-KEM, the
 *    method is not offered and everything else is as before.
 * 2. ssh2 asks a private key for a bare signature, at once, and labels it with the name of the key. Certificates, security
 *    keys and agents need another label, further fields and time: a key with `signAsync` gives the whole signature blob.
 *
 * Every module takes ssh2 from here, as the first change is made while it is loaded.
 */
import { createRequire, registerHooks } from 'node:module';
import type ssh2 from 'ssh2';
import { MLKEM_EXCHANGE, mlkemAvailable, mlkemExchange } from './mlkemExchange.ts';
import { patchSigning } from './ssh2Signing.ts';

const load = createRequire(import.meta.url);
const UNKNOWN_METHOD = 'throw new Error(`Unsupported key exchange algorithm: ${kexType}`);';
const FURTHER_METHODS = 'if (module.exports.further?.[kexType]) return new (module.exports.further[kexType](KeyExchange))(...args);\n      ';
let loaded: typeof ssh2 | undefined;

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

function loadPatched(): typeof ssh2 {
  if (mlkemAvailable()) addExchange();
  patchSigning(load('ssh2/lib/protocol/Protocol.js'));
  return load('ssh2') as typeof ssh2;
}

function addExchange(): void {
  let changed = false;
  const hooks = registerHooks({
    load(url, context, next) {
      const result = next(url, context);
      if (!url.endsWith('/ssh2/lib/protocol/kex.js')) return result;
      const parts = typeof result.source === 'string' ? result.source.split(UNKNOWN_METHOD) : [];
      if (parts.length !== 2) return result;
      changed = true;
      return { ...result, source: parts.join(`${FURTHER_METHODS}${UNKNOWN_METHOD}`) };
    },
  });
  try {
    // The lists are copied by kex.js, so they are ready before it is loaded.
    const lists = load('ssh2/lib/protocol/constants.js') as { readonly DEFAULT_KEX: string[]; readonly SUPPORTED_KEX: string[] };
    lists.DEFAULT_KEX.unshift(MLKEM_EXCHANGE);
    lists.SUPPORTED_KEX.unshift(MLKEM_EXCHANGE);
    const kex = load('ssh2/lib/protocol/kex.js') as { further?: Record<string, typeof mlkemExchange> };
    kex.further = { [MLKEM_EXCHANGE]: mlkemExchange };
    if (changed) return;
    lists.DEFAULT_KEX.shift();
    lists.SUPPORTED_KEX.shift();
  } finally {
    hooks.deregister();
  }
}
