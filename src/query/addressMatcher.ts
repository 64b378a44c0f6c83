/** Finds addresses by a whole, a beginning (`10.0.`), a pattern (`10.*.7`) or a CIDR block, IPv4 and IPv6. Pure, and without Node: the window uses it. */

/** A test for one `ip:` value; what is no block is a beginning. */
export function addressMatcher(value: string): (address: string) => boolean {
  const wanted = value.toLowerCase();
  const [network = '', length] = wanted.split('/');
  const block = length === undefined || !/^\d{1,3}$/.test(length) ? undefined : toBits(network);
  if (block?.width === 32 && Number(length) <= 32) {
    // Numbers: 50,000 hosts are asked on each keystroke, and big ones cost ten times as much.
    const size = 2 ** (32 - Number(length));
    const prefix = Math.floor(Number(block.bits) / size);
    return (address) => Math.floor(toIpv4Number(address) / size) === prefix;
  }
  if (block !== undefined && Number(length) <= block.width) {
    const shift = BigInt(block.width - Number(length));
    const prefix = block.bits >> shift;
    return (address) => {
      const candidate = toBits(address);
      return candidate !== undefined && candidate.width === block.width && candidate.bits >> shift === prefix;
    };
  }
  if (!wanted.includes('*')) return (address) => address.toLowerCase().startsWith(wanted);
  const pieces = wanted.split('*');
  return (address) => {
    let from = 0;
    return pieces.every((piece, index) => {
      const found = index === 0 ? (address.startsWith(piece) ? 0 : -1) : index === pieces.length - 1 ? (address.length - piece.length >= from && address.endsWith(piece) ? address.length - piece.length : -1) : address.indexOf(piece, from);
      from = found + piece.length;
      return found >= 0;
    });
  };
}

interface Bits {
  readonly bits: bigint;
  /** 32 or 128. */
  readonly width: number;
}

function toBits(address: string): Bits | undefined {
  return address.includes(':') ? toIpv6Bits(address) : toIpv4Bits(address);
}

function toIpv4Bits(address: string): Bits | undefined {
  const value = toIpv4Number(address);
  return Number.isNaN(value) ? undefined : { bits: BigInt(value), width: 32 };
}

/** NaN for what is no address of four decimal octets. */
function toIpv4Number(address: string): number {
  let value = 0;
  let octet = -1;
  let octets = 1;
  for (let index = 0; index < address.length; index += 1) {
    const code = address.charCodeAt(index);
    if (code === 46) {
      if (octet < 0) return NaN;
      value = value * 256 + octet;
      octet = -1;
      octets += 1;
    } else if (code >= 48 && code <= 57) {
      octet = (octet < 0 ? 0 : octet * 10) + code - 48;
      if (octet > 255) return NaN;
    } else return NaN;
  }
  return octets === 4 && octet >= 0 ? value * 256 + octet : NaN;
}

/** RFC 4291 section 2.2, without the form that ends in an IPv4 address: EC2 writes none. */
function toIpv6Bits(address: string): Bits | undefined {
  const halves = address.split('::');
  if (halves.length > 2) return undefined;
  const groups = halves.map((half) => (half === '' ? [] : half.split(':')));
  const given = groups.flat();
  const missing = 8 - given.length;
  if (halves.length === 1 ? missing !== 0 : missing < 1) return undefined;
  if (given.some((group) => !/^[0-9a-f]{1,4}$/i.test(group))) return undefined;
  const all = halves.length === 1 ? given : [...(groups[0] ?? []), ...Array.from({ length: missing }, () => '0'), ...(groups[1] ?? [])];
  return { bits: all.reduce((bits, group) => (bits << 16n) | BigInt(`0x${group}`), 0n), width: 128 };
}
