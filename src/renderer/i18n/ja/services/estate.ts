/** The kept list of hosts. */
export const estate = {
  '{0} was written by a newer Postern. It was kept as {1}, and a fresh one begins.': '{0} は新しいバージョンの Postern で書かれています。{1} として保存し、新しいファイルで始めます。',
  '{0} is damaged. It was kept as {1}, and a fresh one begins.': '{0} は壊れています。{1} として保存し、新しいファイルで始めます。',
  'Nothing is lost: hosts are read again from AWS. The file may be deleted.': '失われるものはありません。ホストは AWS からもう一度読み取ります。そのファイルは削除してもかまいません。',
};
