/** What was used how often and when, so that the palette has it at the top. Pure. */
import type { UsedItem } from '../../contract/workspace.ts';

export type Usage = ReadonlyMap<string, UsedItem>;

/** What was used this long ago counts half. */
const HALF_LIFE_MS = 7 * 24 * 3600 * 1000;
/** As many as the workspace file keeps. */
const MAX_USED = 100;

export function usageScore(used: UsedItem | undefined, nowMs: number): number {
  if (used === undefined) return 0;
  const ageMs = Math.max(0, nowMs - Date.parse(used.lastUsedAt));
  return Number.isNaN(ageMs) ? 0 : used.count * 2 ** (-ageMs / HALF_LIFE_MS);
}

/** One use more; the count fades with time. What is used least is forgotten. */
export function usedAgain(usage: Usage, key: string, nowMs: number): Usage {
  const next = new Map(usage);
  next.set(key, { key, count: Math.round((usageScore(usage.get(key), nowMs) + 1) * 100) / 100, lastUsedAt: new Date(nowMs).toISOString() });
  if (next.size <= MAX_USED) return next;
  return new Map([...next].toSorted(([, a], [, b]) => usageScore(b, nowMs) - usageScore(a, nowMs)).slice(0, MAX_USED));
}

export function usageOf(items: readonly UsedItem[]): Usage {
  return new Map(items.map((item) => [item.key, item]));
}
