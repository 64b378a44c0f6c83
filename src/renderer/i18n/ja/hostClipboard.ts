/** ホスト上のプログラムによるクリップボードの変更。 */
export const hostClipboard = {
  title: '{{host}} によるクリップボードの変更を許可しますか？',
  what_other: 'ホスト上のプログラムが次の {{count}} 文字をコピーしようとしています:',
  severalLines: '複数行です。シェルに貼り付けると、届いた行から実行されることがあります。',
  preview: 'コピーされる内容',
  once: '今回だけコピー',
  always: 'このホストは常に許可',
  never: 'このホストは常に拒否',
  notNow: '今はしない',
  copied_other: '{{host}} が {{count}} 文字をクリップボードにコピーしました',
  notCopied: 'ブラウザーが {{host}} によるクリップボードの変更を許可しませんでした',
  tooLarge: '{{host}} が 100 kB を超える内容をコピーしようとしたため、拒否しました',
  noHosts: '決定済みのホストはありません。',
  mayAlways: '常に許可',
  mayNever: '常に拒否',
  forget: '次回確認する',
  forgetHost: '{{host}} について次回確認する',
} as const;
