/** The things on the map: frames (VPC, zones, subnets) and what stands in them. Text is text: nothing a tag holds becomes markup. */
import { listText } from '../i18n/locale.ts';
import { memo, useContext, useEffect, useLayoutEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import type { Node, NodeProps, NodeTypes } from '@xyflow/react';
import { dotShape, StateDot, type DotShape } from '../panels/StateDot.tsx';
import { itemLabel, shownNote, subnetNote } from './itemWords.ts';
import type { Box } from './layoutVpc.ts';
import { MapMarksContext, type MapMarks } from './mapMarks.ts';
import { isFilled, itemMarks, statePath } from './shapes.ts';
import type { MapItem, MapSubnet } from './vpcGraph.ts';

export type FrameNode = Node<{ readonly title: string; readonly note: string; readonly look: 'vpc' | 'zone' }, 'frame'>;
export type OutsideNode = Node<{ readonly title: string; readonly mark: 'person' | 'aws' }, 'outside'>;
/** `dots`: its hosts are too many and too small to be drawn one by one; their boxes, from the subnet's corner. */
export type SubnetNode = Node<{ readonly subnet: MapSubnet; readonly dots: readonly { readonly item: MapItem; readonly box: Box }[] | undefined }, 'subnet'>;
export type ItemNode = Node<{ readonly item: MapItem }, 'item'>;
export type MapNode = FrameNode | OutsideNode | SubnetNode | ItemNode;

/** Of a dot, from its centre. */
const DOT_PX = 15;

const Frame = memo(function Frame({ data }: NodeProps<FrameNode>) {
  return (
    <div className={`map-frame ${data.look}`}>
      <div className="map-frame-title">
        <strong>{data.title}</strong> <span className="note">{data.note}</span>
      </div>
    </div>
  );
});

const Outside = memo(function Outside({ id, data }: NodeProps<OutsideNode>) {
  const onWay = useContext(MapMarksContext)?.onWay.has(id) === true;
  return (
    <div className={`map-item outside${onWay ? ' on-way' : ''}`}>
      <Mark path={itemMarks[data.mark]} />
      <span className="map-item-name">{data.title}</span>
    </div>
  );
});

const Subnet = memo(function Subnet({ data: { subnet, dots } }: NodeProps<SubnetNode>) {
  const { t } = useTranslation();
  const marks = useContext(MapMarksContext);
  const selected = marks?.selectedId === subnet.subnetId;
  const ref = useMapFocus(subnet.subnetId, selected, marks);
  if (marks === undefined) return undefined;
  const note = subnetNote(subnet, marks.graph, t);
  return (
    <div className={`map-frame subnet ${subnet.kind}${selected ? ' selected' : ''}`}>
      <button ref={ref} type="button" className="map-frame-title" tabIndex={selected ? 0 : -1} aria-pressed={selected} data-map-id={subnet.subnetId} aria-label={listText([t('map.subnet', { name: subnet.name }), subnet.cidrBlock, note, t('map.hosts', { count: subnet.hostCount })].filter((part) => part !== undefined))}>
        <span>
          <strong>{subnet.name}</strong> <span className="note">{subnet.cidrBlock}</span>
        </span>{' '}
        <span className="note map-frame-note">{note}</span>
      </button>
      {dots === undefined ? undefined : <Dots dots={dots} found={marks.found} />}
    </div>
  );
});

/** A few paths for any number of hosts. */
function Dots({ dots, found }: { readonly dots: readonly { readonly item: MapItem; readonly box: Box }[]; readonly found: ReadonlySet<string> | undefined }) {
  const paths = new Map<string, { readonly shape: DotShape; readonly dim: boolean; d: string }>();
  for (const { item, box } of dots) {
    if (item.instance === undefined) continue;
    const shape = dotShape(item.instance);
    const dim = found !== undefined && !found.has(item.id);
    const key = `${shape}${String(dim)}`;
    const path = paths.get(key) ?? { shape, dim, d: '' };
    path.d += statePath(shape, box.x + box.width / 2, box.y + box.height / 2, DOT_PX);
    paths.set(key, path);
  }
  return (
    <svg className="map-dots" aria-hidden="true" data-dots={dots.length}>
      {[...paths].map(([key, { shape, dim, d }]) => (
        <path key={key} className={`map-dot ${shape}${isFilled(shape) ? ' filled' : ''}${dim ? ' dim' : ''}`} d={d} />
      ))}
    </svg>
  );
}

const Item = memo(function Item({ data: { item } }: NodeProps<ItemNode>) {
  const { t } = useTranslation();
  const marks = useContext(MapMarksContext);
  const selected = marks?.selectedId === item.id;
  const ref = useMapFocus(item.id, selected, marks);
  if (marks === undefined) return undefined;
  const dim = marks.found !== undefined && !marks.found.has(item.id);
  const label = itemLabel(item, marks.graph, t);
  const isHost = item.kind === 'host';
  return (
    <button
      ref={ref}
      type="button"
      className={`map-item ${item.kind}${selected ? ' selected' : ''}${dim ? ' dim' : ''}${marks.onWay.has(item.id) ? ' on-way' : ''}${item.down === true ? ' down' : ''}`}
      tabIndex={selected ? 0 : -1}
      aria-pressed={selected}
      aria-label={label}
      title={label}
      data-map-id={item.id}
      data-state={item.instance?.state}
    >
      {item.kind === 'host' ? item.instance === undefined ? undefined : <StateDot instance={item.instance} /> : <Mark path={itemMarks[item.kind]} />}
      <span className="map-item-text">
        <span className="map-item-name">{item.name}</span>{' '}
        <span className={`map-item-note${isHost ? ' mono' : ''}`}>{shownNote(item, t)}</span>
      </span>
      {item.interfaces === undefined ? undefined : (
        <span className="map-interfaces" aria-hidden="true">
          {item.interfaces.map(({ networkInterfaceId, address }) => (
            <span key={networkInterfaceId} title={`${networkInterfaceId} · ${address}`} />
          ))}
        </span>
      )}
    </button>
  );
});

function Mark({ path }: { readonly path: string }) {
  return (
    <svg className="icon" viewBox="0 0 16 16" aria-hidden="true" focusable="false">
      <path d={path} />
    </svg>
  );
}

/** Takes the focus when it is wanted here, and gives it to the map when this leaves the screen with it. */
function useMapFocus(id: string, selected: boolean, marks: MapMarks | undefined) {
  const ref = useRef<HTMLButtonElement>(null);
  const onFocusLost = marks?.onFocusLost;
  useEffect(() => {
    if (selected && marks?.takesFocus(id) === true) ref.current?.focus({ preventScroll: true });
  }, [selected, id, marks]);
  useLayoutEffect(() => {
    const button = ref.current;
    return () => {
      if (button !== null && button === document.activeElement) onFocusLost?.();
    };
  }, [onFocusLost]);
  return ref;
}

export const mapNodeTypes = { frame: Frame, outside: Outside, subnet: Subnet, item: Item } satisfies NodeTypes;
