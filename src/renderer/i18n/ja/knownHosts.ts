/** The host keys that are trusted, in Japanese. */
import type { Texts } from '../texts.ts';

export const knownHosts: Texts['knownHosts'] = {
  title: '既知のホスト',
  proof: '初めて確認するホストキーの証明に使うもの',
  proofs: {
    console: 'インスタンスのコンソール出力（GetConsoleOutput）',
    'console-and-session-manager': 'コンソール出力、次に Session Manager 経由でホスト自身',
    off: 'なし（毎回確認する）',
  },
  vouchers: {
    person: 'ご自身で確認済み',
    demo: 'デモクラウド',
    'console-output': 'コンソール出力で証明済み',
    'session-manager': 'Session Manager 経由でホストが証明済み',
  },
  none: 'まだありません。アドレスは変わるため、ホストキーは一度だけ証明または確認され、インスタンスごとに保存されます。',
  host: 'ホスト',
  type: 'タイプ',
  fingerprint: 'フィンガープリント',
  firstSeen: '初回確認',
  actions: '操作',
  forget: '削除',
  forgetKeyOf: '{{instanceId}} のキーを削除',
  forgetTitle: '{{name}} のホストキーを削除しますか？',
  forgetWhy: '再構築したなど、ホストのキーが {{fingerprint}} から変わった理由が分かっている場合にのみ実行してください。次回の接続時に、新しいキーが証明または確認されます。',
  typeName: '確認のため {{name}} と入力してください',
};
