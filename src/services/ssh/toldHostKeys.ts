/**
 * What others say of an instance's host keys: read out of its console output or out of its public key files, and held against the
 * key that a server shows. Pure.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/connection-prereqs-general.html (instance fingerprint)
 */
import { createHash } from 'node:crypto';
import { hostKeyFingerprint } from './hostKeys.ts';
import { toPlainText } from './plainText.ts';

/** One key, as told. */
export interface ToldKey {
  /** SSH name, e.g. `ssh-ed25519`. */
  readonly keyType: string;
  /** `SHA256:` and 43 base64 characters, or `MD5:` and 16 bytes in hexadecimal with colons. */
  readonly fingerprint: string;
}

/** Keys that were told together: one block of a console, or the files of a host. */
export type ToldKeys = readonly ToldKey[];

/**
 * - `proven`: whoever tells of a key of this type tells this one;
 * - `contradicted`: others were told, of this type or of other ones (those are asked for first, so the host would have shown one);
 * - `disputed`: this one and another one of the type were told;
 * - `silent`: nothing was told.
 */
export type ToldVerdict = 'proven' | 'contradicted' | 'disputed' | 'silent';

/** `<14>Nov 22 07:00:00 web-1 ec2: ` and its parts: what syslog, the kernel and cloud-init put before a line. No other program's. */
const linePrefix = /^(?:<\d{1,3}>)?(?:\[ *\d+\.\d+\] )?(?:[A-Z][a-z]{2} [ \d]\d \d{2}:\d{2}:\d{2} )?(?:[\w.-]{1,253} )?(?:ec2|cloud-init(?:\[\d+\])?): ?/;
const blockEdge = /^-----(BEGIN|END) SSH HOST KEY (FINGERPRINTS|KEYS)-----$/;
/** As `ssh-keygen -l` writes it, before OpenSSH 6.8 without the name of the digest. */
const fingerprintLine = /^(\d{3,5}) (?:(SHA256:[A-Za-z0-9+/]{43})|(?:MD5:)?((?:[0-9a-f]{2}:){15}[0-9a-f]{2})) .*\((RSA|ECDSA|ED25519)\)$/;
const publicKeyLine = /^(ssh-ed25519|ssh-rsa|ecdsa-sha2-nistp(?:256|384|521)) ([A-Za-z0-9+/]{40,4096}={0,2})(?: .*)?$/;

/**
 * The complete blocks that cloud-init, or Amazon Linux's own script, wrote to the console; in their order.
 *
 * A block counts only line by line and only under the names those two write under: what another program logs, a user name in a
 * refused sign-in for instance, does not look like one.
 */
export function readConsoleHostKeys(consoleOutput: string): ToldKeys[] {
  const blocks: ToldKeys[] = [];
  let open: { readonly kind: string; readonly keys: ToldKey[] } | undefined;
  for (const rawLine of linesOf(consoleOutput)) {
    const line = rawLine.replace(linePrefix, '');
    const edge = blockEdge.exec(line);
    if (edge !== null) {
      const [, side, kind = ''] = edge;
      if (side === 'END' && open?.kind === kind && open.keys.length > 0) blocks.push(open.keys);
      open = side === 'BEGIN' ? { kind, keys: [] } : undefined;
      continue;
    }
    // Other lines come in between: the console is everybody's.
    const told = open === undefined ? undefined : open.kind === 'KEYS' ? readPublicKeyLine(line) : readFingerprintLine(line);
    if (told !== undefined) open?.keys.push(told);
  }
  return blocks;
}

/** The keys in the text of public key files, one a line; other lines are passed over. */
export function readPublicKeys(text: string): ToldKeys {
  return linesOf(text).flatMap((line) => readPublicKeyLine(line) ?? []);
}

/** Without escape sequences, each of which ends with its line: an open one must not swallow what follows. */
function linesOf(text: string): string[] {
  return text.split(/[\r\n]+/).map((line) => toPlainText(line).trimEnd());
}

/** How the key that a server shows stands to what was told. */
export function judgeHostKey(told: readonly ToldKeys[], keyType: string, blob: Uint8Array): ToldVerdict {
  const blocks = told.filter((keys) => keys.length > 0);
  if (blocks.length === 0) return 'silent';
  const ofType = blocks.map((keys) => keys.filter((key) => key.keyType === keyType)).filter((keys) => keys.length > 0);
  const agreeing = ofType.filter((keys) => keys.some((key) => isKey(key, blob)));
  if (agreeing.length === 0) return 'contradicted';
  return agreeing.length === ofType.length ? 'proven' : 'disputed';
}

function isKey({ fingerprint }: ToldKey, blob: Uint8Array): boolean {
  const hex = (): string => createHash('md5').update(blob).digest('hex');
  // MD5 is broken for pairs of keys made to collide, not for finding a second key for the fingerprint of a given one.
  return fingerprint.startsWith('MD5:') ? fingerprint === `MD5:${(hex().match(/../g) ?? []).join(':')}` : fingerprint === hostKeyFingerprint(blob);
}

function readFingerprintLine(line: string): ToldKey | undefined {
  const [, bits, sha256, md5, name] = fingerprintLine.exec(line) ?? [];
  if (name === undefined) return undefined;
  const keyType = name === 'RSA' ? 'ssh-rsa' : name === 'ED25519' ? 'ssh-ed25519' : `ecdsa-sha2-nistp${bits}`;
  return { keyType, fingerprint: sha256 ?? `MD5:${md5}` };
}

function readPublicKeyLine(line: string): ToldKey | undefined {
  const [, keyType, base64 = ''] = publicKeyLine.exec(line) ?? [];
  if (keyType === undefined) return undefined;
  const blob = Buffer.from(base64, 'base64');
  const isWhole = blob.length > 4 + keyType.length && blob.readUInt32BE(0) === keyType.length && blob.toString('latin1', 4, 4 + keyType.length) === keyType;
  return isWhole ? { keyType, fingerprint: hostKeyFingerprint(blob) } : undefined;
}
