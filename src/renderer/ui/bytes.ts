/** Amounts of bytes for people, in powers of ten as network speeds are. */
import { numberText } from '../i18n/locale.ts';

const units = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'] as const;

/** `0 B`, `999 B`, `1.2 kB`, `35 MB`. */
export function bytesText(bytes: number): string {
  let value = bytes;
  let unit = 0;
  // What rounds to 1000 of one unit is 1.0 of the next.
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  const digits = unit === 0 || value >= 9.95 ? 0 : 1;
  return `${numberText(value, { minimumFractionDigits: digits, maximumFractionDigits: digits, useGrouping: false })} ${units[unit]}`;
}

/** `1.2 MB/s`; nothing while nothing moves. */
export function rateText(bytesPerSecond: number): string {
  return bytesPerSecond < 0.5 ? '' : `${bytesText(bytesPerSecond)}/s`;
}
