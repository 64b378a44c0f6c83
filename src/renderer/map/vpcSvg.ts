/**
 * The map as an SVG document of its own: made from the laid-out graph, not from the page. Pure.
 *
 * It holds shapes and text only: no script, no style sheet, no link, nothing from elsewhere. Every text is escaped, and what XML
 * cannot hold is replaced.
 */
import type { TFunction } from 'i18next';
import { dotShape } from '../panels/StateDot.tsx';
import { itemLabel, itemNote, subnetNote } from './itemWords.ts';
import { VPC, zoneId, type Box, type VpcLayout } from './layoutVpc.ts';
import { isFilled, itemMarks, legPath, statePath } from './shapes.ts';
import type { MapItem, VpcGraph } from './vpcGraph.ts';
import { PERSON, SERVICES, type Way } from './way.ts';

/** Colours by the names of tokens.css, without the dashes. */
export type Palette = Readonly<Record<'ground' | 'side' | 'raised' | 'line' | 'line-strong' | 'text' | 'text-dim' | 'accent' | 'ok' | 'warn' | 'bad', string>>;
export const paletteNames = ['ground', 'side', 'raised', 'line', 'line-strong', 'text', 'text-dim', 'accent', 'ok', 'warn', 'bad'] as const;

export interface VpcSvgInput {
  readonly graph: VpcGraph;
  readonly layout: VpcLayout;
  readonly way: Way | undefined;
  readonly palette: Palette;
}

export function toVpcSvg({ graph, layout, way, palette }: VpcSvgInput, t: TFunction): string {
  const parts: string[] = [];
  const at = (id: string, draw: (box: Box) => string): void => {
    const box = layout.boxes.get(id);
    if (box !== undefined) parts.push(draw(box));
  };
  at(VPC, (box) => rectangle(box, palette.side, palette['line-strong'], 6) + text(box.x + 14, box.y + 27, graph.name, box.width * 0.5, { fill: palette.text, size: 15, bold: true }) + text(box.x + box.width - 14, box.y + 27, [graph.vpcId, ...graph.cidrBlocks].join(' · '), box.width * 0.45, { fill: palette['text-dim'], size: 12, end: true }));
  for (const { zone, rows } of graph.zones) {
    at(zoneId(zone), (box) => rectangle(box, palette.ground, palette.line, 5, '4 3') + text(box.x + 24, box.y + 22, zone === '' ? t('map.zoneUnknown') : t('map.zone', { zone }), box.width - 20, { fill: palette['text-dim'], size: 12, bold: true }));
    for (const subnet of rows) {
      if (subnet === undefined) continue;
      at(subnet.subnetId, (box) => {
        const bar = `<path d="M${box.x + 1.5} ${box.y + 3}v${box.height - 6}" stroke="${subnet.kind === 'public' ? palette.ok : subnet.kind === 'private' ? palette.accent : palette['line-strong']}" stroke-width="3"/>`;
        return rectangle(box, palette.side, palette.line, 4) + bar + text(box.x + 12, box.y + 19, [subnet.name, subnet.cidrBlock].filter((part) => part !== undefined).join('  '), box.width - 20, { fill: palette.text, size: 12, bold: true }) + text(box.x + 12, box.y + 36, subnetNote(subnet, graph, t), box.width - 20, { fill: palette['text-dim'], size: 12 });
      });
    }
  }
  for (const { from, to } of graph.interfaceLinks) parts.push(`<path d="${legPath(boxesOf([from, to], layout)).line}" fill="none" stroke="${palette['text-dim']}" stroke-width="1.2" stroke-dasharray="3 3"/>`);
  at(PERSON, (box) => card(box, palette, way?.places.has(PERSON) === true) + mark(itemMarks.person, box, palette) + text(box.x + 34, box.y + 25, t('map.you'), box.width - 40, { fill: palette.text, size: 13 }));
  at(SERVICES, (box) => card(box, palette, way?.places.has(SERVICES) === true) + mark(itemMarks.aws, box, palette) + text(box.x + 34, box.y + 25, t('map.services'), box.width - 40, { fill: palette.text, size: 13 }));
  for (const item of graph.items.values()) at(item.id, (box) => itemPicture(item, box, graph, palette, way?.places.has(item.id) === true, t));
  for (const { stops, sure } of way?.legs ?? []) {
    const { line, arrow } = legPath(boxesOf(stops, layout));
    parts.push(`<g data-way="${escaped(stops.join(' '))}"><path d="${line}" fill="none" stroke="${palette.ground}" stroke-width="6"/><path d="${line}" fill="none" stroke="${palette.accent}" stroke-width="2.5"${sure ? '' : ' stroke-dasharray="6 4"'}/><path d="${arrow}" fill="${palette.accent}"/></g>`);
  }
  const title = t('map.label', { vpc: graph.name });
  const [width, height] = [Math.ceil(layout.width), Math.ceil(layout.height)];
  return `<?xml version="1.0" encoding="UTF-8"?>
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" font-family="system-ui, 'Segoe UI', Roboto, 'Noto Sans', 'Noto Sans CJK JP', 'DejaVu Sans', sans-serif">
<title>${escaped(title)}</title>
<rect width="100%" height="100%" fill="${palette.ground}"/>
${parts.join('\n')}
</svg>
`;
}

function itemPicture(item: MapItem, box: Box, graph: VpcGraph, palette: Palette, onWay: boolean, t: TFunction): string {
  const label = `<title>${escaped(itemLabel(item, graph, t))}</title>`;
  const shape = item.kind === 'host' && item.instance !== undefined ? dotShape(item.instance) : undefined;
  const colour = shape === 'running' ? palette.ok : shape === 'impaired' ? palette.bad : shape === 'changing' ? palette.warn : palette['text-dim'];
  const sign = shape !== undefined ? `<path d="${statePath(shape, box.x + 17, box.y + box.height / 2, 5)}" ${isFilled(shape) ? `fill="${colour}"` : `fill="none" stroke="${colour}" stroke-width="1.6"`}/>` : item.kind === 'host' ? '' : mark(itemMarks[item.kind], box, palette);
  const interfaces = (item.interfaces ?? []).map((_, index) => `<rect x="${box.x + box.width - 12 - index * 9}" y="${box.y + box.height - 3}" width="6" height="6" fill="${palette.raised}" stroke="${palette['text-dim']}"/>`).join('');
  const middle = box.y + box.height / 2;
  return `<g data-kind="${item.kind}" data-id="${escaped(item.id)}">${label}${card(box, palette, onWay)}${sign}${text(box.x + 34, middle - 3, item.name, box.width - 42, { fill: palette.text, size: 13 })}${text(box.x + 34, middle + 12, itemNote(item, t), box.width - 42, { fill: palette['text-dim'], size: 11 })}${interfaces}</g>`;
}

function card(box: Box, palette: Palette, onWay: boolean): string {
  return rectangle(box, palette.raised, onWay ? palette.accent : palette['line-strong'], 4, undefined, onWay ? 2 : 1);
}

function rectangle({ x, y, width, height }: Box, fill: string, stroke: string, radius: number, dashes?: string, thickness = 1): string {
  return `<rect x="${x}" y="${y}" width="${width}" height="${height}" rx="${radius}" fill="${fill}" stroke="${stroke}" stroke-width="${thickness}"${dashes === undefined ? '' : ` stroke-dasharray="${dashes}"`}/>`;
}

function mark(path: string, box: Box, palette: Palette): string {
  return `<path transform="translate(${box.x + 9} ${box.y + box.height / 2 - 8})" d="${path}" fill="none" stroke="${palette['text-dim']}" stroke-width="1.4"/>`;
}

function text(x: number, y: number, value: string, width: number, { fill, size, bold = false, end = false }: { readonly fill: string; readonly size: number; readonly bold?: boolean; readonly end?: boolean }): string {
  return `<text x="${x}" y="${y}" fill="${fill}" font-size="${size}"${bold ? ' font-weight="600"' : ''}${end ? ' text-anchor="end"' : ''}>${escaped(fitted(value, width / size))}</text>`;
}

/** Cut to a width in ems: 0.58 a Latin letter, 1 what is wide (CJK, emoji). */
export function fitted(value: string, ems: number): string {
  const kept: string[] = [];
  let used = 0;
  for (const character of value) {
    used += (character.codePointAt(0) ?? 0) >= 0x1100 ? 1 : 0.58;
    if (used > ems) return `${kept.slice(0, -1).join('')}…`;
    kept.push(character);
  }
  return value;
}

/** For text and for attributes in double quotes. Characters that XML 1.0 forbids, lone surrogates among them, become U+FFFD. */
export function escaped(value: string): string {
  return value
    .replace(/[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/gu, '\u{fffd}')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}

function boxesOf(stops: readonly string[], layout: VpcLayout): Box[] {
  return stops.flatMap((stop) => layout.boxes.get(stop) ?? []);
}
