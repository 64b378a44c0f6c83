import { expect, test } from 'vitest';
import { toLinkTarget } from '../../../src/renderer/terminal/linkTarget.ts';

test('http and https links may open, with the true host shown', () => {
  expect(toLinkTarget('https://example.com/a?b#c')).toEqual({ url: 'https://example.com/a?b#c', host: 'example.com' });
  expect(toLinkTarget('http://user@203.0.113.9:8080/')).toEqual({ url: 'http://user@203.0.113.9:8080/', host: '203.0.113.9:8080' });
});

test('look-alike letters in a host show as punycode', () => {
  expect(toLinkTarget('https://аws.example/')?.host).toBe('xn--ws-6kc.example');
});

test('no other protocol opens', () => {
  for (const address of ['ms-msdt:/id', 'file:///etc/passwd', 'vscode://x', 'smb://x/y', 'javascript:alert(1)', 'data:text/html,x', 'postern://open', ' jAvascript:x', 'blob:https://a/b', 'example.com', '']) {
    expect(toLinkTarget(address), address).toBeUndefined();
  }
});
