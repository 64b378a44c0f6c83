/** The next place in a direction: near before far, straight before aslant. Pure. */
import type { Box } from './layoutVpc.ts';

export type Direction = 'left' | 'right' | 'up' | 'down';

/** A step aside counts as so many straight on. */
const ASIDE = 3;

export function neighbour(from: Box, direction: Direction, others: Iterable<readonly [string, Box]>): string | undefined {
  const horizontal = direction === 'left' || direction === 'right';
  const sign = direction === 'left' || direction === 'up' ? -1 : 1;
  let best: { readonly id: string; readonly cost: number } | undefined;
  for (const [id, box] of others) {
    const along = sign * (horizontal ? centreX(box) - centreX(from) : centreY(box) - centreY(from));
    const aside = horizontal ? Math.abs(centreY(box) - centreY(from)) : Math.abs(centreX(box) - centreX(from));
    // Not beside it but elsewhere: another direction's.
    if (along <= 1 || aside > 4 * along + Math.max(box.width, from.width)) continue;
    const cost = along + ASIDE * aside;
    if (best === undefined || cost < best.cost) best = { id, cost };
  }
  return best?.id;
}

function centreX({ x, width }: Box): number {
  return x + width / 2;
}

function centreY({ y, height }: Box): number {
  return y + height / 2;
}
