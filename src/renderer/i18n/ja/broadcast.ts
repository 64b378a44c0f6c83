/** 複数のターミナルへの同時入力。 */
export const broadcast = {
  mark: '同時入力中',
  goesTo: '入力は {{count}} 個のターミナルに送られます: {{names}}',
  change: '変更…',
  stop: '同時入力を終了',
  receives: '同時入力: {{count}} 個のターミナルが同じ入力を受け取ります',
  tabMark: '同時入力',
  title: '同時入力',
  explain: '選んだターミナルの 1 つで入力または貼り付けた内容が、すべてのターミナルに送られます。1 つでも切断されると終了し、再起動後には引き継がれません。',
  terminals: 'ターミナル',
  preset: {
    all: 'このウィンドウのすべて',
    shown: '表示中のすべてのペイン',
    inPane: 'このペインのすべてのタブ',
  },
  notConnected: '未接続',
  confirmProduction_other: '本番環境の {{count}} 個のターミナルに入力することを理解しています: {{names}}',
  needsTwo: '2 つ以上選択してください。本番環境は 1 つずつ選択します。',
  start_other: '{{count}} 個のターミナルに入力する',
  ended: {
    closed: '{{name}} が閉じられたため、同時入力を終了しました。',
    dropped: '{{name}} の接続が切れたため、同時入力を終了しました。',
    production: '{{name}} が本番環境になったため、同時入力を終了しました。',
    link: 'ウィンドウと Postern の接続が切れたため、同時入力を終了しました。',
  },
  endedNote: '入力は手前のターミナルだけに送られます。ほかのターミナルには入力途中のコマンドが残っている可能性があります。',
  pasteNote: '同時入力: {{count}} 個のターミナルに送られます: {{names}}',
};
