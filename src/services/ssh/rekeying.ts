/**
 * New keys for a connection that lasts: after each hour and each gibibyte received, as RFC 4253 section 9 recommends. OpenSSH's
 * server asks for them by what it sent and received, but only after hundreds of gibibytes and never by time.
 */

export const REKEY_INTERVAL_MS = 60 * 60 * 1000;
export const REKEY_BYTES = 1024 * 1024 * 1024;

export interface Rekeying {
  /** Something was received. */
  heard(chunk: Uint8Array): void;
  stop(): void;
}

export function startRekeying({ rekey, intervalMs = REKEY_INTERVAL_MS, bytes = REKEY_BYTES }: { readonly rekey: () => void; readonly intervalMs?: number | undefined; readonly bytes?: number | undefined }): Rekeying {
  let heardBytes = 0;
  const begin = (): void => {
    heardBytes = 0;
    timer.refresh();
    rekey();
  };
  const timer = setInterval(begin, intervalMs).unref();
  return {
    heard(chunk) {
      heardBytes += chunk.length;
      if (heardBytes >= bytes) begin();
    },
    stop: () => clearInterval(timer),
  };
}
