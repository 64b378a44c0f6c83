/** セッションの記録。 */
import type { Texts } from '../texts.ts';

export const recording: Texts['recording'] = {
  chip: { recording: 'REC', stopped: 'REC' },
  status: { recording: '記録中', stopped: '記録停止' },
  more_other: '他に {{count}} 件',
  others_other: '他の {{count}} タブを記録中',
  title: 'このセッションを記録しています（{{kept}}）。',
  titleAlways: '設定により、このセッションを記録しています（{{kept}}）。',
  kept: { output: '出力', input: '入力', both: '出力と入力' },
  clickToStop: 'クリックで停止します。',
  clickToDismiss: 'クリックで閉じます。',
  spoken: '記録中',
  stoppedTitle: '記録が停止しました。',
  stoppedNote: 'それまでの内容は保存されています。セッションは続きます。',
  again: 'もう一度記録する',
  dismiss: '閉じる',
  rulesNone: '常に記録するホストはありません。',
  rulesWhere: '記録するホスト',
  rulesPlaceholder: '名前*、タグ=値、またはアカウント ID',
  rulesAdd: '常に記録する',
  rulesRemove: '{{where}} を常に記録する対象から外す',
  rulesEvery: 'すべてのホスト',
  account: 'アカウント {{accountId}}',
};
