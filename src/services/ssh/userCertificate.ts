/**
 * Whether a user certificate can be of use at all, as far as the client can tell; whether it is trusted is the host's to say.
 */
import { atTime, say } from '../../contract/say.ts';
import { isCertificate, parseCertificate } from './hostCertificate.ts';
import { WireFault } from './sshWire.ts';

/** 2^64-1: no end. */
const NO_END = 0xffff_ffff_ffff_ffffn;

export interface UserCertificate {
  readonly keyId: string;
  /** Users, or names the host maps to users. Empty: any. */
  readonly principals: readonly string[];
  /** Milliseconds since 1970; absent: no end. */
  readonly validBeforeMs?: number;
}

/** @throws WireFault */
export function readUserCertificate(blob: Uint8Array): UserCertificate {
  const { keyId, principals, validBefore } = parseCertificate(blob);
  return { keyId, principals, ...(validBefore === NO_END ? {} : { validBeforeMs: Number(validBefore) * 1_000 }) };
}

/** The key that a certificate's line is for, as it stands in a line of its own; undefined for what is no certificate. */
export function certifiedKeyBlob(line: string): string | undefined {
  const blob = Buffer.from(line.split(/\s+/)[1] ?? '', 'base64');
  if (!isCertificate(blob)) return undefined;
  try {
    return Buffer.from(parseCertificate(blob).keyBlob).toString('base64');
  } catch (fault) {
    if (!(fault instanceof WireFault)) throw fault;
    return undefined;
  }
}

/** Why no host can accept it, as a sentence; undefined when one may. */
export function userCertificateFault(blob: Uint8Array, nowMs: number): string | undefined {
  if (!isCertificate(blob)) return say`it is no certificate.`;
  try {
    const { isForHosts, validAfter, validBefore } = parseCertificate(blob);
    const now = BigInt(Math.floor(nowMs / 1_000));
    if (isForHosts) return say`it is for a host, not for a user.`;
    if (now < validAfter) return say`it is not valid before ${toTime(validAfter)}.`;
    if (now >= validBefore) return say`it expired at ${toTime(validBefore)}.`;
    return undefined;
  } catch (fault) {
    if (!(fault instanceof WireFault)) throw fault;
    return say`it cannot be read (${fault.message}).`;
  }
}

function toTime(seconds: bigint): string | { readonly time: string } {
  const milliseconds = Number(seconds) * 1_000;
  return milliseconds > 8.64e15 ? say`the end of time` : atTime(new Date(milliseconds).toISOString());
}
