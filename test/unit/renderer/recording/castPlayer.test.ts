import { SerializeAddon } from '@xterm/addon-serialize';
import headless from '@xterm/headless';
import { expect, test } from 'vitest';
import type { Cast, CastEvent } from '../../../../src/asciicast/readAsciicast.ts';
import { CastPlayer, playingTimes, type PlayerState } from '../../../../src/renderer/recording/castPlayer.ts';

const events: CastEvent[] = [
  { at: 1, code: 'o', data: 'one\r\n' },
  { at: 2, code: 'o', data: 'two\r\n' },
  { at: 2, code: 'm', data: 'here' },
  { at: 62, code: 'r', data: '40x5' },
  { at: 62, code: 'i', data: 'typed' },
  { at: 63, code: 'o', data: 'three' },
];

function castOf(all: readonly CastEvent[]): Cast {
  return { version: 2, columns: 20, rows: 4, title: undefined, startedAtMs: undefined, idleLimit: undefined, events: all, duration: all.at(-1)?.at ?? 0, badLines: 0, cutShort: false };
}

/** A player over a real terminal without a window, whose frames come when the test says so. */
function play(cast: Cast, idleLimit?: number) {
  const terminal = new headless.Terminal({ cols: 20, rows: 4, allowProposedApi: true });
  const screen = new SerializeAddon();
  // The addon asks nothing of a terminal that one without a window does not have.
  terminal.loadAddon(screen as unknown as Parameters<typeof terminal.loadAddon>[0]);
  let frames: ((nowMs: number) => void)[] = [];
  let state: PlayerState | undefined;
  const player = new CastPlayer({
    terminal,
    screen,
    cast,
    idleLimit,
    onChange: (told) => (state = told),
    onResize: () => undefined,
    onFrame: (callback) => {
      frames.push(callback);
      return () => (frames = frames.filter((one) => one !== callback));
    },
  });
  const { active } = terminal.buffer;
  return {
    player,
    terminal,
    state: () => state,
    /** Frames at these times, each after the terminal has parsed what there was. */
    async frames(...times: readonly number[]) {
      for (const time of times) {
        for (const frame of frames.splice(0)) frame(time);
        await new Promise<void>((parsed) => terminal.write('', parsed));
        await Promise.resolve();
      }
    },
    shown: () => Array.from({ length: active.length }, (_, row) => terminal.buffer.active.getLine(row)?.translateToString(true) ?? '').join('\n').trim(),
  };
}

test('output is played at its times, faster by the speed, and the end pauses', async () => {
  const { player, frames, shown, state } = play(castOf(events), 1);
  player.play();
  await frames(0, 500);
  expect(shown()).toBe('');
  await frames(1000);
  expect(shown()).toBe('one');
  player.setSpeed(4);
  await frames(1250);
  expect(shown()).toBe('one\ntwo');
  await frames(1750);
  expect(shown()).toBe('one\ntwo\nthree');
  expect(state()).toEqual({ playing: false, seeking: false, time: 4, duration: 4 });
});

test('a pause lasts no longer than the idle limit, whenever that is set', () => {
  expect([...playingTimes(castOf(events), undefined)]).toEqual([1, 2, 2, 62, 62, 63]);
  expect([...playingTimes(castOf(events), 2)]).toEqual([1, 2, 2, 4, 4, 5]);
  const { player } = play(castOf(events));
  expect(player.duration).toBe(63);
  player.setIdleLimit(0.5);
  expect(player.duration).toBe(2);
  expect(player.marks()).toEqual([{ time: 1, label: 'here' }]);
});

test('any moment can be gone to, forward and back, with the size it had', async () => {
  const { player, terminal, shown, state } = play(castOf(events));
  await player.seek(63);
  expect([shown(), terminal.cols, terminal.rows]).toEqual(['one\ntwo\nthree', 40, 5]);
  await player.seek(1.5);
  expect([shown(), terminal.cols, terminal.rows, state()?.time]).toEqual(['one', 20, 4, 1.5]);
  await player.seek(-5);
  expect(shown()).toBe('');
  await player.step(1);
  expect(shown()).toBe('one');
  await player.step(1);
  await player.step(1);
  expect(shown()).toBe('one\ntwo\nthree');
  await player.step(1);
  expect(shown()).toBe('one\ntwo\nthree');
  await player.step(-1);
  expect(shown()).toBe('one\ntwo');
});

test('going back in a long recording begins at a kept screen, and shows the same', async () => {
  const lines = Array.from({ length: 3000 }, (_, index): CastEvent => ({ at: index, code: 'o', data: `\u001b[3${index % 8}mline ${index}\u001b[0m ${'.'.repeat(1000)}\r\n` }));
  const { player, terminal, shown } = play(castOf(lines));
  const written: number[] = [];
  const write = terminal.write.bind(terminal);
  terminal.write = (data, done) => {
    written.push(data.length);
    write(data, done);
  };
  await player.seek(2999);
  const whole = written.splice(0).reduce((sum, length) => sum + length, 0);
  await player.seek(2500);
  const again = written.splice(0).reduce((sum, length) => sum + length, 0);
  expect(again).toBeLessThan(whole / 2);
  const jumped = shown().split('\n').slice(-3);
  const straight = play(castOf(lines));
  await straight.player.seek(2500);
  expect(jumped).toEqual(straight.shown().split('\n').slice(-3));
});

test('a later wish wins over one that is still on its way', async () => {
  const { player, shown } = play(castOf(events));
  await Promise.all([player.seek(63), player.seek(1)]);
  expect(shown()).toBe('one');
});
