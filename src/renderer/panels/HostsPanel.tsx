/** The hosts list: filter on top, virtualised rows below, everything by keyboard. Focus stays in the filter; the list follows it. */
import { useVirtualizer } from '@tanstack/react-virtual';
import { useDeferredValue, useEffect, useEffectEvent, useMemo, useRef, useState, type KeyboardEvent } from 'react';
import type { Instance } from '../../contract/instance.ts';
import type { NetworkFacts } from '../../contract/network.ts';
import type { ScopeStatus } from '../../contract/scope.ts';
import { filterEntries, filterInstances } from '../../query/rankedSearch.ts';
import { toHostRows, type HostRow } from '../state/hostRows.ts';
import { usePreparedFilter } from '../state/usePreparedFilter.ts';
import { safeText } from '../ui/safeText.ts';
import { GroupRow, InstanceRow, instanceRowTitle, ScopeRow } from './HostRowView.tsx';

export interface HostsPanelProps {
  readonly instances: ReadonlyMap<string, Instance>;
  readonly scopes: readonly ScopeStatus[];
  readonly network: ReadonlyMap<string, NetworkFacts>;
  readonly foldedGroups: ReadonlySet<string>;
  readonly selectedInstanceId: string | undefined;
  /** Instances that a tab shows. */
  readonly openInstanceIds: ReadonlySet<string>;
  readonly onSelect: (instanceId: string) => void;
  readonly onOpen: (instanceId: string) => void;
  readonly onChooseRoute: (instanceId: string) => void;
  readonly onToggleGroup: (key: string) => void;
  readonly onRetry: () => void;
}

const ROW_PX = 24;

export function HostsPanel(props: HostsPanelProps) {
  const { instances, scopes, network, foldedGroups, selectedInstanceId } = props;
  const [query, setQuery] = useState('');
  const [cursorKey, setCursorKey] = useState<string>();
  const ranked = query.trim() !== '';
  const entries = useMemo(() => (ranked ? filterEntries(instances.values()) : undefined), [instances, ranked]);
  const found = useMemo(() => (entries === undefined ? [...instances.values()] : filterInstances(entries, query)), [instances, entries, query]);
  usePreparedFilter(instances);
  // While a large estate streams in, typing comes before regrouping.
  const grouping = useDeferredValue(useMemo(() => ({ instances: found, scopes, network, folded: foldedGroups }), [found, scopes, network, foldedGroups]));
  const rows = useMemo(() => (ranked ? toHostRows({ instances: found, ranked, scopes, network, folded: foldedGroups }) : toHostRows({ ...grouping, ranked })), [ranked, found, scopes, network, foldedGroups, grouping]);
  const scroller = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: (index) => (rows[index]?.kind === 'scope' ? 36 : ROW_PX),
    getItemKey: (index) => rows[index]?.key ?? index,
    overscan: 8,
  });

  // With a query the best match is where Enter goes, until an arrow key moves away.
  const position = cursorIndex(rows, cursorKey ?? (ranked ? undefined : selectedInstanceId), ranked);
  const current = position === undefined ? undefined : rows[position];

  // Only when the query changes: the list must not jump when a host does.
  const scrollToTop = useEffectEvent(() => virtual.scrollToOffset(0));
  useEffect(() => {
    if (query !== '') scrollToTop();
  }, [query]);

  const moveTo = (index: number): void => {
    const target = Math.max(0, Math.min(rows.length - 1, index));
    const row = rows[target];
    if (row === undefined) return;
    setCursorKey(row.key);
    virtual.scrollToIndex(target);
    if (row.kind === 'instance') props.onSelect(row.instance.instanceId);
  };

  const handleKeyDown = (event: KeyboardEvent): void => {
    if (event.nativeEvent.isComposing) return;
    const page = Math.max(1, Math.floor((scroller.current?.clientHeight ?? 0) / ROW_PX) - 1);
    const at = position ?? -1;
    switch (event.key) {
      case 'ArrowDown':
        moveTo(at + 1);
        break;
      case 'ArrowUp':
        moveTo(at - 1);
        break;
      case 'PageDown':
        moveTo(at + page);
        break;
      case 'PageUp':
        moveTo(at - page);
        break;
      case 'ArrowLeft':
      case 'ArrowRight':
        if (query !== '' || current?.kind !== 'group' || current.folded === (event.key === 'ArrowLeft')) return;
        props.onToggleGroup(current.key);
        break;
      case 'Enter':
        if (current?.kind === 'group') props.onToggleGroup(current.key);
        if (current?.kind === 'scope' && current.status.state === 'failed') props.onRetry();
        if (current?.kind === 'instance') {
          // The keys go to the new tab from here on.
          if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
          (event.shiftKey ? props.onChooseRoute : props.onOpen)(current.instance.instanceId);
        }
        break;
      case 'Escape':
        setQuery('');
        setCursorKey(undefined);
        break;
      default:
        return;
    }
    event.preventDefault();
  };

  return (
    <div className="hosts-panel">
      <div className="filter">
        <input
          id="host-filter"
          type="text"
          role="combobox"
          aria-expanded="true"
          aria-controls="host-list"
          aria-activedescendant={current === undefined ? undefined : rowId(current)}
          aria-label="Filter hosts"
          placeholder="Filter by name, address, tag…"
          spellCheck={false}
          autoComplete="off"
          value={query}
          onFocus={(event) => event.target.select()}
          onChange={(event) => {
            setQuery(event.target.value);
            setCursorKey(undefined);
          }}
          onKeyDown={handleKeyDown}
        />
        <span className="note" role="status">
          {ranked ? `${found.length.toLocaleString()} of ${instances.size.toLocaleString()}` : instances.size.toLocaleString()}
        </span>
      </div>
      <div id="host-list" ref={scroller} className="host-list" role="listbox" aria-label="Hosts" tabIndex={-1} onKeyDown={handleKeyDown}>
        <div style={{ height: virtual.getTotalSize() }} className="host-rows">
          {virtual.getVirtualItems().map((item) => {
            const row = rows[item.index];
            if (row === undefined) return undefined;
            return (
              <div
                key={item.key}
                id={rowId(row)}
                ref={row.kind === 'scope' ? virtual.measureElement : undefined}
                data-index={item.index}
                className={`host-row ${row.kind}${row === current ? ' cursor' : ''}${row.kind === 'instance' && props.openInstanceIds.has(row.instance.instanceId) ? ' open' : ''}${row.kind === 'scope' ? '' : ` level-${row.level}`}`}
                style={{ transform: `translateY(${item.start}px)` }}
                {...rowAttributes(row, row === current)}
                onMouseDown={(event) => {
                  if (event.button !== 0) return;
                  setCursorKey(row.key);
                  if (row.kind === 'instance') props.onSelect(row.instance.instanceId);
                  if (row.kind === 'group') props.onToggleGroup(row.key);
                }}
                onDoubleClick={(event) => {
                  if (row.kind === 'instance') (event.shiftKey ? props.onChooseRoute : props.onOpen)(row.instance.instanceId);
                }}
              >
                {row.kind === 'group' ? <GroupRow row={row} /> : row.kind === 'instance' ? <InstanceRow instance={row.instance} /> : <ScopeRow status={row.status} onRetry={props.onRetry} />}
              </div>
            );
          })}
        </div>
        {ranked && found.length === 0 ? <p className="note padded">No host matches “{safeText(query.trim())}”. Esc clears the filter.</p> : undefined}
      </div>
    </div>
  );
}

function rowId(row: HostRow): string {
  return `row-${row.key}`;
}

function rowAttributes(row: HostRow, selected: boolean) {
  switch (row.kind) {
    case 'group':
      return { role: 'option', 'aria-selected': selected };
    case 'instance':
      return { role: 'option', 'aria-selected': selected, title: instanceRowTitle(row.instance), 'data-instance-id': row.instance.instanceId, 'data-state': row.instance.state };
    case 'scope':
      return { role: 'option', 'aria-selected': selected };
  }
}

function cursorIndex(rows: readonly HostRow[], key: string | undefined, ranked: boolean): number | undefined {
  const index = key === undefined ? -1 : rows.findIndex((row) => row.key === key);
  if (index >= 0) return index;
  return ranked && rows.length > 0 ? 0 : undefined;
}
