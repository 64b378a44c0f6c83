/** 貼り付け前の確認。 */
export const paste = {
  title_other: '{{count}} 行を貼り付けますか？',
  paste: '貼り付け',
  runsLines: 'シェルは届いた行から順に実行することがあります。',
  removed_other: '制御文字 {{count}} 個は取り除かれます。',
  preview: '貼り付ける内容',
};
