/** The nodes that React Flow draws for a graph and its layout. Pure. */
import type { TFunction } from 'i18next';
import { VPC, zoneId, type Box, type VpcLayout } from './layoutVpc.ts';
import type { MapNode } from './mapNodes.tsx';
import type { MapItem, MapSubnet, VpcGraph } from './vpcGraph.ts';
import { PERSON, SERVICES } from './way.ts';

/** A subnet of more hosts is drawn as dots while they are too small to be read. */
const DOTS_ABOVE_HOSTS = 40;
/** Scale below which they are. */
export const READABLE_ZOOM = 0.45;

export interface MapNodesInput {
  readonly graph: VpcGraph;
  readonly layout: VpcLayout;
  /** Scale is below READABLE_ZOOM. */
  readonly far: boolean;
  /** Drawn whole also among dots: what is selected and its way in. */
  readonly whole: ReadonlySet<string>;
}

export function toMapNodes({ graph, layout, far, whole }: MapNodesInput, t: TFunction): MapNode[] {
  const nodes: MapNode[] = [];
  const put = (id: string, zIndex: number, rest: (box: Box) => Pick<MapNode, 'type' | 'data'>): void => {
    const box = layout.boxes.get(id);
    if (box === undefined) return;
    // React Flow draws every node whose handles it has not measured, in sight or not: told that there are none, it leaves out what is out of sight from the start.
    nodes.push({ ...rest(box), id, position: { x: box.x, y: box.y }, width: box.width, height: box.height, zIndex, handles: [] } as MapNode);
  };
  put(PERSON, 3, () => ({ type: 'outside', data: { title: t('map.you'), mark: 'person' } }));
  put(SERVICES, 3, () => ({ type: 'outside', data: { title: t('map.services'), mark: 'aws' } }));
  put(VPC, 0, () => ({ type: 'frame', data: { title: graph.name, note: [...(graph.name === graph.vpcId ? [] : [graph.vpcId]), ...graph.cidrBlocks].join(' · '), look: 'vpc' } }));
  for (const item of graph.gateways) put(item.id, 3, () => ({ type: 'item', data: { item } }));
  for (const { zone, rows } of graph.zones) {
    put(zoneId(zone), 1, () => ({ type: 'frame', data: { title: zone === '' ? t('map.zoneUnknown') : t('map.zone', { zone }), note: '', look: 'zone' } }));
    for (const subnet of rows) {
      if (subnet === undefined) continue;
      const asDots = isDots(subnet, far);
      const drawn = asDots ? subnet.items.filter((item) => item.kind !== 'host' || whole.has(item.id)) : subnet.items;
      put(subnet.subnetId, 2, (box) => ({ type: 'subnet', data: { subnet, dots: asDots ? dotsOf(subnet, box, layout, whole) : undefined } }));
      for (const item of drawn) put(item.id, 3, () => ({ type: 'item', data: { item } }));
    }
  }
  return nodes;
}

export function isDots({ hostCount }: MapSubnet, far: boolean): boolean {
  return far && hostCount > DOTS_ABOVE_HOSTS;
}

function dotsOf({ items }: MapSubnet, subnetBox: Box, layout: VpcLayout, whole: ReadonlySet<string>): { readonly item: MapItem; readonly box: Box }[] {
  return items.flatMap((item) => {
    const box = layout.boxes.get(item.id);
    return item.kind !== 'host' || whole.has(item.id) || box === undefined ? [] : [{ item, box: { ...box, x: box.x - subnetBox.x, y: box.y - subnetBox.y } }];
  });
}
