/** The hosts list: filter on top, virtualised rows below, everything by keyboard. Focus stays in the filter; the list follows it. */
import { observeElementRect, useVirtualizer, type Rect, type Virtualizer } from '@tanstack/react-virtual';
import { useEffect, useEffectEvent, useMemo, useRef, useState, type KeyboardEvent, type MouseEvent, type ReactNode } from 'react';
import { flushSync } from 'react-dom';
import { useTranslation } from 'react-i18next';
import type { Instance } from '../../contract/instance.ts';
import type { NetworkFacts } from '../../contract/network.ts';
import { scopeKey, type ScopeStatus } from '../../contract/scope.ts';
import type { Settings } from '../../contract/settings.ts';
import type { ConfigHost } from '../../contract/sshConfig.ts';
import { toFilterContext } from '../../query/filterContext.ts';
import { parseHostFilter } from '../../query/hostFilter.ts';
import { prepareIndex } from '../../query/preparedIndex.ts';
import { createHostSearch } from '../../query/rankedSearch.ts';
import { arranging } from '../state/hostGroups.ts';
import { toHostRows, type HostRow, type HostRows } from '../state/hostRows.ts';
import { useCalm } from '../state/useCalm.ts';
import { whenIdle } from '../state/whenIdle.ts';
import { Button } from '../ui/Button.tsx';
import { Dialog } from '../ui/Dialog.tsx';
import { numberText } from '../i18n/locale.ts';
import { safeText } from '../ui/safeText.ts';
import { CONFIG_GROUP, ConfigHostsGroup, matchingConfigHosts } from './ConfigHostsGroup.tsx';
import { HostFilter } from './HostFilter.tsx';
import { HostListRow } from './HostListRow.tsx';
import { GroupRow, ScopeRow } from './HostRowView.tsx';
import { SelectionBar } from './SelectionBar.tsx';
import { NoHostMatches } from './NoHostMatches.tsx';
import { ViewMenu, type ListSettings } from './ViewMenu.tsx';

export interface HostsPanelProps {
  readonly instances: ReadonlyMap<string, Instance>;
  readonly scopes: readonly ScopeStatus[];
  readonly network: ReadonlyMap<string, NetworkFacts>;
  readonly list: ListSettings;
  /** The hosts of ~/.ssh/config; shown below EC2's. */
  readonly configHosts?: readonly ConfigHost[];
  /** What the person calls an account, by its id. */
  readonly accountLabels: ReadonlyMap<string, string>;
  readonly foldedGroups: ReadonlySet<string>;
  readonly selectedInstanceId: string | undefined;
  /** Instances that a tab shows. */
  readonly openInstanceIds: ReadonlySet<string>;
  readonly onSelect: (instanceId: string) => void;
  readonly onOpen: (instanceId: string) => void;
  readonly onChooseRoute: (instanceId: string) => void;
  readonly onToggleGroup: (key: string) => void;
  readonly nowMs: number;
  /** Read these again, or stop where one of them is being read. */
  readonly onReadAgain: (statuses: readonly ScopeStatus[]) => void;
  /** The hosts whose rows are on the screen. */
  readonly onShown: (instanceIds: readonly string[]) => void;
  readonly onSignIn: () => void;
  /** How accounts are shown, by account id. */
  readonly accountMarks?: Settings['accounts'];
  readonly onList: (list: ListSettings) => void;
  /** Further actions on hosts that are selected together. */
  readonly selectionActions?: (instanceIds: readonly string[]) => ReactNode;
}

/** Hosts of a large estate are arranged anew this often at most while they stream in or change: the more, the longer it takes. */
const regroupEveryMs = (hosts: number): number => (hosts <= LARGE_ESTATE ? 0 : Math.max(250, hosts / 40));
const LARGE_ESTATE = 2000;
/** So that the first key after a change finds the index made. */
const prepareTold = ({ instances }: { readonly instances: ReadonlyMap<string, Instance> }, hasTime: () => boolean): boolean => prepareIndex(instances, hasTime);
/** More sessions than this at once are asked about first. */
const ASK_ABOVE = 5;
const ROW_PX = 24;

export function HostsPanel(props: HostsPanelProps) {
  const { instances, foldedGroups, selectedInstanceId, list, accountLabels } = props;
  const { t } = useTranslation();
  const [query, setQuery] = useState('');
  const [cursorKey, setCursorKey] = useState<string>();
  const [marked, setMarked] = useState<ReadonlySet<string>>(none);
  const [asking, setAsking] = useState<readonly string[]>();
  const pinned = useMemo(() => new Set(list.pinned), [list.pinned]);
  const told = useMemo(() => ({ instances, scopes: props.scopes, network: props.network }), [instances, props.scopes, props.network]);
  const { instances: listed, scopes, network } = useCalm(told, regroupEveryMs(instances.size), prepareTold);
  const context = useMemo(() => toFilterContext({ instances: listed, network: network.values(), accountLabels, pinned }), [listed, network, accountLabels, pinned]);
  const filter = useMemo(() => parseHostFilter(query, context), [query, context]);
  const filtered = filter.words.length > 0 || filter.hasFields;
  const ranked = filter.words.length > 0;
  const [search] = useState(() => createHostSearch({ withoutWords: 'as-they-came' }));
  const all = useMemo(() => [...listed.values()], [listed]);
  const found = useMemo(() => (filtered ? search(listed, filter) : all), [search, listed, all, filtered, filter]);
  const configHosts = useMemo(() => matchingConfigHosts(props.configHosts ?? [], query), [props.configHosts, query]);
  const words = useMemo(() => ({ pinned: t('hosts.pinned'), noVpc: t('hosts.noVpc'), noTag: (key: string) => t('hosts.noTag', { key: safeText(key) }) }), [t]);
  const rows = useMemo(
    () => toHostRows({ instances: found, all, ranked, scopes: filtered ? scopes.filter(({ state }) => state !== 'ready') : scopes, network, folded: foldedGroups, groupBy: list.groupBy, pinned, accountLabels, words }),
    [found, all, ranked, filtered, scopes, network, foldedGroups, list.groupBy, pinned, accountLabels, words],
  );
  // Groups that no filter has shown yet. While no group is shown, those of a list that changes every second need not follow it.
  useEffect(() => (all.length > LARGE_ESTATE && !ranked ? whenIdle(arranging(all, list.groupBy)) : undefined), [all, list.groupBy, ranked]);
  const scroller = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer<HTMLDivElement, Element>({
    count: rows.count,
    getScrollElement: () => scroller.current,
    // No key of its own for each of 50,000 rows: positions are the keys here, and sizes are measured again when rows move.
    estimateSize: (index) => (rows.scopeRows.has(index) ? 36 : ROW_PX),
    overscan: 8,
    observeElementRect: observeDrawnRect,
  });

  const rememberedAt = useMemo(() => new Map(scopes.flatMap(({ remembered, refreshedAt, scope }) => (remembered === true && refreshedAt !== undefined ? [[scopeKey(scope), refreshedAt] as const] : []))), [scopes]);
  const items = virtual.getVirtualItems();
  const shownIds = items.flatMap(({ index }) => {
    const row = rows.at(index);
    return row?.kind === 'instance' ? [row.instance.instanceId] : [];
  });
  const tellShown = useEffectEvent(() => props.onShown(shownIds));
  const shownText = shownIds.join();
  useEffect(() => tellShown(), [shownText]);

  // With a query the best match is where Enter goes, until an arrow key moves away.
  const position = cursorIndex(rows, cursorKey ?? (ranked ? undefined : selectedInstanceId), ranked);
  const current = position === undefined ? undefined : rows.at(position);

  const measureAgain = useEffectEvent(() => {
    virtual.measure();
    // That forgets the heights of rows that are there already, and nothing would tell them again. They are compared with what is
    // laid out: once without them.
    virtual.getTotalSize();
    for (const element of scroller.current?.querySelectorAll('.host-row.scope') ?? []) virtual.measureElement(element);
  });
  const tallRows = [...rows.scopeRows].join();
  useEffect(() => measureAgain(), [tallRows]);

  // Only when the query changes: the list must not jump when a host does.
  const scrollToTop = useEffectEvent(() => {
    if (virtual.scrollOffset !== 0) virtual.scrollToOffset(0);
  });
  useEffect(() => {
    if (query !== '') scrollToTop();
  }, [query]);

  const moveTo = (index: number, extend = false): void => {
    const target = Math.max(0, Math.min(rows.count - 1, index));
    const row = rows.at(target);
    if (row === undefined) return;
    setCursorKey(row.key);
    virtual.scrollToIndex(target);
    if (row.kind === 'instance') {
      props.onSelect(row.instance.instanceId);
      if (extend) mark([...(current?.kind === 'instance' ? [current.instance.instanceId] : []), row.instance.instanceId], true);
    }
  };

  const mark = (instanceIds: readonly string[], on: boolean): void =>
    setMarked((before) => {
      const after = new Set(before);
      for (const instanceId of instanceIds) if (on) after.add(instanceId); else after.delete(instanceId);
      return after;
    });
  /** The hosts between the cursor and a row, both included. */
  const between = (index: number): string[] => {
    const from = position ?? index;
    const ids: string[] = [];
    for (let at = Math.min(from, index); at <= Math.max(from, index); at += 1) {
      const row = rows.at(at);
      if (row?.kind === 'instance') ids.push(row.instance.instanceId);
    }
    return ids;
  };
  const handleRowMouseDown = (event: MouseEvent): void => {
    const index = indexAt(event);
    const row = rows.at(index);
    if (event.button !== 0 || row === undefined) return;
    if (row.kind === 'instance' && (event.ctrlKey || event.metaKey)) mark([row.instance.instanceId], !marked.has(row.instance.instanceId));
    else if (row.kind === 'instance' && event.shiftKey) mark(between(index), true);
    else if (row.kind === 'instance') setMarked(none);
    setCursorKey(row.key);
    if (row.kind === 'instance') props.onSelect(row.instance.instanceId);
    if (row.kind === 'group') props.onToggleGroup(row.key);
  };
  const handleRowDoubleClick = (event: MouseEvent): void => {
    const row = rows.at(indexAt(event));
    if (row?.kind === 'instance') (event.shiftKey ? props.onChooseRoute : props.onOpen)(row.instance.instanceId);
  };
  const chosen = [...marked].filter((instanceId) => instances.has(instanceId));
  const openAll = (instanceIds: readonly string[]): void => {
    for (const instanceId of instanceIds) props.onOpen(instanceId);
    setMarked(none);
    setAsking(undefined);
  };

  const handleKeyDown = (event: KeyboardEvent): void => {
    if (event.nativeEvent.isComposing) return;
    const page = Math.max(1, Math.floor((scroller.current?.clientHeight ?? 0) / ROW_PX) - 1);
    const at = position ?? -1;
    switch (event.key) {
      case 'ArrowDown':
        moveTo(at + 1, event.shiftKey);
        break;
      case 'ArrowUp':
        moveTo(at - 1, event.shiftKey);
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
        // Nothing of EC2 is meant: the first host of ~/.ssh/config is.
        if (current === undefined && query.trim() !== '' && configHosts[0] !== undefined) {
          if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
          props.onOpen(configHosts[0].hostId);
        }
        if (current?.kind === 'group') {
          if (event.shiftKey && current.statuses !== undefined) props.onReadAgain(current.statuses);
          else props.onToggleGroup(current.key);
        }
        if (current?.kind === 'scope' && (current.status.state === 'failed' || (current.status.state === 'loading' && event.shiftKey))) props.onReadAgain([current.status]);
        if (current?.kind === 'scope' && current.status.state === 'needs-sign-in') props.onSignIn();
        if (current?.kind === 'instance') {
          // The keys go to the new tab from here on.
          if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
          (event.shiftKey ? props.onChooseRoute : props.onOpen)(current.instance.instanceId);
        }
        break;
      case 'Escape':
        setMarked(none);
        setQuery('');
        setCursorKey(undefined);
        break;
      default:
        return;
    }
    event.preventDefault();
  };

  const changeQuery = (next: string): void => {
    setQuery(next);
    setCursorKey(undefined);
  };

  return (
    <div className="hosts-panel">
      <div className="filter">
        <HostFilter
          query={query}
          instances={listed}
          context={context}
          problems={filter.problems}
          count={filtered ? t('hosts.found', { found: numberText(found.length), all: numberText(instances.size) }) : numberText(instances.size)}
          activeRowId={current === undefined ? undefined : rowId(current)}
          onChange={changeQuery}
          onKeyDown={handleKeyDown}
        />
        <ViewMenu list={list} query={query} instances={listed} onChange={props.onList} onQuery={changeQuery} />
      </div>
      {/* A list box may hold rows only. */}
      {filtered && found.length === 0 && configHosts.length === 0 ? <NoHostMatches query={query} /> : undefined}
      <div id="host-list" ref={scroller} className="host-list" role="listbox" aria-label={t('hosts.list')} aria-multiselectable="true" tabIndex={-1} onKeyDown={handleKeyDown}>
        <div style={{ height: virtual.getTotalSize() }} className="host-rows" onMouseDown={handleRowMouseDown} onDoubleClick={handleRowDoubleClick}>
          {items.map((item) => {
            const row = rows.at(item.index);
            if (row === undefined) return undefined;
            if (row.kind === 'instance') {
              const { instance } = row;
              const seenAt = rememberedAt.get(scopeKey(instance.scope));
              return <HostListRow key={row.key} id={rowId(row)} index={item.index} startPx={item.start} level={row.level} instance={instance} mark={props.accountMarks?.[instance.scope.accountId ?? '']} isCursor={row === current} isMarked={marked.has(instance.instanceId)} isOpen={props.openInstanceIds.has(instance.instanceId)} seenAt={seenAt} nowMs={seenAt === undefined ? undefined : props.nowMs} />;
            }
            return (
              <div
                key={row.key}
                id={rowId(row)}
                ref={row.kind === 'scope' ? virtual.measureElement : undefined}
                data-index={item.index}
                className={`host-row ${row.kind}${row === current ? ' cursor' : ''}${row.kind === 'scope' ? '' : ` level-${row.level}`}`}
                style={{ transform: `translateY(${item.start}px)` }}
                role="option"
                aria-selected={row === current}
              >
                {row.kind === 'group' ? <GroupRow row={row} nowMs={props.nowMs} onReadAgain={props.onReadAgain} /> : <ScopeRow status={row.status} nowMs={props.nowMs} onRetry={row.status.state === 'needs-sign-in' ? props.onSignIn : () => props.onReadAgain([row.status])} onStop={() => props.onReadAgain([row.status])} />}
              </div>
            );
          })}
        </div>
      </div>
      <ConfigHostsGroup
        hosts={configHosts}
        folded={foldedGroups.has(CONFIG_GROUP)}
        selectedHostId={selectedInstanceId}
        openHostIds={props.openInstanceIds}
        onSelect={props.onSelect}
        onOpen={props.onOpen}
        onToggle={() => props.onToggleGroup(CONFIG_GROUP)}
      />
      {chosen.length === 0 ? undefined : (
        <SelectionBar
          count={chosen.length}
          pinned={chosen.every((instanceId) => pinned.has(instanceId))}
          onOpen={() => (chosen.length > ASK_ABOVE ? setAsking(chosen) : openAll(chosen))}
          onPin={(on) => props.onList({ ...list, pinned: on ? [...new Set([...list.pinned, ...chosen])] : list.pinned.filter((instanceId) => !marked.has(instanceId)) })}
          onClear={() => setMarked(none)}
        >
          {props.selectionActions?.(chosen)}
        </SelectionBar>
      )}
      {asking === undefined ? undefined : (
        <Dialog
          title={t('hosts.openMany', { count: asking.length })}
          onClose={() => setAsking(undefined)}
          footer={
            <>
              <Button data-autofocus onClick={() => setAsking(undefined)}>
                {t('common.cancel')}
              </Button>
              <Button look="primary" onClick={() => openAll(asking)}>
                {t('hosts.openSelected')}
              </Button>
            </>
          }
        >
          <p>{t('hosts.openManyText')}</p>
        </Dialog>
      )}
    </div>
  );
}

const none: ReadonlySet<string> = new Set();

/** The list's size. Rows that a change of it brings are drawn in the frame that laid it out, not in another one after that. */
function observeDrawnRect(virtual: Virtualizer<HTMLDivElement, Element>, tell: (rect: Rect) => void) {
  let isFirst = true;
  const stop = observeElementRect(virtual, (rect) => (isFirst ? tell(rect) : flushSync(() => tell(rect))));
  isFirst = false;
  return stop;
}

function rowId(row: HostRow): string {
  return `row-${row.key}`;
}

/** The row under the pointer; -1 where there is none. */
function indexAt({ target }: MouseEvent): number {
  return Number((target instanceof Element ? target.closest('[data-index]')?.getAttribute('data-index') : undefined) ?? -1);
}

function cursorIndex(rows: HostRows, key: string | undefined, ranked: boolean): number | undefined {
  const index = key === undefined ? -1 : rows.indexOf(key);
  if (index >= 0) return index;
  return ranked && rows.count > 0 ? 0 : undefined;
}
