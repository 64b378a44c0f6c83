import { expect, test } from 'vitest';
import { MAX_COPIED_BYTES, toClipboardRequest } from '../../../src/renderer/terminal/clipboardRequest.ts';

const base64 = (text: string): string => Buffer.from(text).toString('base64');

test('a program may ask to put text on the clipboard, in any script', () => {
  for (const selection of ['c', 'p', '', 's0', 'cp']) expect(toClipboardRequest(`${selection};${base64('漢字 👍\nls')}`)).toEqual({ kind: 'write', text: '漢字 👍\nls' });
});

test('to read it is known as such, whatever selection is named', () => {
  for (const selection of ['c', 'p', '', 'cps01234567']) expect(toClipboardRequest(`${selection};?`)).toEqual({ kind: 'read' });
});

test('more than 100 kB is too large, and not decoded', () => {
  expect(toClipboardRequest(`c;${base64('x'.repeat(MAX_COPIED_BYTES))}`).kind).toBe('write');
  expect(toClipboardRequest(`c;${'x'.repeat(9_000_000)}`)).toEqual({ kind: 'too-large', bytes: 6_750_000 });
});

test('what is empty or no base64 copies nothing, and so the clipboard cannot be emptied', () => {
  for (const data of ['c;', 'c;!', 'c', '', ';', 'c;%%%%', 'c;?x', 'c;a;b']) expect(toClipboardRequest(data), data).toEqual({ kind: 'nothing' });
});
