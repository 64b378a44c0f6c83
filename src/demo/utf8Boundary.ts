/**
 * How the agent cuts a shell's output into messages: on the borders of UTF-8 characters, with the official agent's own mistakes.
 *
 * Session-manager-protocol.md, section 5: up to 3 bytes at the end that form no character are held back; invalid bytes elsewhere pass;
 * a genuine U+FFFD loses its last two bytes, because Go's decoder answers the same for it as for an invalid byte.
 */

export interface CutOutput {
  readonly ready: Buffer;
  /** To be put before the next bytes. At the end of the program they are lost. */
  readonly held: Buffer;
}

const MAX_CHARACTER_BYTES = 4;

export function cutAtCharacter(bytes: Buffer): CutOutput {
  const ready: Buffer[] = [];
  let runStart = 0;
  let index = 0;
  while (index < bytes.length) {
    const width = characterBytes(bytes, index);
    const isReplacement = width === 3 && bytes[index] === 0xef && bytes[index + 1] === 0xbf && bytes[index + 2] === 0xbd;
    if (width !== 0 && !isReplacement) {
      index += width;
      continue;
    }
    if (bytes.length - index < MAX_CHARACTER_BYTES) break;
    index += 1;
    if (isReplacement) {
      ready.push(bytes.subarray(runStart, index));
      index += width - 1;
      runStart = index;
    }
  }
  ready.push(bytes.subarray(runStart, index));
  return { ready: Buffer.concat(ready), held: Buffer.from(bytes.subarray(index)) };
}

/** The length of the character that starts at `index`, 0 when none does (RFC 3629 section 4: no overlong forms, no surrogates). */
function characterBytes(bytes: Buffer, index: number): number {
  const first = bytes[index] ?? 0;
  if (first < 0x80) return 1;
  const second = bytes[index + 1] ?? 0;
  if (first >= 0xc2 && first <= 0xdf) return isBetween(second, 0x80, 0xbf) ? 2 : 0;
  if (first >= 0xe0 && first <= 0xef) {
    const fits = isBetween(second, first === 0xe0 ? 0xa0 : 0x80, first === 0xed ? 0x9f : 0xbf);
    return fits && isBetween(bytes[index + 2] ?? 0, 0x80, 0xbf) ? 3 : 0;
  }
  if (first >= 0xf0 && first <= 0xf4) {
    const fits = isBetween(second, first === 0xf0 ? 0x90 : 0x80, first === 0xf4 ? 0x8f : 0xbf);
    return fits && isBetween(bytes[index + 2] ?? 0, 0x80, 0xbf) && isBetween(bytes[index + 3] ?? 0, 0x80, 0xbf) ? 4 : 0;
  }
  return 0;
}

function isBetween(value: number, low: number, high: number): boolean {
  return value >= low && value <= high;
}
