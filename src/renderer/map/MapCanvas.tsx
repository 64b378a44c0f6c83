/** The map itself: panned and zoomed by mouse and keyboard, with the way in to the selected host drawn over it. */
import '@xyflow/react/dist/base.css';
import { getViewportForBounds, Panel, ReactFlow, ReactFlowProvider, useReactFlow, useStore, useStoreApi, ViewportPortal, type ReactFlowState } from '@xyflow/react';
import { useEffect, useEffectEvent, useMemo, useRef, type KeyboardEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { useMedia } from '../state/useMedia.ts';
import { Icon } from '../ui/Icon.tsx';
import type { Box, VpcLayout } from './layoutVpc.ts';
import { MapMarksContext, type MapMarks } from './mapMarks.ts';
import { isDots, READABLE_ZOOM, toMapNodes } from './mapNodeList.ts';
import { mapNodeTypes, type MapNode } from './mapNodes.tsx';
import { neighbour, type Direction } from './neighbour.ts';
import { legPath } from './shapes.ts';
import type { VpcGraph } from './vpcGraph.ts';
import type { Way } from './way.ts';

export interface MapCanvasProps {
  readonly graph: VpcGraph;
  readonly layout: VpcLayout;
  readonly selectedId: string | undefined;
  /** Whether the focus was asked for; only once. */
  readonly takesFocus: (id: string) => boolean;
  readonly found: ReadonlySet<string> | undefined;
  readonly way: Way | undefined;
  readonly wayUsable: 'yes' | 'no' | 'unknown';
  /** @param focus it is to have the focus, too */
  readonly onSelect: (id: string | undefined, focus: boolean) => void;
  readonly onOpen: (instanceId: string) => void;
  readonly onSearch: () => void;
}

const MIN_ZOOM = 0.05;
const MAX_ZOOM = 2;
const MOVE_MS = 120;
const PAN_PX = 120;
const ZOOM_STEP = 1.25;
const FIT = { padding: 0.04, maxZoom: 1 } as const;
const isFar = ({ transform }: ReactFlowState): boolean => transform[2] < READABLE_ZOOM;
const widthOf = (state: ReactFlowState): number => state.width;
const heightOf = (state: ReactFlowState): number => state.height;
const isMeasured = ({ width, height, panZoom }: ReactFlowState): boolean => width > 0 && height > 0 && panZoom !== null;
const noHandlers = { nodesDraggable: false, nodesConnectable: false, nodesFocusable: false, edgesFocusable: false, elementsSelectable: false, zoomOnDoubleClick: false, disableKeyboardA11y: true, deleteKeyCode: null, selectionKeyCode: null, multiSelectionKeyCode: null, panActivationKeyCode: null, zoomActivationKeyCode: null } as const;
const noPlaces: ReadonlySet<string> = new Set();

export function MapCanvas(props: MapCanvasProps) {
  return (
    <ReactFlowProvider>
      <Canvas {...props} />
    </ReactFlowProvider>
  );
}

function Canvas({ graph, layout, selectedId, takesFocus, found, way, wayUsable, onSelect, onOpen, onSearch }: MapCanvasProps) {
  const { t } = useTranslation();
  const flow = useReactFlow<MapNode>();
  const store = useStoreApi();
  const far = useStore(isFar);
  const measured = useStore(isMeasured);
  const calm = useMedia('(prefers-reduced-motion: reduce)');
  const duration = calm ? 0 : MOVE_MS;
  const root = useRef<HTMLDivElement>(null);
  const onWay = way?.places ?? noPlaces;
  const whole = useMemo(() => (selectedId === undefined ? onWay : new Set([...onWay, selectedId])), [onWay, selectedId]);
  const nodes = useMemo(() => toMapNodes({ graph, layout, far, whole }, t), [graph, layout, far, whole, t]);
  const marks = useMemo<MapMarks>(() => ({ graph, selectedId, found, onWay, takesFocus, onFocusLost: () => root.current?.focus({ preventScroll: true }) }), [graph, selectedId, found, onWay, takesFocus]);
  /** Everything an arrow key can go to. */
  const places = useMemo(() => {
    const boxes: [string, Box][] = [];
    const add = (id: string): void => {
      const box = layout.boxes.get(id);
      if (box !== undefined) boxes.push([id, box]);
    };
    for (const id of graph.items.keys()) add(id);
    for (const { subnetId, items } of graph.subnets.values()) if (items.length === 0) add(subnetId);
    return boxes;
  }, [graph, layout]);

  /** Of the zoom that is under way. */
  const zoomGoal = useRef<number>(undefined);
  const fit = (ms: number): void => {
    zoomGoal.current = undefined;
    const { width, height } = store.getState();
    void flow.setViewport(getViewportForBounds({ x: 0, y: 0, width: layout.width, height: layout.height }, width, height, MIN_ZOOM, FIT.maxZoom, FIT.padding), { duration: ms });
  };
  // Until somebody moves the map it shows the whole VPC, also when that grows or the window changes.
  const width = useStore(widthOf);
  const height = useStore(heightOf);
  const fittedVpc = useRef<string>(undefined);
  const touched = useRef(false);
  const showWhole = useEffectEvent(() => {
    if (fittedVpc.current === graph.vpcId && touched.current) return;
    fittedVpc.current = graph.vpcId;
    touched.current = false;
    fit(0);
  });
  useEffect(() => {
    if (measured) showWhole();
  }, [measured, graph.vpcId, layout, width, height]);

  /** Brings what was selected elsewhere into sight. */
  const show = useEffectEvent((id: string) => {
    const box = layout.boxes.get(id);
    if (box === undefined) return;
    const { transform: [left, top, zoom], width, height } = store.getState();
    const inside = box.x * zoom + left >= 0 && box.y * zoom + top >= 0 && (box.x + box.width) * zoom + left <= width && (box.y + box.height) * zoom + top <= height;
    if (inside) return;
    touched.current = true;
    zoomGoal.current = undefined;
    void flow.setCenter(box.x + box.width / 2, box.y + box.height / 2, { zoom, duration });
  });
  useEffect(() => {
    if (measured && selectedId !== undefined) show(selectedId);
  }, [measured, selectedId, graph.vpcId]);

  const select = (id: string | undefined): void => onSelect(id, true);
  const move = (direction: Direction): void => {
    const from = selectedId === undefined ? undefined : layout.boxes.get(selectedId);
    const next = from === undefined ? places[0]?.[0] : neighbour(from, direction, places);
    if (next !== undefined) select(next);
  };
  /** Each step goes on from where the one before will end. */
  const zoom = (factor: number): void => {
    const goal = Math.min(MAX_ZOOM, Math.max(MIN_ZOOM, (zoomGoal.current ?? flow.getZoom()) * factor));
    touched.current = true;
    zoomGoal.current = goal;
    void flow.zoomTo(goal, { duration }).then(() => {
      if (zoomGoal.current === goal) zoomGoal.current = undefined;
    });
  };
  const fitAgain = (): void => {
    touched.current = false;
    fit(duration);
  };
  const pan = (x: number, y: number): void => {
    touched.current = true;
    zoomGoal.current = undefined;
    const viewport = flow.getViewport();
    void flow.setViewport({ ...viewport, x: viewport.x + x, y: viewport.y + y }, { duration });
  };
  const handleKeyDown = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.nativeEvent.isComposing) return;
    const arrow = arrows[event.key];
    const onControl = event.target instanceof HTMLElement && event.target.closest('.map-zoom') !== null;
    if (arrow !== undefined) {
      if (event.shiftKey) pan(-arrow.x * PAN_PX, -arrow.y * PAN_PX);
      else move(arrow.direction);
    } else if (event.key === 'Enter' && !onControl) {
      const item = selectedId === undefined ? undefined : graph.items.get(selectedId);
      if (item?.instance === undefined) return;
      onOpen(item.instance.instanceId);
    } else if (event.key === 'Escape') select(undefined);
    else if (event.key === '/') onSearch();
    else if (event.key === '+' || event.key === '=') zoom(ZOOM_STEP);
    else if (event.key === '-') zoom(1 / ZOOM_STEP);
    else if (event.key === '0') fitAgain();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };

  /** A click on a dot is a click on its host. */
  const handleNodeClick = (event: { readonly clientX: number; readonly clientY: number }, node: MapNode): void => {
    if (node.type === 'item') select(node.id);
    else if (node.type !== 'subnet') onSelect(undefined, false);
    else select((isDots(node.data.subnet, far) ? hostAt(node, flow.screenToFlowPosition({ x: event.clientX, y: event.clientY }), layout) : undefined) ?? node.id);
  };

  return (
    <MapMarksContext value={marks}>
      <ReactFlow<MapNode>
        ref={root}
        className={far ? 'map-canvas far' : 'map-canvas'}
        aria-label={t('map.label', { vpc: graph.name })}
        aria-description={t('map.description')}
        tabIndex={0}
        nodes={nodes}
        nodeTypes={mapNodeTypes}
        minZoom={MIN_ZOOM}
        maxZoom={MAX_ZOOM}
        onlyRenderVisibleElements
        proOptions={{ hideAttribution: true }}
        {...noHandlers}
        onMoveStart={(event) => {
          if (event?.isTrusted !== true) return;
          touched.current = true;
          zoomGoal.current = undefined;
        }}
        onNodeClick={handleNodeClick}
        onNodeDoubleClick={(_event, node) => {
          const instance = node.type === 'item' ? node.data.item.instance : undefined;
          if (instance !== undefined) onOpen(instance.instanceId);
        }}
        onPaneClick={() => onSelect(undefined, false)}
        onKeyDown={handleKeyDown}
      >
        <ViewportPortal>
          <svg className="map-ways" aria-hidden="true">
            {graph.interfaceLinks.map(({ from, to }) => (
              <path key={to} className="map-link" d={legPath(boxesOf([from, to], layout)).line} />
            ))}
            {way?.legs.map(({ stops, sure }) => {
              const { line, arrow } = legPath(boxesOf(stops, layout));
              return (
                <g key={stops.join()} className={`map-way ${wayUsable}${sure ? '' : ' unsure'}`} data-way={stops.join(' ')}>
                  <path className="halo" d={line} />
                  <path className="line" d={line} />
                  <path className="arrow" d={arrow} />
                </g>
              );
            })}
          </svg>
        </ViewportPortal>
        <Panel position="bottom-right" className="map-zoom">
          <button type="button" className="icon-button" title={`${t('map.zoomIn')} (+)`} aria-label={t('map.zoomIn')} onClick={() => zoom(ZOOM_STEP)}>
            <Icon name="plus" />
          </button>
          <button type="button" className="icon-button" title={`${t('map.zoomOut')} (−)`} aria-label={t('map.zoomOut')} onClick={() => zoom(1 / ZOOM_STEP)}>
            <svg className="icon" viewBox="0 0 16 16" aria-hidden="true">
              <path d="M3 8h10" />
            </svg>
          </button>
          <button type="button" className="icon-button" title={`${t('map.fit')} (0)`} aria-label={t('map.fit')} onClick={fitAgain}>
            <svg className="icon" viewBox="0 0 16 16" aria-hidden="true">
              <path d="M2.5 6V2.5H6M10 2.5h3.5V6M13.5 10v3.5H10M6 13.5H2.5V10" />
            </svg>
          </button>
        </Panel>
      </ReactFlow>
    </MapMarksContext>
  );
}

const arrows: Readonly<Record<string, { readonly direction: Direction; readonly x: number; readonly y: number }>> = {
  ArrowLeft: { direction: 'left', x: -1, y: 0 },
  ArrowRight: { direction: 'right', x: 1, y: 0 },
  ArrowUp: { direction: 'up', x: 0, y: -1 },
  ArrowDown: { direction: 'down', x: 0, y: 1 },
};

function boxesOf(stops: readonly string[], layout: VpcLayout): Box[] {
  return stops.flatMap((stop) => layout.boxes.get(stop) ?? []);
}

function hostAt(node: Extract<MapNode, { readonly type?: 'subnet' }>, point: { readonly x: number; readonly y: number }, layout: VpcLayout): string | undefined {
  return node.data.subnet.items.find(({ id }) => {
    const box = layout.boxes.get(id);
    return box !== undefined && point.x >= box.x && point.x <= box.x + box.width && point.y >= box.y && point.y <= box.y + box.height;
  })?.id;
}
