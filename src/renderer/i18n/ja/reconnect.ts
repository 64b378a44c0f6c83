/** 回線が切れたセッション。 */
export const reconnect = {
  dropped: '{{time}} に接続が切れました: {{reason}}',
  comesBack: '自動的に復帰します。今入力した内容は送信されません。',
  waiting_other: '{{count}} 秒後に再接続します（{{attempt}} 回目）。今入力した内容は送信されません。',
  trying: '再接続しています（{{attempt}} 回目）。今入力した内容は送信されません。',
  now: '今すぐ再接続',
  stop: '中止',
  roundTrip: '{{milliseconds}} ミリ秒',
  roundTripTitle: '{{host}} までの往復時間（最新の測定値）',
};
