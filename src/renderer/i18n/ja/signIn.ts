/** サインイン: パスフレーズ、エージェント、接続の暗号。 */
import type { Texts } from '../texts.ts';

export const signIn: Texts['signIn'] = {
  certificate: '証明書 {{keyId}}',
  passphraseTitle: 'キー {{keyName}} のパスフレーズ',
  passphraseWrong: 'このパスフレーズではキーを開けませんでした（{{attempt}} 回目）。',
  passphrase: 'パスフレーズ',
  remember: 'キーチェーンに保存する',
  keptTitle: 'キーチェーンに保存されているパスフレーズ',
  forget: '削除',
  forgetLabel: '{{path}} のパスフレーズを削除',
  unlock: 'ロック解除',
  forwardTitle: '{{host}} に SSH エージェントの使用を許可しますか？',
  forwardText: '接続中は、そのホストの root が、ここで選んだキーを使って他のホストにサインインできます。キー自体はコピーできません。先へ進むには、踏み台経由のほうが安全です。',
  forwardKeys: '貸し出すキー',
  forwardAllow: '選んだキーを貸し出す',
  forwardRefuse: '貸し出さない',
  security: '暗号化',
  postQuantum: '耐量子',
  notPostQuantum: '耐量子ではない',
  securityTitle: '鍵交換 {{kex}}、ホストキー {{hostKeyAlgorithm}}、暗号 {{cipher}}',
  postQuantumHint: '今日記録された通信も、将来の量子コンピューターから守られます。',
  notPostQuantumHint: 'このホストには耐量子の鍵交換がありません。記録されたこのセッションは、将来、量子コンピューターで解読されるおそれがあります。OpenSSH は 9.9 から対応しています。',
  agentLent_other: 'SSH エージェントを貸し出し中（署名 {{count}} 回）',
  agentRefused: '拒否: {{count}} 回',
};
