import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { haveTurns, takeTurn } from '../../../../src/renderer/terminal/buildTurns.ts';

let idle: (() => void)[] = [];
beforeEach(() => {
  idle = [];
  vi.stubGlobal('requestIdleCallback', (callback: () => void) => idle.push(callback));
});
afterEach(() => vi.unstubAllGlobals());

test('one piece of work has its turn each time the page is idle, in order, and none that was given back', () => {
  const done: string[] = [];
  takeTurn(() => done.push('first'));
  const giveBack = takeTurn(() => done.push('second'));
  takeTurn(() => done.push('third'));
  expect([done, idle.length]).toEqual([[], 1]);
  idle.shift()?.();
  expect([done, idle.length]).toEqual([['first'], 1]);
  giveBack();
  idle.shift()?.();
  expect([done, idle.length]).toEqual([['first', 'third'], 0]);
  takeTurn(() => done.push('fourth'));
  idle.shift()?.();
  expect([done, idle.length]).toEqual([['first', 'third', 'fourth'], 0]);
});

test('work that fails takes no turn from what waits behind it', () => {
  const done: string[] = [];
  takeTurn(() => {
    throw new Error('no canvas');
  });
  takeTurn(() => done.push('next'));
  expect(() => idle.shift()?.()).toThrow('no canvas');
  idle.shift()?.();
  expect(done).toEqual(['next']);
});

test('what somebody waits for is done at once, and has no turn again', () => {
  const done: string[] = [];
  for (const of of ['web', 'app', 'db']) takeTurn(() => done.push(of), of);
  haveTurns(['app', 'db', 'none']);
  expect(done).toEqual(['app', 'db']);
  while (idle.length > 0) idle.shift()?.();
  expect(done).toEqual(['app', 'db', 'web']);
});
