/** Times for people: how long ago, how long it took, and the moment itself. */
import { safeText } from './safeText.ts';

const SECOND_MS = 1000;

/** `now`, `12 s ago`, `3 min ago`, `5 h ago`, `2 d ago`; a moment in the future is `in 5 h`. */
export function ageText(isoTime: string, nowMs: number): string {
  const time = Date.parse(isoTime);
  if (Number.isNaN(time)) return safeText(isoTime);
  const seconds = Math.round((nowMs - time) / SECOND_MS);
  if (seconds < -5) return `in ${spanText(-seconds)}`;
  return seconds < 5 ? 'now' : `${spanText(seconds)} ago`;
}

function spanText(seconds: number): string {
  if (seconds < 90) return `${seconds} s`;
  if (seconds < 90 * 60) return `${Math.round(seconds / 60)} min`;
  if (seconds < 36 * 3600) return `${Math.round(seconds / 3600)} h`;
  return `${Math.round(seconds / 86_400)} d`;
}

/** `8 ms`, `1.24 s`, `12 s`. */
export function durationText(durationMs: number): string {
  if (durationMs < SECOND_MS) return `${Math.round(durationMs)} ms`;
  const seconds = durationMs / SECOND_MS;
  return seconds < 10 ? `${seconds.toFixed(2)} s` : `${Math.round(seconds)} s`;
}

/** The moment in the person's own format and zone; text that is no time is shown as it came. */
export function momentText(isoTime: string): string {
  const time = new Date(isoTime);
  return Number.isNaN(time.getTime()) ? safeText(isoTime) : time.toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'medium' });
}
