/**
 * OpenSSH host certificates: reading one, and whether it proves a host (PROTOCOL.certkeys of OpenSSH).
 *
 * @see https://cvsweb.openbsd.org/src/usr.bin/ssh/PROTOCOL.certkeys?annotate=HEAD
 */
import { say } from '../../contract/say.ts';
import { readKeyFields, toKeyBlob, verifySignature } from './sshPublicKey.ts';
import { readWire, WireFault } from './sshWire.ts';

const CERTIFICATE_SUFFIX = '-cert-v01@openssh.com';
const HOST_CERTIFICATE = 2;
/** SSHKEY_CERT_MAX_PRINCIPALS of OpenSSH. */
const PRINCIPALS_MAX = 256;

export interface HostCertificate {
  /** As in the certificate, e.g. `ssh-ed25519-cert-v01@openssh.com`. */
  readonly certificateType: string;
  /** The host's own key, as it would stand in known_hosts. */
  readonly keyBlob: Uint8Array;
  readonly serial: bigint;
  readonly isForHosts: boolean;
  readonly keyId: string;
  /** Names it is for, exactly: OpenSSH's client knows no wildcards here. Empty: any host. */
  readonly principals: readonly string[];
  /** Seconds since 1970. */
  readonly validAfter: bigint;
  /** Seconds since 1970, not included; 2^64-1: no end. */
  readonly validBefore: bigint;
  readonly criticalOptions: readonly string[];
  /** The key of the authority that signed it. */
  readonly authorityBlob: Uint8Array;
  /** What was signed. */
  readonly signed: Uint8Array;
  readonly signature: Uint8Array;
}

export function isCertificate(blob: Uint8Array): boolean {
  try {
    return readWire(blob).text().endsWith(CERTIFICATE_SUFFIX);
  } catch (fault) {
    if (fault instanceof WireFault) return false;
    throw fault;
  }
}

/**
 * Reads a certificate. Nothing of it is true yet: see `certificateFault`.
 *
 * @throws WireFault
 */
export function parseCertificate(blob: Uint8Array): HostCertificate {
  const reader = readWire(blob);
  const certificateType = reader.text();
  if (!certificateType.endsWith(CERTIFICATE_SUFFIX)) throw new WireFault('it is no certificate');
  const plain = certificateType.slice(0, -CERTIFICATE_SUFFIX.length);
  const keyType = plain.startsWith('sk-') ? `${plain}@openssh.com` : plain;
  // A random number against collisions of the hash.
  reader.bytes();
  const keyFields = readKeyFields(keyType, reader);
  const serial = reader.uint64();
  const kind = reader.uint32();
  const keyId = reader.text();
  const principals = readTexts(reader.bytes());
  const validAfter = reader.uint64();
  const validBefore = reader.uint64();
  const criticalOptions = readOptionNames(reader.bytes());
  readOptionNames(reader.bytes());
  // Reserved.
  reader.bytes();
  const authorityBlob = reader.bytes();
  const signed = blob.subarray(0, reader.position());
  const signature = reader.bytes();
  reader.end();
  return {
    certificateType,
    keyBlob: toKeyBlob(keyType, keyFields),
    serial,
    isForHosts: kind === HOST_CERTIFICATE,
    keyId,
    principals,
    validAfter,
    validBefore,
    criticalOptions,
    authorityBlob,
    signed,
    signature,
  };
}

/**
 * Why a certificate does not prove a host, in a sentence; undefined when it does. Whether its authority is trusted is another
 * question: see `judge` in knownHosts.
 *
 * @param host the name connected to, or its HostKeyAlias; without port
 * @param nowMs milliseconds since 1970
 */
export function certificateFault(certificate: HostCertificate, host: string, nowMs: number): string | undefined {
  const now = BigInt(Math.floor(nowMs / 1_000));
  if (!certificate.isForHosts) return say`It is a certificate for a user, not for a host.`;
  if (now < certificate.validAfter) return say`It is not valid yet.`;
  if (now >= certificate.validBefore) return say`It has expired.`;
  if (certificate.principals.length > 0 && !certificate.principals.includes(host)) {
    return say`It is for ${certificate.principals.join(', ')}, not for ${host}.`;
  }
  if (certificate.criticalOptions.length > 0) return say`It has the critical option ${certificate.criticalOptions.join(', ')}, which is not known for hosts.`;
  try {
    if (!verifySignature(certificate.authorityBlob, certificate.signed, certificate.signature)) return say`Its signature is wrong.`;
  } catch (fault) {
    if (!(fault instanceof WireFault)) throw fault;
    return say`Its signature cannot be checked: ${fault.message}.`;
  }
  return undefined;
}

function readTexts(bytes: Uint8Array): string[] {
  const reader = readWire(bytes);
  const texts: string[] = [];
  while (reader.position() < bytes.length) {
    if (texts.length >= PRINCIPALS_MAX) throw new WireFault(`more than ${PRINCIPALS_MAX} principals`);
    texts.push(reader.text());
  }
  return texts;
}

/** The names of options; their values mean nothing to a host. */
function readOptionNames(bytes: Uint8Array): string[] {
  const reader = readWire(bytes);
  const names: string[] = [];
  while (reader.position() < bytes.length) {
    names.push(reader.text());
    reader.bytes();
  }
  return names;
}
