/** The few shapes of the map as SVG path data, the same on the screen and in the exported picture. Pure. */
import type { DotShape } from '../panels/StateDot.tsx';
import type { Box } from './layoutVpc.ts';
import type { ItemKind } from './vpcGraph.ts';

/** Line drawings in a box of 16 by 16. */
export const itemMarks: Readonly<Record<Exclude<ItemKind, 'host'> | 'person' | 'aws', string>> = {
  person: 'M8 2.5a2.7 2.7 0 1 1 0 5.4a2.7 2.7 0 0 1 0-5.4ZM2.5 14c.4-3 2.6-4.4 5.5-4.4s5.1 1.4 5.5 4.4',
  aws: 'M4.5 12.5a3 3 0 0 1 0-6a4 4 0 0 1 7.6 .7a2.7 2.7 0 0 1-.6 5.3Z',
  'internet-gateway': 'M8 2a6 6 0 1 1 0 12a6 6 0 0 1 0-12ZM2 8h12M8 2c-4 4-4 8 0 12M8 2c4 4 4 8 0 12',
  'egress-only-internet-gateway': 'M7 3.5a5 5 0 1 0 0 9M6 8h8M11 5l3 3l-3 3',
  'virtual-private-gateway': 'M8 2l5.5 2v4c0 3-2.3 5-5.5 6.2c-3.2-1.2-5.5-3.2-5.5-6.2v-4Z',
  'transit-gateway': 'M8 2l6 6l-6 6l-6-6ZM8 5.5v5M5.5 8h5',
  peering: 'M5 4.5a3.5 3.5 0 1 0 0 7a3.5 3.5 0 1 0 0-7ZM11 4.5a3.5 3.5 0 1 0 0 7a3.5 3.5 0 1 0 0-7Z',
  'gateway-endpoint': 'M8 2a6 6 0 1 1 0 12a6 6 0 0 1 0-12ZM5 8h6M8 5v6',
  'nat-gateway': 'M2.5 3h11v10h-11ZM5 8h6M8.5 5.5L11 8l-2.5 2.5',
  endpoint: 'M8 2l6 6l-6 6l-6-6ZM6.5 8h3',
  'connect-endpoint': 'M3.5 14V5.5a4.5 4.5 0 0 1 9 0V14M2 14h12M9.5 9.5v.5',
  interface: 'M3 5h10v6h-10ZM5.5 11v2.5M8 11v2.5M10.5 11v2.5',
};

/** The state's shape around a centre: see `StateDot`. `filled`: without a line. */
export function statePath(shape: DotShape, x: number, y: number, r: number): string {
  switch (shape) {
    case 'running':
      return circle(x, y, r);
    case 'impaired':
      return `M${x} ${y - r}l${r} ${2 * r}h${-2 * r}Z`;
    case 'changing':
      return `M${x} ${y - r}a${r} ${r} 0 0 1 0 ${2 * r}Z`;
    case 'stopped':
      return `M${x - r} ${y - r}h${2 * r}v${2 * r}h${-2 * r}Z`;
    case 'gone':
      return `M${x - r} ${y - r}l${2 * r} ${2 * r}M${x + r} ${y - r}l${-2 * r} ${2 * r}`;
    case 'unknown':
      return circle(x, y, r);
  }
}

export function isFilled(shape: DotShape): boolean {
  return shape === 'running' || shape === 'impaired' || shape === 'changing';
}

function circle(x: number, y: number, r: number): string {
  return `M${x - r} ${y}a${r} ${r} 0 1 1 ${2 * r} 0a${r} ${r} 0 1 1 ${-2 * r} 0Z`;
}

/** Half of what is between things: lines run in the middle of it. Half of `GAP` in layoutVpc.ts. */
const GUTTER = 6;
const CORNER = 5;
const ARROW = { length: 8, half: 4.5 } as const;

interface Point {
  readonly x: number;
  readonly y: number;
}

/** A line from stop to stop through the gaps between things, and the point of an arrow at its end. */
export function legPath(boxes: readonly Box[]): { readonly line: string; readonly arrow: string } {
  const lines: string[] = [];
  let arrow = '';
  for (const [index, to] of boxes.entries()) {
    const from = boxes[index - 1];
    if (from === undefined) continue;
    const points = between(from, to);
    lines.push(rounded(points));
    arrow = arrowHead(points.at(-2), points.at(-1));
  }
  return { line: lines.join(''), arrow };
}

function between(from: Box, to: Box): Point[] {
  const [start, end] = [middle(from), middle(to)];
  const down = to.y >= from.y + from.height;
  if (down || from.y >= to.y + to.height) {
    const sign = down ? 1 : -1;
    const startY = down ? from.y + from.height : from.y;
    const endY = down ? to.y : to.y + to.height;
    if (Math.abs(endY - startY) <= 3 * GUTTER) return start.x === end.x ? [{ x: start.x, y: startY }, { x: end.x, y: endY }] : [{ x: start.x, y: startY }, { x: start.x, y: (startY + endY) / 2 }, { x: end.x, y: (startY + endY) / 2 }, { x: end.x, y: endY }];
    // Out of its row, along the gap beside its column, into the other's row.
    const gapX = end.x > start.x ? from.x + from.width + GUTTER : from.x - GUTTER;
    return [
      { x: start.x, y: startY },
      { x: start.x, y: startY + sign * GUTTER },
      { x: gapX, y: startY + sign * GUTTER },
      { x: gapX, y: endY - sign * 2 * GUTTER },
      { x: end.x, y: endY - sign * 2 * GUTTER },
      { x: end.x, y: endY },
    ];
  }
  const right = to.x >= from.x + from.width;
  const edges = right ? { from: from.x + from.width, to: to.x } : { from: from.x, to: to.x + to.width };
  if (Math.abs(edges.to - edges.from) <= 10 * GUTTER) return [{ x: edges.from, y: start.y }, { x: edges.to, y: end.y }];
  const above = Math.min(from.y, to.y) - GUTTER;
  return [{ x: start.x, y: from.y }, { x: start.x, y: above }, { x: end.x, y: above }, { x: end.x, y: to.y }];
}

function middle(box: Box): Point {
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
}

function rounded(points: readonly Point[]): string {
  const [first] = points;
  if (first === undefined) return '';
  let d = `M${first.x} ${first.y}`;
  for (let index = 1; index < points.length - 1; index += 1) {
    const [before, corner, after] = [points[index - 1], points[index], points[index + 1]];
    if (before === undefined || corner === undefined || after === undefined) continue;
    const [entry, exit] = [towards(corner, before), towards(corner, after)];
    d += `L${entry.x} ${entry.y}Q${corner.x} ${corner.y} ${exit.x} ${exit.y}`;
  }
  const last = points.at(-1) ?? first;
  return `${d}L${last.x} ${last.y}`;
}

/** So far from a corner as rounding takes, half of a short side at most. */
function towards(corner: Point, other: Point): Point {
  const length = Math.hypot(other.x - corner.x, other.y - corner.y);
  const part = length === 0 ? 0 : Math.min(CORNER, length / 2) / length;
  return { x: corner.x + (other.x - corner.x) * part, y: corner.y + (other.y - corner.y) * part };
}

function arrowHead(before: Point | undefined, tip: Point | undefined): string {
  if (before === undefined || tip === undefined) return '';
  const length = Math.hypot(tip.x - before.x, tip.y - before.y) || 1;
  const [x, y] = [(tip.x - before.x) / length, (tip.y - before.y) / length];
  const foot = { x: tip.x - x * ARROW.length, y: tip.y - y * ARROW.length };
  return `M${tip.x} ${tip.y}L${foot.x - y * ARROW.half} ${foot.y + x * ARROW.half}L${foot.x + y * ARROW.half} ${foot.y - x * ARROW.half}Z`;
}
