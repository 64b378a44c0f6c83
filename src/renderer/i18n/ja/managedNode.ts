/** Systems Manager に登録された EC2 以外のマシンの文言。 */
import type { Texts } from '../texts.ts';

export const managedNode: Texts['managedNode'] = {
  mark: 'マネージドノード',
  markTitle: 'Systems Manager に登録された EC2 以外のマシン',
  routes: 'EC2 インスタンスではないため、接続方法は Session Manager とその転送だけです。アドレス、踏み台、エンドポイント、シリアルコンソールは EC2 への経路です。',
  address: 'IP アドレス',
  addressMeaning: 'エージェントの報告によるアドレスです。どこから到達できるかは AWS からはわかりません。',
  noAddress: 'エージェントはアドレスを報告していません。',
  noInterfaces: 'EC2 の管理外のマシンです。ネットワークインターフェイス、セキュリティグループ、サブネット、ボリューム、ステータスチェック、インスタンスプロファイルはありません。',
  resourceType: 'リソースタイプ',
  iamRole: 'IAM ロール',
  registered: '登録日時',
  state: '状態',
  stateNote: 'エージェントの応答による',
};
