import { expect, test } from 'vitest';
import { toLink } from '../../../src/renderer/terminal/linkTarget.ts';

test('http and https links may open, with the true host shown', () => {
  expect(toLink('https://example.com/a?b#c')).toEqual({ url: 'https://example.com/a?b#c', host: 'example.com', beyondAscii: false, hasUser: false });
  expect(toLink('HTTP://203.0.113.9:8080')).toEqual({ url: 'http://203.0.113.9:8080/', host: '203.0.113.9:8080', beyondAscii: false, hasUser: false });
});

test('look-alike letters in a host show as punycode, and are told of', () => {
  expect(toLink('https://аws.example/')).toEqual({ url: 'https://xn--ws-6kc.example/', host: 'xn--ws-6kc.example', beyondAscii: true, hasUser: false });
  expect(toLink('https://www.аррӏе.example/')).toMatchObject({ beyondAscii: true });
});

test('a user name that reads like a host is told of', () => {
  expect(toLink('https://console.aws.example@203.0.113.9/')).toMatchObject({ host: '203.0.113.9', hasUser: true });
});

test('what reorders or hides text is escaped in the address that is shown and opened', () => {
  expect(toLink('https://example.com/\u202egpj.exe\u200b')).toMatchObject({ url: 'https://example.com/%E2%80%AEgpj.exe%E2%80%8B' });
});

test('no other protocol opens, and the reason is known', () => {
  for (const protocol of ['ms-msdt:', 'file:', 'vscode:', 'smb:', 'javascript:', 'data:', 'postern:', 'blob:', 'ftp:', 'ssh:', 'about:', 'chrome:']) {
    expect(toLink(`${protocol}//x/y`), protocol).toEqual({ refused: 'protocol', protocol, text: `${protocol}//x/y` });
  }
  expect(toLink(' jAvascript:x')).toMatchObject({ refused: 'protocol', protocol: 'javascript:' });
});

test('what is no whole address, or very long, does not open', () => {
  for (const text of ['', 'example.com', '//example.com', 'https://', 'https://a b/']) expect(toLink(text), text).toEqual({ refused: 'no-address', text });
  expect(toLink(`https://example.com/${'x'.repeat(2000)}`)).toMatchObject({ refused: 'too-long' });
  expect(toLink(`https://example.com/${'漢'.repeat(500)}`)).toMatchObject({ refused: 'too-long' });
});
