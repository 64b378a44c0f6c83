/** 経過時間と所要時間。 */
import type { Texts } from '../texts.ts';

export const time: Texts['time'] = {
  now: 'たった今',
  ago: '{{span}}前',
  ahead: '{{span}}後',
  milliseconds: '{{number}} ミリ秒',
  seconds: '{{number}} 秒',
  minutes: '{{number}} 分',
  hours: '{{number}} 時間',
  days: '{{number}} 日',
  withUtc: '{{moment}}（{{utc}} UTC）',
};
