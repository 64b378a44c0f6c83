/**
 * The kinds of value ssh_config has: choices, numbers, times, ports, forwards and jumps.
 */
import { say } from '../../contract/say.ts';
import { SshConfigFault } from './sshConfigLine.ts';
import type { Environment } from './sshConfigTokens.ts';
import { expandVariables } from './sshConfigTokens.ts';
import { asciiLower } from './sshPattern.ts';

const INT_MAX = 2_147_483_647;
/** `sun_path` of unix(7), with its NUL. */
const SOCKET_PATH_MAX = 108;
const HOST_MAX = 1025;

const unitSeconds: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3_600, d: 86_400, w: 604_800 };

/** The services that may stand for a port; the machine's own list of them is not read. */
const servicePorts: Readonly<Record<string, number>> = { ssh: 22, http: 80, https: 443 };

export function toChoice<Value>(text: string, choices: Readonly<Record<string, Value>>): Value {
  const name = asciiLower(text);
  const value = Object.hasOwn(choices, name) ? choices[name] : undefined;
  if (value === undefined) throw new SshConfigFault(say`"${text}" is none of ${Object.keys(choices).join(', ')}`);
  return value;
}

/** 0 to 2,147,483,647. */
export function toInteger(text: string): number {
  const number = /^\s*\+?\d+$/.test(text) ? Number(text) : Number.NaN;
  if (!(number <= INT_MAX)) throw new SshConfigFault(say`"${text}" is no whole number that OpenSSH can hold`);
  return number;
}

/** TIME FORMATS of sshd_config(5): `90`, `1h30m`, `2W`. */
export function toSeconds(text: string): number {
  if (!/^(\s*\+?\d+[smhdw]?)+$/i.test(text)) throw new SshConfigFault(say`"${text}" is no time such as 90, 10m or 1h30m`);
  let seconds = 0;
  for (const [, amount = '', unit = ''] of text.matchAll(/(\d+)([smhdw]?)/gi)) {
    seconds += Number(amount) * (unitSeconds[unit.toLowerCase()] ?? 1);
  }
  if (seconds > INT_MAX) throw new SshConfigFault(say`"${text}" is a longer time than OpenSSH can hold`);
  return seconds;
}

/** 0 to 65535, or a service. */
export function toPort(text: string): number {
  const port = /^\s*\+?\d+$/.test(text) ? Number(text) : Object.hasOwn(servicePorts, text) ? servicePorts[text] : undefined;
  if (port === undefined || port > 65_535) throw new SshConfigFault(say`"${text}" is no port`);
  return port;
}

/** A port that something can listen at or be reached at. */
export function toUsablePort(text: string): number {
  const port = toPort(text);
  if (port === 0) throw new SshConfigFault(say`port 0 is not one to connect to`);
  return port;
}

/** A forwarding as it was written; paths of sockets may still have tokens. */
export interface SshForward {
  /** Absent: this machine only. Empty or `*`: every address. */
  readonly listenHost?: string;
  /** 0 lets a server choose (remote forwards only). */
  readonly listenPort?: number;
  readonly listenPath?: string;
  /** Absent, as is `connectPath`: whoever connects says where to, by SOCKS. */
  readonly connectHost?: string;
  readonly connectPort?: number;
  readonly connectPath?: string;
}

/** LocalForward, RemoteForward (`remote`), or, without `connect`, the SOCKS form of either. */
export function toForward(listen: string, connect: string | undefined, { remote, environment }: { readonly remote: boolean; readonly environment: Environment }): SshForward {
  const bad = new SshConfigFault(say`"${listen}${connect === undefined ? '' : ` ${connect}`}" is no forwarding`);
  // OpenSSH joins the two before it reads them, in 255 characters.
  const text = expandVariables((connect === undefined ? listen : `${listen}:${connect}`).slice(0, 255), environment).trimStart();
  const [first, second, third, fourth] = forwardFields(text, bad);
  if (first === undefined) throw bad;
  let forward: SshForward;
  if (second === undefined) {
    forward = first.isPath ? { listenPath: first.text } : { listenPort: toPort(first.text) };
  } else if (third === undefined) {
    if (second.isPath) forward = { ...(first.isPath ? { listenPath: first.text } : { listenPort: toPort(first.text) }), connectPath: second.text };
    else forward = { listenHost: first.text, listenPort: toPort(second.text) };
  } else if (fourth === undefined) {
    if (first.isPath) forward = { listenPath: first.text, connectHost: second.text, connectPort: toUsablePort(third.text) };
    else if (third.isPath) forward = { listenHost: first.text, listenPort: toPort(second.text), connectPath: third.text };
    else forward = { listenPort: toPort(first.text), connectHost: second.text, connectPort: toUsablePort(third.text) };
  } else {
    forward = { listenHost: first.text, listenPort: toPort(second.text), connectHost: third.text, connectPort: toUsablePort(fourth.text) };
  }
  const isSocks = forward.connectHost === undefined && forward.connectPath === undefined;
  if (isSocks !== (connect === undefined)) throw bad;
  if (!remote && forward.listenPort === 0) throw new SshConfigFault(say`port 0 is not one to listen at`);
  if ((forward.listenHost ?? '').length >= HOST_MAX || (forward.connectHost ?? '').length >= HOST_MAX) throw bad;
  if ((forward.listenPath ?? '').length >= SOCKET_PATH_MAX || (forward.connectPath ?? '').length >= SOCKET_PATH_MAX) throw bad;
  return forward;
}

interface ForwardField {
  readonly text: string;
  readonly isPath: boolean;
}

/** Up to four fields between colons; brackets hold one together, a backslash takes the next character as it is. */
function forwardFields(text: string, bad: SshConfigFault): ForwardField[] {
  const fields: ForwardField[] = [];
  let rest = text;
  while (rest !== '' && fields.length < 4) {
    if (rest.startsWith('[')) {
      const [whole, inside = ''] = /^\[([^\]]*)\](?::|$)/.exec(rest) ?? [];
      if (whole === undefined) throw bad;
      fields.push({ text: inside, isPath: inside.includes('/') });
      rest = rest.slice(whole.length);
      continue;
    }
    const [whole = '', field = ''] = /^((?:\\.|[^\\:])*)(?::|$)/s.exec(rest) ?? [];
    if (whole === '') throw bad;
    // What a backslash takes as it is does not make the field a path.
    fields.push({ text: field.replace(/\\(.)/gs, '$1'), isPath: field.replace(/\\./gs, '').includes('/') });
    rest = rest.slice(whole.length);
  }
  if (rest !== '') throw bad;
  return fields;
}

/** One host of a ProxyJump, as it was written. */
export interface SshJump {
  readonly user?: string;
  readonly host: string;
  readonly port?: number;
}

/** The hosts of a ProxyJump in the order they are visited. `none` has no hosts. */
export function toJumps(text: string): SshJump[] {
  const [beforeComment = ''] = text.split('#', 1);
  const list = beforeComment.replace(/[ \t\r\n]+$/, '');
  if (asciiLower(list) === 'none') return [];
  return list.split(',').map(toJump);
}

/** `[user@]host[:port]` or `ssh://[user@]host[:port]`. */
function toJump(text: string): SshJump {
  const bad = new SshConfigFault(say`"${text}" is no host to jump through`);
  const isUri = text.startsWith('ssh://');
  const written = isUri ? text.slice('ssh://'.length) : text;
  const at = isUri ? written.indexOf('@') : written.lastIndexOf('@');
  const user = at === -1 ? undefined : isUri ? decodeUser(written.slice(0, at), bad) : written.slice(0, at);
  const [whole, bracketed, plain, port = ''] = /^(?:\[([^\]]*)\]|([^:/]*))(?::(.*))?$/s.exec(written.slice(at + 1).replace(isUri ? /\/$/ : /^$/, '')) ?? [];
  const host = bracketed ?? plain ?? '';
  if (whole === undefined || user === '' || (host === '' && bracketed === undefined)) throw bad;
  if (isUri && !/^[a-z0-9](?!.*\.\.)[a-z0-9._-]*$/i.test(host)) throw bad;
  return {
    ...(user === undefined ? {} : { user }),
    host: isUri ? host.replace(/\.$/, '') : host,
    ...(port === '' ? {} : { port: toUsablePort(port) }),
  };
}

function decodeUser(text: string, bad: SshConfigFault): string {
  const [withoutParameters = ''] = text.split(';', 1);
  try {
    return decodeURIComponent(withoutParameters.replaceAll('+', ' '));
  } catch {
    throw bad;
  }
}
