/** Session Manager の設定と制限の文言。 */
import type { Texts } from '../texts.ts';

export const sessionManager: Texts['sessionManager'] = {
  reading: '設定を読み込んでいます…',
  defaults: 'このアカウントとリージョンには設定がありません。AWS の既定値が使われます。',
  idleLimit: 'アイドルタイムアウト',
  longest: '最大期間',
  noLimit: '制限なし',
  minutes_other: '{{count}} 分',
  idleNote: '入力がない場合',
  runsAs: '実行ユーザー',
  runsAsNote: 'ID のタグで別のユーザーが指定されていない場合',
  profile: 'シェルプロファイル',
  encryption: '暗号化',
  onlyTls: 'TLS',
  kms: 'KMS キー {{keyId}}',
  recorded: '記録先',
  document: '設定ドキュメント',
  idleOut: '{{via}} アイドル切断まで {{left}}',
  ends: '{{via}} 終了まで {{left}}',
  ofOther: '{{name}}: {{limit}}',
  idleTitle: '入力がなければ {{moment}} に終了します。出力は数えられません。',
  endsTitle: '{{moment}} に終了します。アカウントで許可された最大期間です。',
  tunnelTitle: '{{moment}} に終了します。EC2 Instance Connect Endpoint のトンネルは 1 時間までです。',
  soon_other: '{{name}}: セッションはあと {{count}} 分で終了します',
};
