/** 見ていない間に終わったコマンド。 */
export const notifications = {
  watching: '{{name}} の処理が終わったらお知らせします。',
  ended: '{{name}}: コマンドが終了しました',
  endedStatus: '終了ステータス {{exitCode}}、所要時間 {{duration}}',
  endedNoStatus: '所要時間 {{duration}}',
  quiet: '{{name}}: プロンプトに戻りました',
  quietText: '出力が止まってから {{duration}} たちました。',
  show: 'タブを表示',
  list: '終了したコマンド',
  dismiss: '閉じる',
  allow: 'システムの通知を許可…',
  allowNote: 'Postern はウィンドウ内でお知らせします。許可すると、システムの通知も使います。',
  granted: 'システムの通知は許可されています。',
  denied: 'システムまたはブラウザーが、このページの通知を許可していません。ウィンドウ内でお知らせします。',
};
