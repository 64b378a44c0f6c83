/** Recordings. */
export const recording = {
  '{0} is there already.': '{0} はすでにあります。',
  'Choose another name: a recording never takes the place of a file.': '別の名前を選択してください。記録が既存のファイルを上書きすることはありません。',
};
