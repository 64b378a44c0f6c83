/**
 * The frames of smux version 1, as the agent reads and writes them. Session-manager-protocol.md, section 6.4. No I/O.
 *
 * Written apart from the client's, so that the two check each other.
 */
export const SmuxCommand = { syn: 0, fin: 1, psh: 2, nop: 3 } as const;
export const SMUX_MAX_FRAME_BYTES = 32_768;
const VERSION = 1;
const HEADER_BYTES = 8;

export interface SmuxFrame {
  readonly command: number;
  readonly streamId: number;
  /** Of `psh` only. A view of what was given: copy it to keep it. */
  readonly data: Buffer;
  /** False: more data of the same frame follows. */
  readonly complete: boolean;
}

export function smuxHeader(command: number, streamId: number, dataBytes = 0): Buffer {
  const header = Buffer.allocUnsafe(HEADER_BYTES);
  header[0] = VERSION;
  header[1] = command;
  header.writeUInt16LE(dataBytes, 2);
  header.writeUInt32LE(streamId, 4);
  return header;
}

/** The bytes that make `data` arrive on a stream, frame by frame. */
export function* smuxData(streamId: number, data: Buffer): Generator<Buffer> {
  for (let start = 0; start < data.length; start += SMUX_MAX_FRAME_BYTES) {
    const part = data.subarray(start, start + SMUX_MAX_FRAME_BYTES);
    yield smuxHeader(SmuxCommand.psh, streamId, part.length);
    yield part;
  }
}

const NOTHING = Buffer.alloc(0);

/** Finds frames in a byte stream that arrives in any pieces. */
export class SmuxReader {
  readonly #header = Buffer.alloc(HEADER_BYTES);
  #headerBytes = 0;
  #missingBytes = 0;

  /**
   * The frames and parts of frames in `bytes`.
   *
   * @throws Error for what is no smux version 1: the session cannot go on
   */
  *read(bytes: Buffer): Generator<SmuxFrame> {
    let index = 0;
    while (index < bytes.length) {
      if (this.#headerBytes < HEADER_BYTES) {
        const taken = bytes.copy(this.#header, this.#headerBytes, index, index + HEADER_BYTES - this.#headerBytes);
        this.#headerBytes += taken;
        index += taken;
        if (this.#headerBytes < HEADER_BYTES) return;
        if (this.#header[0] !== VERSION) throw new Error('invalid protocol');
        this.#missingBytes = this.#header.readUInt16LE(2);
        if (this.#missingBytes > 0) continue;
        yield this.#frame(NOTHING);
      } else {
        const data = bytes.subarray(index, index + this.#missingBytes);
        this.#missingBytes -= data.length;
        index += data.length;
        yield this.#frame(data);
      }
    }
  }

  #frame(data: Buffer): SmuxFrame {
    const complete = this.#missingBytes === 0;
    const command = this.#header[1] ?? 0;
    if (command > SmuxCommand.nop) throw new Error('invalid protocol');
    if (complete) this.#headerBytes = 0;
    return { command, streamId: this.#header.readUInt32LE(4), data, complete };
  }
}
