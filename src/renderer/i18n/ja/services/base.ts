/** Sentences of the link, of `services/base`, and of more than one area. */
export const base = {
  'The connection to Postern was closed.': 'Postern への接続が閉じられました。',
  'Wait until the window is connected again, then repeat it.': 'ウィンドウが再接続されるまで待ってから、もう一度実行してください。',
  'The contract has no call of that name.': 'その名前の呼び出しはありません。',
  'A message was neither a call nor the end of a stream.': '呼び出しでもストリームの終わりでもないメッセージを受信しました。',
  '{0} was given a wrong input. {1}': '{0} への入力が正しくありません。{1}',
};
