/** How SSH treats one host, in Japanese. */
import type { Texts } from '../texts.ts';

export const hostSsh: Texts['hostSsh'] = {
  osUser: 'サインインするユーザー',
  osUserTitle: 'ホストのユーザー名',
  save: '保存',
  ownUser: 'このホスト用に設定済みです。空にすると通常のユーザーを使います。',
  guessed: '{{osUser}}（イメージから推測）',
  byRule: '{{osUser}}（設定のルールによる）',
  hostKey: 'ホストキー',
  keyNote: '{{keyType}}、{{voucher}}、{{since}}',
  noKey: '信頼済みのホストキーはまだありません。',
  allowWeak: '弱いアルゴリズムを許可（SHA-1、CBC、group\u00a01）',
  weakAllowed: 'このホストには弱いアルゴリズムが許可されています。通信が途中で読み取られたり、改ざんされたりするおそれがあります。',
  weakInUse: '使用中の弱いアルゴリズム: {{names}}',
  weakMark: '弱',
};
