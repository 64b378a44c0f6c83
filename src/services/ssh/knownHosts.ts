/**
 * Reads OpenSSH's known_hosts files and judges a host's key by them (sshd(8), SSH_KNOWN_HOSTS FILE FORMAT). Never writes one.
 */
import { createHmac, randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { say } from '../../contract/say.ts';
import type { HostCertificate } from './hostCertificate.ts';
import { certificateFault, isCertificate, parseCertificate } from './hostCertificate.ts';
import { asciiLower, matchHostName } from './sshPattern.ts';
import { checkPublicKey, keyTypeOf } from './sshPublicKey.ts';
import { WireFault } from './sshWire.ts';

const DEFAULT_PORT = 22;
/** The length of a SHA-1 hash: what OpenSSH salts host names with. */
const SALT_BYTES = 20;

export interface KnownHostsLine {
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** `authority`: the key signs the certificates of these hosts. `revoked`: the key is never to be trusted for them. */
  readonly kind: 'key' | 'authority' | 'revoked';
  /** As written: a list of patterns, or one hashed name. */
  readonly hosts: string;
  readonly keyType: string;
  readonly blob: Uint8Array;
  readonly comment: string;
}

/** A line that says nothing, and why. */
export interface KnownHostsProblem {
  readonly file: string;
  readonly line: number;
  readonly message: string;
}

export interface KnownHosts {
  readonly lines: readonly KnownHostsLine[];
  readonly problems: readonly KnownHostsProblem[];
}

/** The lines of files, in order. A file that does not exist is empty; one that cannot be read is a problem. */
export async function readKnownHosts(files: readonly string[]): Promise<KnownHosts> {
  const read = await Promise.all(
    files.map(async (file): Promise<KnownHosts> => {
      try {
        return parseKnownHosts(await readFile(file, 'utf8'), file);
      } catch (cause) {
        if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return { lines: [], problems: [] };
        return { lines: [], problems: [{ file, line: 0, message: cause instanceof Error ? cause.message : String(cause) }] };
      }
    }),
  );
  return { lines: read.flatMap(({ lines }) => lines), problems: read.flatMap(({ problems }) => problems) };
}

export function parseKnownHosts(text: string, file: string): KnownHosts {
  const lines: KnownHostsLine[] = [];
  const problems: KnownHostsProblem[] = [];
  for (const [index, content] of text.split('\n').entries()) {
    const line = index + 1;
    const trimmed = content.replace(/^[ \t]+|[ \t\r]+$/g, '');
    if (trimmed === '' || trimmed.startsWith('#')) continue;
    const parsed = parseLine(trimmed);
    if (typeof parsed === 'string') problems.push({ file, line, message: parsed });
    else lines.push({ file, line, ...parsed });
  }
  return { lines, problems };
}

/** One line, or what is wrong with it. */
function parseLine(text: string): Omit<KnownHostsLine, 'file' | 'line'> | string {
  // OpenSSH 9.2 passes over a marker that a tab follows; a revocation is not to be lost by that.
  const [, marker, rest = ''] = /^(?:(@\S*)(?:[ \t]+|$))?(.*)$/s.exec(text) ?? [];
  if (marker !== undefined && marker !== '@cert-authority' && marker !== '@revoked') return say`${marker} is no marker that is known`;
  const [, hosts, keyType, base64, comment = ''] = /^([^ \t]+)[ \t]+([^ \t]+)[ \t]+([^ \t]+)(?:[ \t]+(.*))?$/s.exec(rest) ?? [];
  if (hosts === undefined || keyType === undefined || base64 === undefined) return say`a host, a key type or a key is missing`;
  if (hosts.startsWith('@')) return say`a line has one marker at most`;
  if (hosts.startsWith('|') && parseHashed(hosts) === undefined) return say`the hashed name is malformed`;
  const blob = Buffer.from(base64, 'base64');
  // Node passes over characters that are not base64; a key must not change by that.
  if (blob.toString('base64').replace(/=+$/, '') !== base64.replace(/=+$/, '')) return say`the key is not base64`;
  try {
    if (keyTypeOf(blob) !== keyType) return say`the key is not of the type ${keyType} that the line says`;
    checkPublicKey(blob);
  } catch (fault) {
    if (!(fault instanceof WireFault)) throw fault;
    return say`the key cannot be read: ${fault.message}`;
  }
  return { kind: marker === undefined ? 'key' : marker === '@revoked' ? 'revoked' : 'authority', hosts, keyType, blob, comment };
}

/** A host as known_hosts writes it: with brackets and port where the port is not 22. */
export function knownHostsName(host: string, port: number): string {
  return port === DEFAULT_PORT ? host : `[${host}]:${port}`;
}

/**
 * A name that can be compared but not read (HashKnownHosts of ssh_config(5)).
 *
 * @param salt 20 bytes; default: random
 */
export function hashHostName(name: string, salt: Uint8Array = randomBytes(SALT_BYTES)): string {
  const hash = createHmac('sha1', salt).update(name).digest('base64');
  return `|1|${Buffer.from(salt).toString('base64')}|${hash}`;
}

function parseHashed(hosts: string): { readonly salt: Buffer } | undefined {
  const [, salt = ''] = /^\|1\|([A-Za-z0-9+/=]+)\|[A-Za-z0-9+/=]+$/.exec(hosts) ?? [];
  const bytes = Buffer.from(salt, 'base64');
  return bytes.length === SALT_BYTES ? { salt: bytes } : undefined;
}

/** What the lines say about a host. */
export interface KnownHostsMatch {
  readonly keys: readonly KnownHostsLine[];
  readonly authorities: readonly KnownHostsLine[];
  readonly revoked: readonly KnownHostsLine[];
}

/** The lines for a host at a port. A HostKeyAlias is looked up as it is, with port 22. */
export function lookUp(lines: readonly KnownHostsLine[], host: string, port: number): KnownHostsMatch {
  const name = knownHostsName(asciiLower(host), port);
  const matching = lines.filter(({ hosts }) => isNamed(name, hosts));
  return {
    keys: matching.filter(({ kind }) => kind === 'key'),
    authorities: matching.filter(({ kind }) => kind === 'authority'),
    revoked: matching.filter(({ kind }) => kind === 'revoked'),
  };
}

function isNamed(name: string, hosts: string): boolean {
  if (!hosts.startsWith('|')) return matchHostName(name, hosts) === 'matched';
  const hashed = parseHashed(hosts);
  return hashed !== undefined && hashHostName(name, hashed.salt) === hosts;
}

export type KnownHostsVerdict =
  | { readonly outcome: 'known'; readonly line: KnownHostsLine; readonly certificate?: HostCertificate }
  /** `certificateFault`: a certificate was shown and did not prove the host, so its key was judged as if it had none. */
  | { readonly outcome: 'unknown'; readonly certificateFault?: string }
  /** Another key is known for this host, of this type or of another. */
  | { readonly outcome: 'changed'; readonly line: KnownHostsLine; readonly certificateFault?: string }
  | { readonly outcome: 'revoked'; readonly line: KnownHostsLine };

export interface JudgedHost {
  /** The name connected to, or its HostKeyAlias (then with port 22). */
  readonly host: string;
  readonly port: number;
  /** Milliseconds since 1970, for certificates. */
  readonly nowMs: number;
}

/**
 * How the key or certificate a host showed stands to the lines; the order is OpenSSH's.
 *
 * A revoked key, or a certificate by a revoked authority, is refused whatever else is known. A certificate by a known authority
 * that is good for this host proves it; any other certificate counts as its bare key. A key that is not known for `[host]:port`
 * is accepted when it is known for the host without the port.
 */
export function judge(lines: readonly KnownHostsLine[], { host, port, nowMs }: JudgedHost, presented: Uint8Array): KnownHostsVerdict {
  const exact = lookUp(lines, host, port);
  const withoutPort = port === DEFAULT_PORT ? exact : lookUp(lines, host, DEFAULT_PORT);
  const certificate = readCertificate(presented);
  const bareKey = typeof certificate === 'object' ? certificate.keyBlob : presented;
  const refused = typeof certificate === 'object' ? [bareKey, certificate.authorityBlob] : [bareKey];

  const revoked = [...exact.revoked, ...withoutPort.revoked].find(({ blob }) => refused.some((key) => isSame(key, blob)));
  if (revoked !== undefined) return { outcome: 'revoked', line: revoked };

  let fault = typeof certificate === 'string' ? certificate : undefined;
  if (typeof certificate === 'object') {
    const trusted = [...exact.authorities, ...withoutPort.authorities].find(({ blob }) => isSame(blob, certificate.authorityBlob));
    fault = trusted === undefined ? say`Its authority is not known for this host.` : certificateFault(certificate, asciiLower(host), nowMs);
    if (trusted !== undefined && fault === undefined) return { outcome: 'known', line: trusted, certificate };
  }
  const note = fault === undefined ? {} : { certificateFault: fault };
  const known = exact.keys.find(({ blob }) => isSame(blob, bareKey));
  if (known !== undefined) return { outcome: 'known', line: known };
  const presentedType = keyTypeOrEmpty(bareKey);
  const other = exact.keys.find(({ keyType }) => keyType === presentedType) ?? exact.keys[0];
  if (other !== undefined) return { outcome: 'changed', line: other, ...note };
  // Another key there is no alarm: it may be the one of another server of that machine.
  const knownWithoutPort = withoutPort.keys.find(({ blob }) => isSame(blob, bareKey));
  return knownWithoutPort === undefined ? { outcome: 'unknown', ...note } : { outcome: 'known', line: knownWithoutPort };
}

/** The certificate; what is wrong with it; undefined for a key without one. */
function readCertificate(blob: Uint8Array): HostCertificate | string | undefined {
  if (!isCertificate(blob)) return undefined;
  try {
    return parseCertificate(blob);
  } catch (fault) {
    if (fault instanceof WireFault) return say`It cannot be read: ${fault.message}.`;
    throw fault;
  }
}

function keyTypeOrEmpty(blob: Uint8Array): string {
  try {
    return keyTypeOf(blob);
  } catch (fault) {
    if (fault instanceof WireFault) return '';
    throw fault;
  }
}

function isSame(one: Uint8Array, other: Uint8Array): boolean {
  return Buffer.compare(one, other) === 0;
}
