/** Times for people, in the window's language: how long ago, how long it took, and the moment itself. */
import { i18n } from '../i18n/i18n.ts';
import { dateText, numberText } from '../i18n/locale.ts';
import { safeText } from './safeText.ts';

const SECOND_MS = 1000;

/** `now`, `12 s ago`, `3 min ago`, `5 h ago`, `2 d ago`; a moment in the future is `in 5 h`. */
export function ageText(isoTime: string, nowMs: number): string {
  const time = Date.parse(isoTime);
  if (Number.isNaN(time)) return safeText(isoTime);
  const seconds = Math.round((nowMs - time) / SECOND_MS);
  if (seconds < -5) return i18n.t('time.ahead', { span: spanText(-seconds) });
  return seconds < 5 ? i18n.t('time.now') : i18n.t('time.ago', { span: spanText(seconds) });
}

/** `42 s`, `3 min`, `5 h`, `2 d`. */
export function spanText(seconds: number): string {
  if (seconds < 90) return i18n.t('time.seconds', { number: numberText(seconds) });
  if (seconds < 90 * 60) return i18n.t('time.minutes', { number: numberText(Math.round(seconds / 60)) });
  if (seconds < 36 * 3600) return i18n.t('time.hours', { number: numberText(Math.round(seconds / 3600)) });
  return i18n.t('time.days', { number: numberText(Math.round(seconds / 86_400)) });
}

/** `8 ms`, `1.24 s`, `12 s`. */
export function durationText(durationMs: number): string {
  if (durationMs < SECOND_MS) return i18n.t('time.milliseconds', { number: numberText(Math.round(durationMs)) });
  const seconds = durationMs / SECOND_MS;
  const digits = seconds < 10 ? 2 : 0;
  return i18n.t('time.seconds', { number: numberText(seconds, { minimumFractionDigits: digits, maximumFractionDigits: digits }) });
}

/** The moment in the person's own format and zone; text that is no time is shown as it came. */
export function momentText(isoTime: string): string {
  const time = new Date(isoTime);
  return Number.isNaN(time.getTime()) ? safeText(isoTime) : dateText(time, { dateStyle: 'medium', timeStyle: 'medium' });
}

/** For a tooltip: the moment, and the same in UTC as logs write it, `22 Nov 2026, 18:00:00 (2026-11-22 09:00:00 UTC)`. */
export function momentTitle(isoTime: string): string {
  const time = new Date(isoTime);
  if (Number.isNaN(time.getTime())) return safeText(isoTime);
  return i18n.t('time.withUtc', { moment: momentText(isoTime), utc: time.toISOString().slice(0, 19).replace('T', ' ') });
}
