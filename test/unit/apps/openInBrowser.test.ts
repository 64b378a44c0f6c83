import { expect, test } from 'vitest';
import { openInBrowser } from '../../../src/apps/electron/openInBrowser.ts';

async function opened(url: string): Promise<{ readonly opened: readonly string[]; readonly answer: boolean }> {
  const urls: string[] = [];
  const answer = await openInBrowser(url, async (address) => void urls.push(address));
  return { opened: urls, answer };
}

test('row 18: http and https addresses go to the browser, as a URL parser writes them', async () => {
  expect(await opened('https://example.com/a?b#c')).toEqual({ opened: ['https://example.com/a?b#c'], answer: true });
  expect(await opened('HTTP://EXAMPLE.com')).toEqual({ opened: ['http://example.com/'], answer: true });
  expect(await opened('https://example.com/$(id)"`; & calc|\r\n\u202e<>')).toEqual({ opened: ['https://example.com/$(id)%22%60;%20&%20calc|%E2%80%AE%3C%3E'], answer: true });
});

test('row 18: nothing else does', async () => {
  for (const url of [
    'ms-msdt:/id PCWDiagnostic', 'file:///etc/passwd', 'file://host/share/x.exe', 'vscode://file/x', 'smb://host/share', 'javascript:alert(1)', 'data:text/html,x', 'postern://open', 'app://postern/index.html', 'blob:https://a/b',
    'mailto:a@b', 'ssh://host', 'search-ms:query=x', 'C:\\Windows\\System32\\calc.exe', '\\\\host\\share', '/etc/passwd', '--new-window', '', ' ', 'https:', 'http://', 'not a URL', ' javascript:alert(1)', 'java\nscript:alert(1)',
  ]) expect(await opened(url), url).toEqual({ opened: [], answer: false });
  expect(await opened(`https://example.com/${'x'.repeat(2048)}`)).toEqual({ opened: [], answer: false });
});

test('a system without a browser makes no error of it', async () => {
  expect(await openInBrowser('https://example.com/', () => Promise.reject(new Error('no application')))).toBe(false);
});
