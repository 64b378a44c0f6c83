import { globSync, readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import { atTime, inState, say, sayAll, toDo } from '../../../src/contract/say.ts';
import { i18n } from '../../../src/renderer/i18n/i18n.ts';
import { ja } from '../../../src/renderer/i18n/ja.ts';
import { services } from '../../../src/renderer/i18n/ja/services.ts';
import { saidIn } from '../../../src/renderer/i18n/said.ts';
import { findSentences } from './saidTemplates.ts';

const blanks = (text: string): string[] => [...new Set(text.match(/\{\d+\}/g))].sort();

describe('the Japanese of what services say', () => {
  const { templates, plain } = findSentences();
  const used = new Set(templates.map(({ text }) => text));

  test('there are sentences to compare', () => {
    expect(used.size).toBeGreaterThan(700);
  });

  test('every template has its Japanese', () => {
    // Nothing but blanks and signs is the same in every language.
    expect(templates.filter(({ text }) => /\p{L}/u.test(text.replaceAll(/\{\d+\}/g, '')) && !Object.hasOwn(services, text))).toEqual([]);
  });

  test('no Japanese is left of a template that is gone', () => {
    expect(Object.keys(services).filter((template) => !used.has(template))).toEqual([]);
  });

  test('every template fills the same blanks in Japanese', () => {
    expect(Object.entries(services).filter(([english, japanese]) => blanks(english).join() !== blanks(japanese).join())).toEqual([]);
  });

  test('no template stands in two files of the catalogue', () => {
    const folder = new URL('../../../src/renderer/i18n/ja/services/', import.meta.url);
    const entries = globSync('*.ts', { cwd: folder }).map((file) => readFileSync(new URL(file, folder), 'utf8').match(/^ {2}['"]/gm)?.length ?? 0);
    expect(entries.reduce((sum, count) => sum + count, 0)).toBe(Object.keys(services).length);
  });

  test('no error is made of bare text', () => {
    expect(plain).toEqual([]);
  });
});

describe('a sentence in the window\'s language', () => {
  beforeAll(async () => {
    i18n.addResourceBundle('ja', 'translation', ja);
    i18n.addResourceBundle('ja', 'services', services);
    await i18n.changeLanguage('ja');
  });

  test('is the Japanese of its template, with its values', () => {
    expect(saidIn('ja', say`${say`${'203.0.113.9'} port ${22}`} refused the connection.`)).toBe('203.0.113.9 のポート 22 が接続を拒否しました。');
    expect(saidIn('ja', sayAll([say`The private key is encrypted.`, say`Enter its passphrase.`]))).toBe('秘密鍵は暗号化されています。 パスフレーズを入力してください。');
  });

  test('stays English in English, and where Japanese has no template', () => {
    const text = say`The private key is encrypted.`;
    expect(saidIn('en', text)).toBe(text);
    expect(saidIn('ja', 'AccessDenied: the words of AWS')).toBe('AccessDenied: the words of AWS');
    expect(saidIn('ja', 'constructor')).toBe('constructor');
  });

  test('shows a moment as Japanese writes it', () => {
    expect(saidIn('ja', say`it expired at ${atTime('2026-01-02T03:04:05.000Z')}.`)).toMatch(/^2026\/01\/0[123] \d{1,2}:04 に有効期限が切れました。$/);
  });

  test('names states and actions as the rest of the window does, and leaves one that AWS may add as it is', () => {
    expect(saidIn('ja', say`${'i-1'} is ${inState('stopped')}.`)).toBe('i-1 の状態は停止済みです。');
    expect(saidIn('ja', say`${'web-1'} is ${say`running again`}; a tab is open on it.`)).toBe('web-1 の状態が再び実行中になりました。タブが開いています。');
    expect(saidIn('ja', say`It is ${inState('shutting-down')}.`)).toBe('状態が終了中です。');
    expect(saidIn('ja', say`${'web-1'} is being asked to ${toDo('stop')} already.`)).toBe('web-1 にはすでに停止を要求しています。');
    expect(saidIn('ja', say`It is ${inState('paused')}.`)).toBe('状態が paused です。');
    expect(saidIn('ja', say`It is ${inState('constructor')}.`)).toBe('状態が constructor です。');
    // A host may be called so.
    expect(saidIn('ja', say`${'stopped'} is ${inState('running')}.`)).toBe('stopped の状態は実行中です。');
  });

  test('never takes a hostile value for a template or a blank', () => {
    const hostile = '{0} <b>$& {1}</b> The private key is encrypted.';
    expect(saidIn('ja', say`${hostile} refused the connection.`)).toBe(`${hostile} が接続を拒否しました。`);
  });
});
