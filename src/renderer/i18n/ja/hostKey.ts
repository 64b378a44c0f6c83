/** The question about a host's key, in Japanese. */
import type { Texts } from '../texts.ts';

export const hostKey: Texts['hostKey'] = {
  title: '接続先は正しいホストですか？',
  trust: 'このキーを信頼して接続',
  refuse: '拒否',
  askHost: 'Session Manager で確認',
  askHostHint: 'Session Manager のセッションを開き、ホストの公開鍵ファイルを読み取ります。キーが一致しない場合は拒否されます。',
  seenFirst: '{{address}} は、{{instanceId}} のものとしてはまだ確認されていないホストキーで応答しました。',
  fingerprint: 'フィンガープリント',
  unproven: 'このキーがホストのものであることは証明されていません:',
  compare: '自分で比較するには、ホストで次を実行します:',
};
