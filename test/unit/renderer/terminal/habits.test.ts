import { expect, test } from 'vitest';
import { problemOf } from '../../../../src/renderer/terminal/findQuery.ts';
import { mouseHabits } from '../../../../src/renderer/terminal/mouseHabits.ts';

const usual = { copyOnSelect: 'platform', rightClickPaste: 'platform', middleClickPaste: 'platform' } as const;

test('the mouse does what people of the platform expect', () => {
  expect(mouseHabits(usual, 'win32')).toEqual({ copyOnSelect: true, rightClickPaste: true, middleClickPaste: 'off' });
  expect(mouseHabits(usual, 'linux')).toEqual({ copyOnSelect: false, rightClickPaste: false, middleClickPaste: 'native' });
  expect(mouseHabits(usual, 'darwin')).toEqual({ copyOnSelect: false, rightClickPaste: false, middleClickPaste: 'off' });
});

test('a person’s choice comes before the platform’s habit', () => {
  expect(mouseHabits({ copyOnSelect: 'off', rightClickPaste: 'off', middleClickPaste: 'on' }, 'win32')).toEqual({ copyOnSelect: false, rightClickPaste: false, middleClickPaste: 'clipboard' });
  expect(mouseHabits({ copyOnSelect: 'on', rightClickPaste: 'on', middleClickPaste: 'off' }, 'linux')).toEqual({ copyOnSelect: true, rightClickPaste: true, middleClickPaste: 'off' });
});

test('a regular expression that is none is named by its reason, and plain text is never one', () => {
  const query = { caseSensitive: false, wholeWord: false };
  expect(problemOf({ ...query, text: '(a', regex: true })).toBe('Unterminated group');
  expect(problemOf({ ...query, text: '(a', regex: false })).toBeUndefined();
  expect(problemOf({ ...query, text: 'a+', regex: true })).toBeUndefined();
});
