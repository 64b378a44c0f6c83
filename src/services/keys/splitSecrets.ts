/**
 * Keeps a secret of any size in a keychain whose items are small: Windows' Credential Manager ends at 2,560 bytes.
 *
 * The first item says how many parts there are and holds the first of them; the others lie beside it. A new value's parts are
 * written under the other of two letters first and the first item last, so until that one write has happened the old value
 * is whole, and after it the new one is.
 */
import { PosternError } from '../../contract/error.ts';
import { say } from '../../contract/say.ts';

/** The few things a keychain does, by account name. Nothing is known here of parts. */
export interface KeychainItems {
  read(account: string, signal: AbortSignal): Promise<Uint8Array | undefined>;
  write(account: string, bytes: Uint8Array, signal: AbortSignal): Promise<void>;
  /** Removing what is not there is no error. */
  remove(account: string, signal: AbortSignal): Promise<void>;
}

/** `postern1 <letter> <number of parts> <length of the whole in bytes>` and a line end, before the first part. */
const HEADER = /^postern1 ([ab]) (\d{1,5}) (\d{1,9})\n/;
const HEADER_ROOM_BYTES = 32;

interface FirstItem {
  readonly letter: 'a' | 'b';
  readonly partCount: number;
  readonly lengthBytes: number;
  readonly firstPart: Uint8Array;
}

/**
 * @param itemLimitBytes the longest item the keychain takes; Infinity where there is no limit
 */
export function splitSecrets(items: KeychainItems, itemLimitBytes: number): KeychainItems {
  const partLimitBytes = itemLimitBytes - HEADER_ROOM_BYTES;

  async function readFirst(name: string, signal: AbortSignal): Promise<FirstItem | undefined> {
    const bytes = await items.read(name, signal);
    if (bytes === undefined) return undefined;
    const header = HEADER.exec(Buffer.from(bytes.subarray(0, HEADER_ROOM_BYTES)).toString('latin1'));
    if (header === null) throw damaged(name);
    return { letter: header[1] === 'b' ? 'b' : 'a', partCount: Number(header[2]), lengthBytes: Number(header[3]), firstPart: bytes.subarray(header[0].length) };
  }

  async function readWhole(name: string, signal: AbortSignal): Promise<Uint8Array | 'incomplete' | undefined> {
    const first = await readFirst(name, signal);
    if (first === undefined) return undefined;
    const parts = [first.firstPart];
    for (let index = 1; index < first.partCount; index += 1) {
      const part = await items.read(partName(name, first.letter, index), signal);
      if (part === undefined) return 'incomplete';
      parts.push(part);
    }
    const whole = Uint8Array.from(Buffer.concat(parts));
    for (const part of parts) part.fill(0);
    return whole.length === first.lengthBytes ? whole : 'incomplete';
  }

  /** Removed from the last to the first: parts stay without gaps, so that an interrupted removal can be taken up again. */
  async function removeParts(name: string, letter: 'a' | 'b', fromIndex: number, signal: AbortSignal): Promise<void> {
    let end = fromIndex;
    while ((await items.read(partName(name, letter, end), signal)) !== undefined) end += 1;
    for (let index = end - 1; index >= fromIndex; index -= 1) await items.remove(partName(name, letter, index), signal);
  }

  return {
    async read(name, signal) {
      const whole = await readWhole(name, signal);
      if (whole !== 'incomplete') return whole;
      // Another process may have replaced the value between two reads; then the second look is whole.
      const again = await readWhole(name, signal);
      if (again === 'incomplete') throw damaged(name);
      return again;
    },
    async write(name, bytes, signal) {
      const partCount = Math.max(1, Math.ceil(bytes.length / partLimitBytes));
      const part = (index: number): Uint8Array => (partCount === 1 ? bytes : bytes.subarray(index * partLimitBytes, (index + 1) * partLimitBytes));
      const old = await readFirst(name, signal).catch(ignoreDamage);
      const letter = old?.letter === 'a' ? 'b' : 'a';
      for (let index = 1; index < partCount; index += 1) await items.write(partName(name, letter, index), part(index), signal);
      const first = Buffer.concat([Buffer.from(`postern1 ${letter} ${partCount} ${bytes.length}\n`, 'latin1'), part(0)]);
      await items.write(name, first, signal);
      first.fill(0);
      // What an interrupted write under this letter left behind, and the old value's parts.
      if (itemLimitBytes !== Infinity) {
        await removeParts(name, letter, partCount, signal);
        await removeParts(name, letter === 'a' ? 'b' : 'a', 1, signal);
      }
    },
    async remove(name, signal) {
      // The first item last: until it is gone, removing again finds the rest.
      if (itemLimitBytes !== Infinity) {
        await removeParts(name, 'a', 1, signal);
        await removeParts(name, 'b', 1, signal);
      }
      await items.remove(name, signal);
    },
  };
}

function partName(name: string, letter: 'a' | 'b', index: number): string {
  return `${name} part ${letter}${index}`;
}

function damaged(name: string): PosternError {
  return new PosternError({ code: 'keychain.item-missing', message: say`A part of "${name}" is missing from the keychain.`, remedy: say`Remove the key in Postern and import it again.` });
}

/** A damaged old value is what a new one is written for. */
function ignoreDamage(cause: unknown): undefined {
  if (cause instanceof PosternError && cause.code === 'keychain.item-missing') return undefined;
  throw cause;
}
