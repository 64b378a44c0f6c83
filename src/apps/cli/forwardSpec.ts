/** Reads what `postern forward -L` takes: `[BIND:]PORT:[HOST:]PORT`, as OpenSSH has it, or `PATH:[HOST:]PORT` for a unix socket. Pure. */
import { PosternError } from '../../contract/error.ts';
import type { LocalEnd, OpenForward } from '../../contract/forward.ts';

export type ForwardSpec = Pick<OpenForward, 'local' | 'remoteHost' | 'remotePort'>;

const LOOPBACK = '127.0.0.1';
const EVERY_ADDRESS = '0.0.0.0';
/** A part between colons; an IPv6 address stands in brackets. */
const PART = /\[([0-9A-Fa-f:.]+(?:%\w+)?)\]|[^:[\]]*/y;

/** @throws PosternError `input.invalid` */
export function parseForwardSpec(text: string): ForwardSpec {
  const parts = splitParts(text);
  const [first = '', second = ''] = parts;
  if (first.includes('/')) {
    if (parts.length < 2 || parts.length > 3) throw wrong(text, 'after a socket path stands [HOST:]PORT');
    return { local: { kind: 'unix', path: first }, ...remoteOf(text, parts.slice(1)) };
  }
  switch (parts.length) {
    case 2:
      return { local: tcp(text, LOOPBACK, first), ...remoteOf(text, parts.slice(1)) };
    case 3:
      // PORT:HOST:PORT or BIND:PORT:PORT: an address to listen on is no number.
      return isNumber(first) ? { local: tcp(text, LOOPBACK, first), ...remoteOf(text, parts.slice(1)) } : { local: tcp(text, first, second), ...remoteOf(text, parts.slice(2)) };
    case 4:
      return { local: tcp(text, first, second), ...remoteOf(text, parts.slice(2)) };
    default:
      throw wrong(text, parts.length < 2 ? 'a port to listen on and a port to reach are needed' : 'it has too many parts; an IPv6 address stands in brackets');
  }
}

function splitParts(text: string): string[] {
  const parts: string[] = [];
  for (let at = 0; ; at += 1) {
    PART.lastIndex = at;
    const match = PART.exec(text);
    if (match === null) throw wrong(text, 'its brackets hold no IPv6 address');
    parts.push(match[1] ?? match[0]);
    at = PART.lastIndex;
    if (at === text.length) return parts;
    if (text[at] !== ':') throw wrong(text, 'its brackets hold no IPv6 address');
  }
}

function tcp(text: string, address: string, port: string): LocalEnd {
  if (address === '') throw wrong(text, 'the address to listen on is empty; * means every address');
  return { kind: 'tcp', address: address === '*' ? EVERY_ADDRESS : address, port: portOf(text, port, 0) };
}

function remoteOf(text: string, parts: readonly string[]): Pick<ForwardSpec, 'remoteHost' | 'remotePort'> {
  const [host, port] = parts.length === 2 ? parts : [undefined, parts[0]];
  const remotePort = portOf(text, port ?? '', 1);
  if (host === undefined) return { remotePort };
  if (!/^[A-Za-z0-9.:_-]{3,253}$/.test(host) || isNumber(host)) throw wrong(text, `"${host}" is no host name or address`);
  return { remoteHost: host, remotePort };
}

function portOf(text: string, port: string, least: number): number {
  const number = isNumber(port) ? Number(port) : Number.NaN;
  if (number >= least && number <= 65_535) return number;
  throw wrong(text, `"${port}" is no port${least === 0 ? ' (0 takes a free one)' : ''}`);
}

function isNumber(text: string): boolean {
  return /^\d{1,5}$/.test(text);
}

function wrong(text: string, why: string): PosternError {
  return new PosternError({ code: 'input.invalid', message: `"${text}" is no forward: ${why}.`, remedy: 'Write it as [BIND:]PORT:[HOST:]PORT, e.g. 8080:80, 5432:db.internal:5432 or [::1]:8080:80.' });
}
