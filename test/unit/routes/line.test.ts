import { expect, test } from 'vitest';
import { layLine, Line, lineOf, watchLine, type LineFollower } from '../../../src/services/routes/line.ts';

function follower(): LineFollower & { readonly told: unknown[] } {
  const told: unknown[] = [];
  return { told, onResuming: (reason) => told.push(reason), onResumed: () => told.push('resumed'), onLimits: (limits) => told.push(limits), onMessage: (text) => told.push(`said: ${text}`) };
}

test('all who share a line are told that it drops and comes back', () => {
  const line = new Line();
  const [first, second] = [follower(), follower()];
  line.follow(first);
  line.follow(second);
  line.onResuming('the network is away');
  line.onResumed();
  expect(first.told).toEqual(['the network is away', 'resumed']);
  expect(second.told).toEqual(first.told);
});

test('whoever comes later is told what is so now, and whoever has left nothing', () => {
  const line = new Line();
  const [early, late] = [follower(), follower()];
  const leave = line.follow(early);
  line.onLimits({ endsAt: '2026-11-22T10:00:00.000Z' });
  line.onMessage('be kind');
  line.onResuming('gone');
  leave();
  line.follow(late);
  line.onResumed();
  expect(early.told).toEqual([{ endsAt: '2026-11-22T10:00:00.000Z' }, 'said: be kind', 'gone']);
  expect(late.told).toEqual([{ endsAt: '2026-11-22T10:00:00.000Z' }, 'said: be kind', 'gone', 'resumed']);
});

test('a line is found by what runs over it', () => {
  const line = new Line();
  const [transport, connection, plain] = [{}, {}, {}];
  layLine(transport, line);
  layLine(connection, lineOf(transport));
  layLine(plain, undefined);
  expect(lineOf(connection)).toBe(line);
  expect(lineOf(plain)).toBe(undefined);
});

test('a line says whether it lives: as what makes it finds, never while it is down, and always where nobody can ask', async () => {
  const [asked, plain] = [new Line(), new Line()];
  const limits: number[] = [];
  asked.checkBy(async (withinMs) => limits.push(withinMs) === 1);
  expect([await asked.lives(5_000), await asked.lives(4_000), await plain.lives(5_000)]).toEqual([true, false, true]);
  asked.onResuming('gone');
  expect(await asked.lives(3_000)).toBe(false);
  expect(limits).toEqual([5_000, 4_000]);
  const carrier = layLine({}, asked);
  expect(watchLine(carrier)?.isAway()).toBe(true);
  expect(watchLine({})).toBe(undefined);
});
