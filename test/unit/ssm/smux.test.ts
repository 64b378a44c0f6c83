import { expect, test } from 'vitest';
import { encodeSmuxData, encodeSmuxHeader, MAX_FRAME_BYTES, SmuxCommand, SmuxReader } from '../../../src/services/ssm/smux.ts';
import { vectors } from './vectors.ts';

const { smux, constants } = vectors;

interface Frames {
  readonly fins: number[];
  readonly data: Map<number, Buffer>;
}

function read(pieces: readonly Uint8Array[]): Frames {
  const frames: Frames = { fins: [], data: new Map() };
  const reader = new SmuxReader({
    onFin: (streamId) => frames.fins.push(streamId),
    onData: (streamId, bytes) => frames.data.set(streamId, Buffer.concat([frames.data.get(streamId) ?? Buffer.alloc(0), bytes])),
  });
  for (const piece of pieces) reader.read(piece);
  return frames;
}

test('frames are written as the vectors say', () => {
  const written = [
    encodeSmuxHeader(SmuxCommand.syn, 3),
    encodeSmuxHeader(SmuxCommand.syn, 5),
    Buffer.concat(encodeSmuxData(3, Buffer.from('hello'))),
    encodeSmuxHeader(SmuxCommand.fin, 3),
    encodeSmuxHeader(SmuxCommand.nop, 0),
    encodeSmuxHeader(SmuxCommand.psh, 3, MAX_FRAME_BYTES),
  ];
  expect(written.map((frame) => frame.toString('hex'))).toEqual(smux.frames.map(({ hex }) => hex.toString('hex')));
  expect(Object.values(SmuxCommand)).toEqual([smux.commands['SYN'], smux.commands['FIN'], smux.commands['PSH'], smux.commands['NOP']]);
  expect(MAX_FRAME_BYTES).toBe(constants.smux.maxFrameSize);
});

test('a long write is cut into full frames and a rest', () => {
  const parts = encodeSmuxData(3, Buffer.alloc(40_000, 'x'));
  expect(parts.map((part) => part.length)).toEqual([8, smux.write40000.frameLengths[0], 8, smux.write40000.frameLengths[1]]);
  expect([parts[0], parts[2]].map((part) => Buffer.from(part ?? []).toString('hex'))).toEqual(smux.write40000.headerHex);
});

test('frames are read whatever pieces they come in', () => {
  const stream = Buffer.concat([encodeSmuxHeader(SmuxCommand.nop, 0), ...encodeSmuxData(3, Buffer.from('hello')), encodeSmuxHeader(SmuxCommand.psh, 3, 0), ...encodeSmuxData(5, Buffer.alloc(40_000, 'y')), encodeSmuxHeader(SmuxCommand.syn, 2), encodeSmuxHeader(SmuxCommand.fin, 3)]);
  for (const pieceBytes of [1, 2, 7, 8, 9, 1024, stream.length]) {
    const pieces = Array.from({ length: Math.ceil(stream.length / pieceBytes) }, (_, index) => stream.subarray(index * pieceBytes, (index + 1) * pieceBytes));
    const { fins, data } = read(pieces);
    expect(fins).toEqual([3]);
    expect(data.get(3)?.toString()).toBe('hello');
    expect(data.get(5)?.equals(Buffer.alloc(40_000, 'y'))).toBe(true);
  }
});

test('another version and an unknown command end it: there is no finding back', () => {
  for (const header of ['0202000003000000', '0003000000000000', '0104000003000000', 'ff00000003000000']) {
    expect(() => read([Buffer.from(header, 'hex')])).toThrow(expect.objectContaining({ code: 'ssm.protocol' }));
  }
});
