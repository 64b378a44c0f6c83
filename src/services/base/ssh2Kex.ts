/**
 * What is changed in ssh2's lib/protocol/kex.js while it is loaded: its key exchanges and the check of the host's signature are
 * in closures that nothing outside can reach. patches/README.md has the changes as they are offered upstream.
 *
 * A change is made whole or not at all: where ssh2 does not have the lines, everything is as before.
 */
import type { createRequire } from 'node:module';
import { registerHooks } from 'node:module';

type Edit = readonly [find: string, replaceBy: string];

const UNKNOWN_METHOD = 'throw new Error(`Unsupported key exchange algorithm: ${kexType}`);';
const TYPE_DIFFERS = 'if (hostPubKeyType !== this.negotiated.serverHostKey) {';
const CHECK_SIGNATURE = 'if (!isServer) {\n        bufferParser.init(this._sig, 0);';

const changes = {
  /** Further key exchanges, from `module.exports.further`. */
  exchanges: [[UNKNOWN_METHOD, `if (module.exports.further?.[kexType]) return new (module.exports.further[kexType](KeyExchange))(...args);\n      ${UNKNOWN_METHOD}`]],
  /** Host certificates: the protocol's `_hostCertificates` knows their types and checks the signature under one. */
  certificates: [
    [TYPE_DIFFERS, TYPE_DIFFERS.replace(') {', ' && hostPubKeyType !== this._protocol._hostCertificates?.keyTypeOf(this.negotiated.serverHostKey)) {')],
    [
      CHECK_SIGNATURE,
      `const certified = isServer ? undefined : this._protocol._hostCertificates?.verify(negotiated.serverHostKey, this._hostKey, this._sig, exchangeHash);
      if (certified === false)
        return doFatalError(this._protocol, 'Handshake failed: signature verification failed', 'handshake', DISCONNECT_REASON.KEY_EXCHANGE_FAILED);
      if (certified !== true) ${CHECK_SIGNATURE}`,
    ],
  ],
} as const satisfies Record<string, readonly Edit[]>;

export type Ssh2Change = keyof typeof changes;

/** Loads the file, changed. @returns its exports, and the changes that were made */
export function loadKex(load: ReturnType<typeof createRequire>): { readonly kex: object; readonly made: ReadonlySet<Ssh2Change> } {
  const made = new Set<Ssh2Change>();
  const hooks = registerHooks({
    load(url, context, next) {
      const result = next(url, context);
      if (!url.endsWith('/ssh2/lib/protocol/kex.js') || typeof result.source !== 'string') return result;
      let { source } = result;
      for (const [name, edits] of Object.entries(changes)) {
        // The name is one of the table's own.
        if (!edits.every(([find]) => source.split(find).length === 2)) continue;
        for (const [find, replaceBy] of edits) source = source.split(find).join(replaceBy);
        made.add(name as Ssh2Change);
      }
      return { ...result, source };
    },
  });
  try {
    return { kex: load('ssh2/lib/protocol/kex.js') as object, made };
  } finally {
    hooks.deregister();
  }
}
