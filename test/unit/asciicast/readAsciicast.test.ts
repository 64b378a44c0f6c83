import { expect, test } from 'vitest';
import { BadCast, CastReader, type Cast } from '../../../src/asciicast/readAsciicast.ts';
import { castEventLine, castHeaderLine } from '../../../src/asciicast/writeAsciicast.ts';

function read(text: string, pieceCharacters = text.length): Cast {
  const reader = new CastReader();
  for (let at = 0; at < text.length; at += pieceCharacters) reader.read(text.slice(at, at + pieceCharacters));
  return reader.end();
}

function faultOf(text: string): string | undefined {
  try {
    read(text);
    return undefined;
  } catch (thrown) {
    return thrown instanceof BadCast ? thrown.fault : String(thrown);
  }
}

test('what is written is read again, in whatever pieces it comes', () => {
  const text = castHeaderLine({ columns: 120, rows: 40, startedAtMs: 1_700_000_000_500, title: 'ec2-user@web-1', terminal: 'xterm-256color' }) + castEventLine(12, 'o', 'héllo \u001b[1m"\\\n') + castEventLine(1500, 'r', '80x24') + castEventLine(1500, 'm', 'here') + castEventLine(2000, 'i', '\u0003');
  const cast = read(text);
  expect(cast).toEqual({
    version: 2,
    columns: 120,
    rows: 40,
    title: 'ec2-user@web-1',
    startedAtMs: 1_700_000_000_000,
    idleLimit: undefined,
    events: [
      { at: 0.012, code: 'o', data: 'héllo \u001b[1m"\\\n' },
      { at: 1.5, code: 'r', data: '80x24' },
      { at: 1.5, code: 'm', data: 'here' },
      { at: 2, code: 'i', data: '\u0003' },
    ],
    duration: 2,
    badLines: 0,
    cutShort: false,
  });
  expect(read(text, 1)).toEqual(cast);
});

test('version 1, on one line or on many, and version 3 with its intervals and comments', () => {
  const one = { version: 1, width: 80, height: 24, duration: 1.5, title: '', env: {}, stdout: [[0.25, 'a'], [1, 'b']] };
  const events = [{ at: 0.25, code: 'o', data: 'a' }, { at: 1.25, code: 'o', data: 'b' }];
  expect(read(JSON.stringify(one)).events).toEqual(events);
  expect(read(`${JSON.stringify(one, undefined, 2)}\n`, 7)).toMatchObject({ version: 1, events, duration: 1.25, title: undefined });
  expect(read('{"version":3,"term":{"cols":90,"rows":30},"idle_time_limit":2}\n# a comment\n[0.5,"o","a"]\n[1,"r","100x20"]\n[0.25,"x","0"]\n[0.25,"?","new"]\n')).toMatchObject({ version: 3, columns: 90, rows: 30, idleLimit: 2, badLines: 0, duration: 2, events: [{ at: 0.5, code: 'o' }, { at: 1.5, code: 'r', data: '100x20' }] });
});

test('what is no event is left out and counted; times never go back and never leave their bounds', () => {
  const cast = read('{"version":2,"width":1e9,"height":-4,"timestamp":"now"}\n[-5,"o","a"]\n[3,"o","b"]\n[1,"o","c"]\n[1e300,"o","d"]\n[9]\n{"x":1}\nno json\n["1","o","x"]\n[1,"o",7]\n[1,"r","0x99999"]\n[1,"r","wide"]\n[null,"o","x"]\n');
  expect(cast.events).toEqual([
    { at: 0, code: 'o', data: 'a' },
    { at: 3, code: 'o', data: 'b' },
    { at: 3, code: 'o', data: 'c' },
    { at: 366 * 24 * 3600, code: 'o', data: 'd' },
    { at: 366 * 24 * 3600, code: 'r', data: '1x300' },
  ]);
  expect([cast.columns, cast.rows, cast.startedAtMs, cast.badLines]).toEqual([500, 1, undefined, 7]);
});

test('a giant line is left out, and what follows is read', () => {
  const reader = new CastReader();
  reader.read('{"version":2,"width":80,"height":24}\n[1,"o","');
  for (let count = 0; count < 20; count += 1) reader.read('x'.repeat(1024 * 1024));
  reader.read('"]\n[2,"o","after"]\n');
  expect(reader.end()).toMatchObject({ events: [{ at: 2, code: 'o', data: 'after' }], badLines: 1 });
});

test('a file whose writer was stopped in the middle of a line is read up to it', () => {
  expect(read('{"version":2,"width":80,"height":24}\n[1,"o","whole"]\n[2,"o","ha')).toMatchObject({ events: [{ at: 1, data: 'whole' }], cutShort: true, badLines: 0 });
  expect(read('{"version":2,"width":80,"height":24}')).toMatchObject({ events: [], cutShort: false });
});

test('a file that is no asciicast is named for what it is', () => {
  expect(faultOf('')).toBe('empty');
  expect(faultOf('\n')).toBe('empty');
  expect(faultOf('hello\nworld\n')).toBe('no-asciicast');
  expect(faultOf('{"version":4,"width":80,"height":24}\n')).toBe('unknown-version');
  expect(faultOf('{"name":"package.json"}\n')).toBe('no-asciicast');
  expect(faultOf('{"version":1,"stdout":"none"}')).toBe('no-asciicast');
  expect(faultOf('[[[[[[')).toBe('no-asciicast');
  expect(faultOf('{"version":2}\n[1e999,"o","x"]\n')).toBe(undefined);
});
