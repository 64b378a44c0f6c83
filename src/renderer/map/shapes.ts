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

/** A curve from stop to stop, leaving and arriving at the sides that face each other, and the point of an arrow at its end. */
export function legPath(boxes: readonly Box[]): { readonly line: string; readonly arrow: string } {
  const lines: string[] = [];
  let arrow = '';
  for (const [index, to] of boxes.entries()) {
    const from = boxes[index - 1];
    if (from === undefined) continue;
    const { start, end, down } = facingSides(from, to);
    const half = down ? (end.y - start.y) / 2 : (end.x - start.x) / 2;
    lines.push(down ? `M${start.x} ${start.y}C${start.x} ${start.y + half} ${end.x} ${end.y - half} ${end.x} ${end.y}` : `M${start.x} ${start.y}C${start.x + half} ${start.y} ${end.x - half} ${end.y} ${end.x} ${end.y}`);
    const back = Math.sign(half) * -9;
    arrow = down ? `M${end.x} ${end.y}l-5 ${back}h10Z` : `M${end.x} ${end.y}l${back} -5v10Z`;
  }
  return { line: lines.join(''), arrow };
}

function facingSides(from: Box, to: Box) {
  const middle = (box: Box) => ({ x: box.x + box.width / 2, y: box.y + box.height / 2 });
  const below = to.y >= from.y + from.height;
  if (below || from.y >= to.y + to.height) {
    return { start: { x: middle(from).x, y: below ? from.y + from.height : from.y }, end: { x: middle(to).x, y: below ? to.y : to.y + to.height }, down: true };
  }
  const right = to.x >= from.x + from.width;
  return { start: { x: right ? from.x + from.width : from.x, y: middle(from).y }, end: { x: right ? to.x : to.x + to.width, y: middle(to).y }, down: false };
}
