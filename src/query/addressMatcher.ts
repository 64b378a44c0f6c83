/** Finds addresses by a whole, a beginning (`10.0.`), a pattern (`10.*.7`) or a CIDR block, IPv4 and IPv6. Pure, and without Node: the window uses it. */

/** A test for one `ip:` value; what is no block is a beginning. */
export function addressMatcher(value: string): (address: string) => boolean {
  const wanted = value.toLowerCase();
  const [network = '', length] = wanted.split('/');
  const block = length === undefined || !/^\d{1,3}$/.test(length) ? undefined : toBits(network);
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
  const octets = address.split('.');
  if (octets.length !== 4 || octets.some((octet) => !/^\d{1,3}$/.test(octet) || Number(octet) > 255)) return undefined;
  return { bits: octets.reduce((bits, octet) => (bits << 8n) | BigInt(octet), 0n), width: 32 };
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
