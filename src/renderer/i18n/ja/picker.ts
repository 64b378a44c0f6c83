/** フォームでのインスタンスの選択。 */
export const picker = {
  instance: 'インスタンス',
  another: '別のものを選ぶ…',
  placeholder: '名前、アドレス、ID、タグ…',
  instances: 'インスタンス一覧',
  none: '一覧にインスタンスがありません。',
};
