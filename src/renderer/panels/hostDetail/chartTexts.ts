/** Values and times of charts for people. */
import { dateText, numberText } from '../../i18n/locale.ts';
import { bytesText } from '../../ui/bytes.ts';
import type { ChartUnit } from './charts.ts';

/** `12.3 %`, `1.2 MB/s`, `35/s`, `0.25`. */
export function valueText(unit: ChartUnit, value: number): string {
  switch (unit) {
    case 'percent':
      return `${rounded(value)} %`;
    case 'bytes-a-second':
      return `${bytesText(value)}/s`;
    case 'operations-a-second':
      return `${rounded(value)}/s`;
    case 'credits':
    case 'number':
    case 'failed':
      return rounded(value);
  }
}

function rounded(value: number): string {
  const size = Math.abs(value);
  return numberText(value, { maximumFractionDigits: size >= 100 ? 0 : size >= 10 ? 1 : 2 });
}

/** `2026-11-22 10:35`. */
export function utcText(seconds: number): string {
  return new Date(seconds * 1000).toISOString().slice(0, 16).replace('T', ' ');
}

/** In the person's own zone and format. */
export function localText(seconds: number): string {
  return dateText(new Date(seconds * 1000), { dateStyle: 'medium', timeStyle: 'short' });
}

/** Beside a mark of the axis: the time of day, or the day where marks are days apart. */
export function markText(seconds: number, stepSeconds: number): string {
  const date = new Date(seconds * 1000);
  return stepSeconds >= 86_400 || (date.getHours() === 0 && date.getMinutes() === 0) ? dateText(date, { month: 'numeric', day: 'numeric' }) : dateText(date, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
}
