import type { Terminal } from '@xterm/xterm';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { holdFrames } from '../../../src/renderer/terminal/frames.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** What holdFrames touches of a terminal: its row count and the render service behind it. */
function terminalWithRenderService() {
  const drawn: string[] = [];
  const service = {
    refreshRows: (start: number, end: number) => void drawn.push(`${start}-${end}`),
    handleSelectionChanged: (start: [number, number] | undefined, end: [number, number] | undefined) => void drawn.push(start === undefined || end === undefined ? 'nothing selected' : `selected ${start.join(',')}-${end.join(',')}`),
  };
  const terminal = { rows: 24, _core: { _renderService: service } } as unknown as Terminal;
  return { terminal, service, drawn };
}

test('a little output is drawn at once', () => {
  const { terminal, service, drawn } = terminalWithRenderService();
  const frames = holdFrames(terminal);
  frames.received(100);
  service.refreshRows(3, 3);
  frames.received(100);
  service.refreshRows(4, 4);
  expect(drawn).toEqual(['3-3', '4-4']);
});

test('under a flood ten frames a second are drawn, each of the whole screen, and the last one is not lost', () => {
  const { terminal, service, drawn } = terminalWithRenderService();
  const frames = holdFrames(terminal);
  service.refreshRows(0, 0);
  for (let step = 0; step < 100; step += 1) {
    frames.received(128 * 1024);
    service.refreshRows(0, 23);
    vi.advanceTimersByTime(10);
  }
  vi.advanceTimersByTime(100);
  expect(drawn.length).toBeGreaterThanOrEqual(10);
  expect(drawn.length).toBeLessThanOrEqual(12);
  expect(drawn.at(-1)).toBe('0-23');
});

test('a hidden terminal draws nothing, and everything once when it is shown again', () => {
  const { terminal, service, drawn } = terminalWithRenderService();
  const frames = holdFrames(terminal);
  frames.setVisible(false);
  service.refreshRows(1, 2);
  service.refreshRows(5, 6);
  expect(drawn).toEqual([]);
  frames.setVisible(true);
  expect(drawn).toEqual(['0-23']);
});

test('a terminal without such a render service is drawn as ever', () => {
  const frames = holdFrames({ rows: 24 } as unknown as Terminal);
  expect(() => {
    frames.received(1);
    frames.setVisible(false);
    frames.dispose();
  }).not.toThrow();
});

test('a screen that scrolls with nothing selected is not drawn again for its selection', () => {
  const { terminal, service, drawn } = terminalWithRenderService();
  holdFrames(terminal);
  service.handleSelectionChanged(undefined, undefined);
  expect(drawn).toEqual([]);
});

test('what is selected is drawn at once, and so is that nothing is selected any more', () => {
  const { terminal, service, drawn } = terminalWithRenderService();
  holdFrames(terminal);
  service.handleSelectionChanged([0, 1], [5, 1]);
  service.handleSelectionChanged(undefined, undefined);
  service.handleSelectionChanged(undefined, undefined);
  expect(drawn).toEqual(['selected 0,1-5,1', 'nothing selected']);
});

test('under a flood and in a hidden tab the selection waits for the frame, and the last one counts', () => {
  const { terminal, service, drawn } = terminalWithRenderService();
  const frames = holdFrames(terminal);
  service.refreshRows(0, 0);
  frames.received(128 * 1024);
  service.handleSelectionChanged([0, 9], [5, 9]);
  service.handleSelectionChanged([0, 8], [5, 8]);
  expect(drawn).toEqual(['0-0']);
  vi.advanceTimersByTime(100);
  expect(drawn).toEqual(['0-0', 'selected 0,8-5,8', '0-23']);
  frames.setVisible(false);
  service.handleSelectionChanged([0, 7], [5, 7]);
  frames.setVisible(true);
  expect(drawn.slice(3)).toEqual(['selected 0,7-5,7', '0-23']);
});

test('the last frame of a flood that has ended is drawn when nothing has come for 16 ms, not with the next of ten a second', () => {
  const { terminal, service, drawn } = terminalWithRenderService();
  const frames = holdFrames(terminal);
  service.refreshRows(0, 0);
  frames.received(128 * 1024);
  service.refreshRows(0, 23);
  vi.advanceTimersByTime(30);
  frames.received(100);
  service.refreshRows(5, 5);
  vi.advanceTimersByTime(15);
  const before = drawn.length;
  vi.advanceTimersByTime(1);
  expect([before, drawn]).toEqual([1, ['0-0', '0-23']]);
});

test('a frame of a flood is not followed by one more for what comes right behind it, but what is said after it is drawn at once', () => {
  const { terminal, service, drawn } = terminalWithRenderService();
  const frames = holdFrames(terminal);
  service.refreshRows(0, 0);
  for (let step = 0; step < 10; step += 1) {
    frames.received(32 * 1024);
    service.refreshRows(0, 23);
    vi.advanceTimersByTime(10);
  }
  const during = drawn.length;
  frames.received(32 * 1024);
  service.refreshRows(0, 23);
  expect(drawn).toHaveLength(during);
  vi.advanceTimersByTime(100);
  expect(drawn).toHaveLength(during + 1);
  frames.received(20);
  service.refreshRows(23, 23);
  expect(drawn.at(-1)).toBe('23-23');
});

test('a flood that stutters is drawn thirty times a second at most', () => {
  const { terminal, service, drawn } = terminalWithRenderService();
  const frames = holdFrames(terminal);
  for (let stretch = 0; stretch < 50; stretch += 1) {
    frames.received(128 * 1024);
    service.refreshRows(0, 23);
    vi.advanceTimersByTime(20);
  }
  expect(drawn.length).toBeGreaterThanOrEqual(20);
  expect(drawn.length).toBeLessThanOrEqual(31);
});

test('where a frame takes 20 ms a flood is drawn five times a second, where it takes 100 ms not even four times', () => {
  const framesIn2s = (frameMs: number): number => {
    const { terminal, service, drawn } = terminalWithRenderService();
    const frames = holdFrames(terminal, (told) => told(frameMs));
    for (let step = 0; step < 200; step += 1) {
      frames.received(128 * 1024);
      service.refreshRows(0, 23);
      vi.advanceTimersByTime(10);
    }
    return drawn.length;
  };
  expect([20, 100].map(framesIn2s)).toEqual([10, 7]);
});
