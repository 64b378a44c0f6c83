/**
 * Where everything on the map stands, by ELK: hosts packed into their subnet, then subnets stacked in zones and zones set beside each other.
 *
 * Two runs, so that a row of subnets has one height and a zone one width: the first packs what is inside, the second places the
 * subnets by their sizes.
 */
import type { ELK, ElkNode } from 'elkjs/lib/elk-api.js';
import type { MapItem, VpcGraph } from './vpcGraph.ts';
import { PERSON, SERVICES } from './way.ts';

export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface VpcLayout {
  readonly width: number;
  readonly height: number;
  /** From the upper left corner of the map: by item, `vpc`, `zone:NAME` and subnet id. */
  readonly boxes: ReadonlyMap<string, Box>;
}

export const VPC = 'vpc';
export const zoneId = (zone: string): string => `zone:${zone}`;

const HOST_HEIGHT = 44;
const SMALL_HEIGHT = 36;
/** All items of a map have one of these, the first that holds its longest pair of addresses. Few, so that an address that comes or goes seldom moves anything. */
const ITEM_WIDTHS = [200, 264, 304] as const;
/** What is beside the text of an item, and a letter of the addresses: see `.map-item` and `.map-item-note`. */
const BESIDE_TEXT = 38;
const LETTER_WIDTH = 6.63;
const OUTSIDE = { width: 176, height: 40 } as const;
/** Lines run through it: see `legPath`. */
const GAP = 12;
/** Room for a subnet's two lines. */
const SUBNET_PADDING = '[top=52,left=12,bottom=12,right=12]';
const SUBNET_MINIMUM_HEIGHT = 68;

function sizeOf({ kind }: Pick<MapItem, 'kind'>, width: number): { readonly width: number; readonly height: number } {
  return { width, height: kind === 'host' ? HOST_HEIGHT : SMALL_HEIGHT };
}

function itemWidth({ items }: VpcGraph): number {
  let letters = 0;
  for (const { kind, note } of items.values()) if (kind === 'host') letters = Math.max(letters, note.length);
  const needed = BESIDE_TEXT + letters * LETTER_WIDTH;
  return ITEM_WIDTHS.find((width) => width >= needed) ?? ITEM_WIDTHS[2];
}

function subnetMinimum(width: number): number {
  return 2 * width + GAP + 24;
}

/** What of a graph its layout depends on: a state that changes moves nothing. */
export function layoutKey(graph: VpcGraph): string {
  return [graph.vpcId, itemWidth(graph), ...graph.gateways.map(({ id }) => id), ...graph.zones.map(({ zone, rows }) => `${zone}=${rows.map((subnet) => (subnet === undefined ? '' : `${subnet.subnetId}:${subnet.items.map(({ id }) => id).join()}`)).join(';')}`)].join('|');
}

export async function layoutVpc(graph: VpcGraph, elk: Pick<ELK, 'layout'>): Promise<VpcLayout> {
  const width = itemWidth(graph);
  const packed: ElkNode = await elk.layout({
    id: 'subnets',
    layoutOptions: { 'elk.algorithm': 'rectpacking' },
    children: [...graph.subnets.values()].map(({ subnetId, items }) => ({
      id: subnetId,
      layoutOptions: { 'elk.algorithm': 'rectpacking', 'elk.rectpacking.widthApproximation.strategy': 'TARGET_WIDTH', 'elk.rectpacking.widthApproximation.targetWidth': String(packedWidth(items.length, width)), 'elk.padding': SUBNET_PADDING, 'elk.spacing.nodeNode': String(GAP) },
      children: items.map((item) => ({ id: item.id, ...sizeOf(item, width) })),
    })),
  });
  const subnets = new Map((packed.children ?? []).map((node) => [node.id, node]));
  const heights = rowHeights(graph, subnets);
  const placed: ElkNode = await elk.layout({
    id: 'root',
    layoutOptions: { ...stacked, 'elk.padding': '[top=16,left=16,bottom=16,right=16]', 'elk.layered.spacing.nodeNodeBetweenLayers': '24', 'elk.spacing.nodeNode': '48' },
    children: [
      { id: PERSON, ...OUTSIDE, layoutOptions: { 'elk.partitioning.partition': '0' } },
      { id: SERVICES, ...OUTSIDE, layoutOptions: { 'elk.partitioning.partition': '0' } },
      {
        id: VPC,
        layoutOptions: { ...stacked, 'elk.partitioning.partition': '1', 'elk.padding': '[top=44,left=14,bottom=14,right=14]', 'elk.layered.spacing.nodeNodeBetweenLayers': '18', 'elk.spacing.nodeNode': '14' },
        children: [
          ...graph.gateways.map((item) => ({ id: item.id, ...sizeOf(item, width), layoutOptions: { 'elk.partitioning.partition': '0' } })),
          ...graph.zones.map(({ zone, rows }): ElkNode => {
            const columnWidth = Math.max(subnetMinimum(width), ...rows.map((subnet) => subnets.get(subnet?.subnetId ?? '')?.width ?? 0));
            return {
              id: zoneId(zone),
              layoutOptions: { ...stacked, 'elk.partitioning.partition': '1', 'elk.padding': '[top=34,left=10,bottom=10,right=10]', 'elk.layered.spacing.nodeNodeBetweenLayers': '10' },
              children: rows.map((subnet, row) => ({ id: subnet?.subnetId ?? `hole:${zone}:${row}`, width: columnWidth, height: heights[row] ?? 0, layoutOptions: { 'elk.partitioning.partition': String(row) } })),
            };
          }),
        ],
      },
    ],
  });
  const boxes = new Map<string, Box>();
  addBoxes(placed, 0, 0, boxes);
  for (const [subnetId, node] of subnets) {
    const box = boxes.get(subnetId);
    if (box !== undefined) for (const child of node.children ?? []) addBoxes(child, box.x, box.y, boxes, true);
  }
  return { width: placed.width ?? 0, height: placed.height ?? 0, boxes };
}

/** One under the other by partition, beside each other within one, in the order given. */
const stacked: Readonly<Record<string, string>> = {
  'elk.algorithm': 'layered',
  'elk.direction': 'DOWN',
  'elk.partitioning.activate': 'true',
  'elk.separateConnectedComponents': 'false',
  'elk.layered.considerModelOrder.strategy': 'NODES_AND_EDGES',
  'elk.layered.crossingMinimization.forceNodeModelOrder': 'true',
};

/** Two beside each other, and more the more there are: about as wide as a screen is. */
function packedWidth(count: number, width: number): number {
  const columns = Math.max(2, Math.round(Math.sqrt(count * 0.25)));
  return columns * (width + GAP) - GAP;
}

function rowHeights(graph: VpcGraph, subnets: ReadonlyMap<string, ElkNode>): number[] {
  const rowCount = graph.zones[0]?.rows.length ?? 0;
  return Array.from({ length: rowCount }, (_, row) => Math.max(SUBNET_MINIMUM_HEIGHT, ...graph.zones.map(({ rows }) => subnets.get(rows[row]?.subnetId ?? '')?.height ?? 0)));
}

function addBoxes(node: ElkNode, left: number, top: number, boxes: Map<string, Box>, itself = false): void {
  const box = { x: left + (node.x ?? 0), y: top + (node.y ?? 0), width: node.width ?? 0, height: node.height ?? 0 };
  if (itself || (node.id !== 'root' && !node.id.startsWith('hole:'))) boxes.set(node.id, box);
  for (const child of node.children ?? []) addBoxes(child, box.x, box.y, boxes);
}
