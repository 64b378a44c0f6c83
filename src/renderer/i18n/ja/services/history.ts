/** The history. */
export const history = {
  'The history before now is in that file.': 'これまでの履歴はそのファイルにあります。',
  'Postern ended before it did.': '終わる前に Postern が終了しました。',
  'Postern was closed.': 'Postern が閉じられました。',
};
