/**
 * smux version 1, the protocol that carries the connections of one forward: its frames, written and read. Pure.
 *
 * Reference: session-manager-protocol.md section 6.4. Length and stream id are little-endian. Frames and messages of the data channel have
 * nothing to do with each other.
 */
import { PosternError } from '../../contract/error.ts';
import { say } from '../../contract/say.ts';

export const SmuxCommand = { syn: 0, fin: 1, psh: 2, nop: 3 } as const;
export type SmuxCommand = (typeof SmuxCommand)[keyof typeof SmuxCommand];

/** The most data of one frame. */
export const MAX_FRAME_BYTES = 32_768;
const HEADER_BYTES = 8;
const VERSION = 1;

/** The header of a frame; the data of a PSH follows it. */
export function encodeSmuxHeader(command: SmuxCommand, streamId: number, lengthBytes = 0): Buffer {
  const header = Buffer.allocUnsafe(HEADER_BYTES);
  header[0] = VERSION;
  header[1] = command;
  header.writeUInt16LE(lengthBytes, 2);
  header.writeUInt32LE(streamId, 4);
  return header;
}

/** Data as frames: headers and views of the data, in order. */
export function encodeSmuxData(streamId: number, data: Uint8Array): Uint8Array[] {
  const parts: Uint8Array[] = [];
  for (let offset = 0; offset < data.length; offset += MAX_FRAME_BYTES) {
    const piece = data.subarray(offset, offset + MAX_FRAME_BYTES);
    parts.push(encodeSmuxHeader(SmuxCommand.psh, streamId, piece.length), piece);
  }
  return parts;
}

export interface SmuxHandlers {
  onFin(streamId: number): void;
  /** Data, as it comes: maybe a part of a frame. A view, good during the call. */
  onData(streamId: number, bytes: Uint8Array): void;
}

/** Reads frames out of a byte stream that is cut anywhere. Keeps at most part of a header. */
export class SmuxReader {
  readonly #handlers: SmuxHandlers;
  readonly #header = Buffer.alloc(HEADER_BYTES);
  #headerBytes = 0;
  #streamId = 0;
  #missingBytes = 0;

  constructor(handlers: SmuxHandlers) {
    this.#handlers = handlers;
  }

  /** @throws PosternError `ssm.protocol` for what is not smux version 1: there is no finding back into the stream */
  read(bytes: Uint8Array): void {
    let offset = 0;
    while (offset < bytes.length) {
      if (this.#missingBytes > 0) {
        const data = bytes.subarray(offset, offset + this.#missingBytes);
        offset += data.length;
        this.#missingBytes -= data.length;
        this.#handlers.onData(this.#streamId, data);
        continue;
      }
      const taken = bytes.subarray(offset, offset + HEADER_BYTES - this.#headerBytes);
      this.#header.set(taken, this.#headerBytes);
      this.#headerBytes += taken.length;
      offset += taken.length;
      if (this.#headerBytes < HEADER_BYTES) return;
      this.#headerBytes = 0;
      this.#readHeader();
    }
  }

  #readHeader(): void {
    const [version, command] = this.#header;
    if (version !== VERSION) throw notSmux(say`version ${String(version)}`);
    this.#streamId = this.#header.readUInt32LE(4);
    switch (command) {
      case SmuxCommand.psh:
        this.#missingBytes = this.#header.readUInt16LE(2);
        break;
      case SmuxCommand.fin:
        this.#handlers.onFin(this.#streamId);
        break;
      case SmuxCommand.syn:
      case SmuxCommand.nop:
        // The agent opens no streams, and a NOP only says that it is there.
        break;
      default:
        throw notSmux(say`command ${String(command)}`);
    }
  }
}

function notSmux(what: string): PosternError {
  return new PosternError({ code: 'ssm.protocol', message: say`The SSM agent sent ${what} where a frame of its connections was due.`, remedy: say`Restart the forward. If it comes again, update the SSM agent.`, retryable: true });
}
