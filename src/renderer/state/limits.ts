/** Which limits of live sessions are shown, and how the time left is written. Pure. */
import type { TerminalSession } from '../../contract/session.ts';
import { routeKindShort } from './routeHint.ts';

/** From here on a limit is about to hit: it is shown on the tab too, and for tabs that are not in front. */
export const SOON_MS = 5 * 60_000;

export interface ShownLimit {
  readonly kind: 'idle' | 'ends';
  /** Whose limit it is, e.g. `SSM`. */
  readonly via: string;
  readonly isTunnel: boolean;
  readonly at: string;
}

/** The limits of a session that lives, the next one first. */
export function limitsOf({ limits, route, state }: TerminalSession): readonly ShownLimit[] {
  if (limits === undefined || route === undefined || (state.name !== 'connected' && state.name !== 'resuming')) return [];
  const from = { via: routeKindShort(route.kind), isTunnel: route.kind === 'eice' };
  const { idleEndsAt, endsAt } = limits;
  const shown: ShownLimit[] = [];
  if (idleEndsAt !== undefined) shown.push({ ...from, kind: 'idle', at: idleEndsAt });
  if (endsAt !== undefined) shown.push({ ...from, kind: 'ends', at: endsAt });
  return shown.toSorted((a, b) => Date.parse(a.at) - Date.parse(b.at));
}

export function isSoon({ at }: ShownLimit, nowMs: number): boolean {
  return Date.parse(at) - nowMs <= SOON_MS;
}

/** `0:09`, `14:32`, `1:02:10`. */
export function leftText(at: string, nowMs: number): string {
  const seconds = Math.max(0, Math.ceil((Date.parse(at) - nowMs) / 1000));
  const two = (value: number): string => String(value).padStart(2, '0');
  const minutes = Math.floor(seconds / 60) % 60;
  const hours = Math.floor(seconds / 3600);
  return hours === 0 ? `${minutes}:${two(seconds % 60)}` : `${hours}:${two(minutes)}:${two(seconds % 60)}`;
}
