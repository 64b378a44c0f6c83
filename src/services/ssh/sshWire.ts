/**
 * Reads the fields of SSH's binary forms (RFC 4251 section 5). Every read is checked against what is left.
 */

/** The bytes are not what they say they are. */
export class WireFault extends Error {
  override readonly name = 'WireFault';
}

export interface WireReader {
  /** A length and that many bytes. */
  bytes(): Uint8Array;
  /** A string that is text; each byte one character. */
  text(): string;
  uint32(): number;
  uint64(): bigint;
  /** How many bytes were read. */
  position(): number;
  /** @throws WireFault when something is left */
  end(): void;
}

/** Each read throws a WireFault where the bytes end too early. */
export function readWire(blob: Uint8Array): WireReader {
  const view = new DataView(blob.buffer, blob.byteOffset, blob.byteLength);
  let at = 0;
  const take = (length: number): number => {
    if (length > blob.length - at) throw new WireFault('the data end in the middle of a field');
    at += length;
    return at - length;
  };
  const bytes = (): Uint8Array => {
    const length = view.getUint32(take(4));
    const start = take(length);
    return blob.subarray(start, start + length);
  };
  return {
    bytes,
    text: () => Buffer.from(bytes()).toString('latin1'),
    uint32: () => view.getUint32(take(4)),
    uint64: () => view.getBigUint64(take(8)),
    position: () => at,
    end: () => {
      if (at !== blob.length) throw new WireFault('more data follow than belong there');
    },
  };
}

/** A field as `bytes` reads it. */
export function wireBytes(content: Uint8Array | string): Buffer {
  const bytes = Buffer.from(typeof content === 'string' ? Buffer.from(content, 'latin1') : content);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}
