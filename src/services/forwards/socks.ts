/**
 * The server's side of a SOCKS handshake: version 5 (RFC 1928) with CONNECT and no authentication, and version 4 with 4a's names.
 * Names are not looked up here: who connects onwards does.
 */
import { isIPv6, SocketAddress } from 'node:net';
import type { Socket } from 'node:net';
import { PosternError } from '../../contract/error.ts';
import { say } from '../../contract/say.ts';

export interface SocksRequest {
  /** A name or an address. */
  readonly host: string;
  readonly port: number;
  /** Says that the connection stands; its bytes follow. */
  grant(): void;
  /** Says why it does not, and ends the socket. */
  refuse(error: PosternError): void;
}

const CONNECT = 1;
const NO_AUTHENTICATION = 0;
const NONE_ACCEPTABLE = 0xff;
const COMMAND_NOT_SUPPORTED = 7;
const ADDRESS_NOT_SUPPORTED = 8;
const GENERAL_FAILURE = 1;
const replies: Readonly<Partial<Record<PosternError['code'], number>>> = { 'route.prohibited': 2, 'route.unreachable': 4, 'route.refused': 5 };
/** Of a user id or a name of SOCKS 4, which end with a zero; as long as a name may be in version 5. */
const MAX_TEXT_BYTES = 255;
const VERSION_4_GRANTED = 90;
const VERSION_4_REFUSED = 91;

/**
 * @param socket paused; its bytes behind the handshake are left in it
 * @throws PosternError `input.invalid` for what is no request this proxy serves: told to the client where the protocol has a word for it
 */
export async function readSocksRequest(socket: Socket): Promise<SocksRequest> {
  const [version] = await take(socket, 1);
  if (version === 5) return readVersion5(socket);
  if (version === 4) return readVersion4(socket);
  throw notServed(say`it begins with ${String(version)}, which is no version of SOCKS`);
}

async function readVersion5(socket: Socket): Promise<SocksRequest> {
  const [methodCount = 0] = await take(socket, 1);
  const methods = methodCount === 0 ? [] : [...(await take(socket, methodCount))];
  if (!methods.includes(NO_AUTHENTICATION)) {
    endWith(socket, Uint8Array.of(5, NONE_ACCEPTABLE));
    throw notServed(say`the program wants to sign in`);
  }
  socket.write(Uint8Array.of(5, NO_AUTHENTICATION));
  const [version, command, , addressType] = await take(socket, 4);
  if (version !== 5) throw notServed(say`its request is of another version than its greeting`);
  const reply = (code: number): Uint8Array => Uint8Array.of(5, code, 0, 1, 0, 0, 0, 0, 0, 0);
  const host = await readHost(socket, addressType);
  if (host === undefined) {
    endWith(socket, reply(ADDRESS_NOT_SUPPORTED));
    throw notServed(say`addresses of the kind ${String(addressType)} are unknown`);
  }
  const port = (await take(socket, 2)).readUInt16BE();
  if (command !== CONNECT) {
    endWith(socket, reply(COMMAND_NOT_SUPPORTED));
    throw notServed(say`it asks for something else than a connection`);
  }
  checkTarget(host, port, () => endWith(socket, reply(GENERAL_FAILURE)));
  return { host, port, grant: () => void socket.write(reply(0)), refuse: ({ code }) => endWith(socket, reply(replies[code] ?? GENERAL_FAILURE)) };
}

async function readHost(socket: Socket, addressType: number | undefined): Promise<string | undefined> {
  switch (addressType) {
    case 1:
      return (await take(socket, 4)).join('.');
    case 3: {
      const [length = 0] = await take(socket, 1);
      return length === 0 ? '' : (await take(socket, length)).toString('latin1');
    }
    case 4:
      return ipv6Text(await take(socket, 16));
    default:
      return undefined;
  }
}

async function readVersion4(socket: Socket): Promise<SocksRequest> {
  const request = await take(socket, 7);
  const [command = 0] = request;
  const address = request.subarray(3);
  await takeText(socket);
  // 4a: an address that nobody has stands for the name that follows.
  const isNamed = address.subarray(0, 3).every((octet) => octet === 0) && address[3] !== 0;
  const host = isNamed ? await takeText(socket) : address.join('.');
  const reply = (code: number): Uint8Array => Uint8Array.of(0, code, 0, 0, 0, 0, 0, 0);
  const refuse = (): void => endWith(socket, reply(VERSION_4_REFUSED));
  if (command !== CONNECT) {
    refuse();
    throw notServed(say`it asks for something else than a connection`);
  }
  const port = request.readUInt16BE(1);
  checkTarget(host, port, refuse);
  return { host, port, grant: () => void socket.write(reply(VERSION_4_GRANTED)), refuse };
}

/** A name goes on to the host as it is: nothing that could be more than a name. */
function checkTarget(host: string, port: number, refuse: () => void): void {
  if (port !== 0 && (/^[A-Za-z0-9._-]+$/.test(host) || isIPv6(host))) return;
  refuse();
  throw notServed(say`it asks for a host whose name cannot be one`);
}

/** The shortest form (RFC 5952), as Node writes it. */
function ipv6Text(octets: Buffer): string {
  const groups = Array.from({ length: 8 }, (_, index) => octets.readUInt16BE(2 * index).toString(16));
  return new SocketAddress({ family: 'ipv6', address: groups.join(':') }).address;
}

async function takeText(socket: Socket): Promise<string> {
  const octets: number[] = [];
  for (;;) {
    const [octet = 0] = await take(socket, 1);
    if (octet === 0) return Buffer.from(octets).toString('latin1');
    if (octets.push(octet) > MAX_TEXT_BYTES) throw notServed(say`a text in it has no end`);
  }
}

/** Exactly so many bytes; what follows stays in the socket. Takes what is there: bytes left lying would call at once, again and again. */
async function take(socket: Socket, byteCount: number): Promise<Buffer> {
  const parts: Buffer[] = [];
  for (let missing = byteCount; missing > 0; ) {
    if (socket.destroyed || socket.readableEnded) throw cutShort();
    const bytes = socket.readableLength === 0 ? null : (socket.read(Math.min(missing, socket.readableLength)) as Buffer | null);
    if (bytes === null) {
      await change(socket);
      continue;
    }
    parts.push(bytes);
    missing -= bytes.length;
  }
  return Buffer.concat(parts);
}

/** No longer open than it takes to say so. */
function endWith(socket: Socket, reply: Uint8Array): void {
  socket.write(reply);
  socket.destroySoon();
}

function change(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    const events = ['readable', 'end', 'close'] as const;
    const handle = (): void => {
      for (const name of events) socket.removeListener(name, handle);
      resolve();
    };
    for (const name of events) socket.on(name, handle);
  });
}

function cutShort(): PosternError {
  return new PosternError({ code: 'cancelled', message: say`The program left during the SOCKS handshake.` });
}

function notServed(why: string): PosternError {
  return new PosternError({ code: 'input.invalid', message: say`A program's SOCKS request was refused: ${why}.`, remedy: say`Set the program to SOCKS 5 without a user name and password.` });
}
