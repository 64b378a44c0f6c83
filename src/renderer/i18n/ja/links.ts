/** ターミナル内のリンク。 */
export const links = {
  title: '{{host}} を開きますか？',
  leadsTo: 'ターミナル内のプログラムが作成したリンクです。リンク先:',
  open: 'ブラウザーで開く',
  beyondAscii: 'ホスト名に ASCII 以外の文字が含まれるため、実際に名前解決される形で表示しています。別の名前に見せかけている可能性があります。',
  hasUser: '@ の前はユーザー名です。ホストは {{host}} です。',
  refused: 'このリンクは開けません',
  protocol: 'Postern が開くのは http と https のリンクだけです。このリンクの先頭: {{protocol}}',
  tooLong: '2,000 文字を超えています。',
  noAddress: '完全なアドレスではありません。',
} as const;
