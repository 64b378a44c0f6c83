import { expect, test } from 'vitest';
import type { HistoryEntry } from '../../../../src/contract/history.ts';
import { everyEntry, toCsvLine } from '../../../../src/renderer/panels/history/exportHistory.ts';
import { clockText } from '../../../../src/renderer/recording/clockText.ts';
import { hitsOf, printedLines } from '../../../../src/renderer/recording/searchCast.ts';
import { toRecordingRule } from '../../../../src/renderer/recording/toRecordingRule.ts';

test('what was printed is found whatever its case and colours, at the event that completed it', () => {
  const lines = printedLines({ events: [{ at: 0, code: 'o', data: '$ ' }, { at: 1, code: 'i', data: 'error' }, { at: 2, code: 'o', data: 'make\r\n\u001b[31mERR' }, { at: 3, code: 'o', data: 'OR\u001b[0m: x\r\n' }, { at: 4, code: 'o', data: 'error again' }] });
  expect(hitsOf(lines, 'error')).toEqual([3, 4]);
  expect(hitsOf(lines, 'make')).toEqual([2]);
  expect(hitsOf(lines, ' ')).toEqual([]);
  expect(hitsOf(lines, 'nothing')).toEqual([]);
});

test('hosts to record are typed as a person would', () => {
  expect(toRecordingRule('1111-2222-3333')).toEqual({ accountId: '111122223333' });
  expect(toRecordingRule(' env = prod ')).toEqual({ tag: { key: 'env', value: 'prod' } });
  expect(toRecordingRule('i-0123456789abcdef0')).toEqual({ instanceId: 'i-0123456789abcdef0' });
  expect(toRecordingRule('web-*')).toEqual({ name: 'web-*' });
  expect(toRecordingRule('  ')).toBe(undefined);
});

test('a place in a recording is told in hours, minutes and seconds', () => {
  expect([0, 7.9, 750, 3723].map(clockText)).toEqual(['0:00', '0:07', '12:30', '1:02:03']);
});

const entry: HistoryEntry = { entryId: 'e1', kind: 'session', hostName: '=HYPERLINK("http://evil.example","x")', startedAt: '2026-11-22T00:00:00.000Z', outcome: 'ok', reason: 'said "no",\nand left', awsSessionIds: ['a', 'b'] };

test('a table program is given no formula, and commas, quotes and lines stay in their cell', () => {
  expect(toCsvLine(entry)).toBe('2026-11-22T00:00:00.000Z,,session,ok,"said ""no"",\nand left","\'=HYPERLINK(""http://evil.example"",""x"")",,,,,,,,,,a b,,,,e1\r\n');
  expect(['+1', '-1', '@x', '\tx'].map((hostName) => toCsvLine({ ...entry, hostName }).includes(`,'${hostName}`))).toEqual([true, true, true, true]);
});

test('an export is all that a search finds, page by page', async () => {
  const all = Array.from({ length: 2500 }, (_, index) => ({ ...entry, entryId: String(index), startedAt: new Date(1e12 - index * 1000).toISOString() }));
  const { parts, count } = await everyEntry(async ({ limit, before }) => all.filter(({ startedAt }) => before === undefined || startedAt < before).slice(0, limit), 'jsonl');
  expect(count).toBe(2500);
  expect(parts.map((line) => (JSON.parse(line) as HistoryEntry).entryId)).toEqual(all.map(({ entryId }) => entryId));
});
