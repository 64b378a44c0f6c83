/** ~/.ssh/config のホスト。 */
import type { Texts } from '../texts.ts';

export const sshConfig: Texts['sshConfig'] = {
  group: 'SSH 設定',
  open: '開く',
  copyName: '名前',
  from: '~/.ssh/config より',
  section: 'SSH 設定',
  reading: '読み込んでいます…',
  goesTo: '{{hostName}} ポート {{port}} のユーザー {{user}}',
  keyword: 'キーワード',
  value: '値',
  line: '{{file}} の {{line}} 行目',
  option: 'オプション',
  defaults: '既定値',
  unsupported: 'Postern では効かない設定',
  errors: 'ssh でも接続できない設定',
  commands: '確認するまで実行しないコマンド',
  weak: 'この設定でこのホストにだけ許可されている弱いアルゴリズム: {{names}}',
  runTitle: 'このコマンドを実行しますか？',
  runProxy: '~/.ssh/config によると、{{host}} へはこのコマンドを通して接続します（ProxyCommand）。',
  runMatch: '~/.ssh/config の一部が {{host}} に当てはまるかどうかは、このコマンドの結果で決まります（Match exec）。',
  runNote: 'このコンピューター上で、あなたの権限で実行されます。回答はこのコマンドそのものについてのみ記憶されます。',
  run: '今後も実行する',
  runNot: '実行しない',
};
