/** The map of one VPC: which one, what is searched for on it, the map, and what is selected with its way in. */
import { useCallback, useDeferredValue, useMemo, useRef, useState, type KeyboardEvent } from 'react';
import { useTranslation } from 'react-i18next';
import type { Instance } from '../../contract/instance.ts';
import type { NetworkFacts } from '../../contract/network.ts';
import { scopeKey, type ScopeStatus } from '../../contract/scope.ts';
import { toFilterContext } from '../../query/filterContext.ts';
import { parseHostFilter, type HostFilter } from '../../query/hostFilter.ts';
import { createHostSearch } from '../../query/rankedSearch.ts';
import type { PlanState } from '../panels/RoutesSection.tsx';
import { announce } from '../ui/announce.tsx';
import { Button } from '../ui/Button.tsx';
import { Icon } from '../ui/Icon.tsx';
import { listText, numberText } from '../i18n/locale.ts';
import { useSaid } from '../i18n/said.ts';
import { safeText } from '../ui/safeText.ts';
import { MapCanvas } from './MapCanvas.tsx';
import { MapFoot } from './MapFoot.tsx';
import { saveSvg } from './saveSvg.ts';
import { useNetworkDetail, type ReadDetail } from './useNetworkDetail.ts';
import { useShownVpc } from './useShownVpc.ts';
import { useVpcLayout } from './useVpcLayout.ts';
import { placeOf, vpcChoices, type VpcChoice } from './vpcChoices.ts';
import { toVpcGraph } from './vpcGraph.ts';
import { toVpcSvg } from './vpcSvg.ts';
import { toWay } from './way.ts';
import './map.css';

/** What the list reads and the map draws. */
const LISTED: ReadonlySet<string> = new Set(['network', 'tunnels', 'interfaces']);

export interface MapViewProps {
  readonly instances: ReadonlyMap<string, Instance>;
  readonly network: ReadonlyMap<string, NetworkFacts>;
  /** Of the list: what a policy hides of it is missing here too. */
  readonly scopes: readonly ScopeStatus[];
  /** What the person calls an account, by its id. */
  readonly accountLabels: ReadonlyMap<string, string>;
  readonly pinned: ReadonlySet<string>;
  readonly selectedInstanceId: string | undefined;
  /** The ways in to the selected host. */
  readonly plan: PlanState;
  readonly linkOpen: boolean;
  readonly onReadDetail: ReadDetail;
  readonly onSelect: (instanceId: string | undefined) => void;
  readonly onOpen: (instanceId: string) => void;
}

export function MapView({ instances, network, scopes, accountLabels, pinned, selectedInstanceId, plan, linkOpen, onReadDetail, onSelect, onOpen }: MapViewProps) {
  const { t } = useTranslation();
  const said = useSaid();
  const choices = useMemo(() => vpcChoices(instances.values(), network.values()), [instances, network]);
  const [shownId, showVpc] = useShownVpc(choices, selectedInstanceId === undefined ? undefined : instances.get(selectedInstanceId));
  const choice = choices.find(({ vpcId }) => vpcId === shownId);
  const profile = choice?.scope.profile;
  const region = choice?.scope.region;
  const scope = useMemo(() => (profile === undefined || region === undefined ? undefined : { profile, region }), [profile, region]);
  const [readTurn, setReadTurn] = useState(0);
  const reading = useNetworkDetail(onReadDetail, scope, shownId, linkOpen, readTurn);
  const facts = scope === undefined ? undefined : network.get(scopeKey(scope));
  const hosts = useMemo(() => new Map([...instances].filter(([, instance]) => instance.vpcId === shownId || instance.networkInterfaces.some(({ vpcId }) => vpcId === shownId))), [instances, shownId]);
  const graph = useMemo(() => (shownId === undefined ? undefined : toVpcGraph({ vpcId: shownId, facts, detail: reading.detail, instances: hosts.values() })), [shownId, facts, reading.detail, hosts]);
  const { laidOut, fault } = useVpcLayout(graph);
  const ofList = scope === undefined ? [] : (scopes.find((status) => scopeKey(status.scope) === scopeKey(scope))?.denied ?? []).filter(({ feature }) => LISTED.has(feature));
  const denied = [...new Set([...(reading.detail?.denied ?? []), ...ofList].map(({ permission }) => permission))];

  // A host is selected in the whole window, anything else on the map alone.
  const [placeId, setPlaceId] = useState<string>();
  const [placeOver, setPlaceOver] = useState(selectedInstanceId);
  if (placeOver !== selectedInstanceId) {
    setPlaceOver(selectedInstanceId);
    setPlaceId(undefined);
  }
  const selectedId = placeId ?? selectedInstanceId;
  const wantsFocus = useRef<string>(undefined);
  const takesFocus = useCallback((id: string): boolean => {
    if (wantsFocus.current !== id) return false;
    wantsFocus.current = undefined;
    return true;
  }, []);
  const select = (id: string | undefined, focus = false): void => {
    wantsFocus.current = focus ? id : undefined;
    const isHost = id !== undefined && graph?.items.get(id)?.kind === 'host';
    setPlaceId(isHost ? undefined : id);
    if (id === undefined || isHost) onSelect(id);
  };

  const [query, setQuery] = useState('');
  const search = useRef<HTMLInputElement>(null);
  const [find] = useState(createHostSearch);
  const context = useMemo(() => toFilterContext({ instances: hosts, network: network.values(), accountLabels, pinned }), [hosts, network, accountLabels, pinned]);
  const written = useMemo(() => parseHostFilter(query, context), [query, context]);
  const filter = useDeferredValue(written);
  const findMatches = useCallback((wanted: HostFilter) => (wanted.words.length > 0 || wanted.hasFields ? find(hosts, wanted).map(({ instanceId }) => instanceId) : undefined), [find, hosts]);
  const matches = useMemo(() => findMatches(filter), [findMatches, filter]);
  const found = useMemo(() => (matches === undefined ? undefined : new Set(matches)), [matches]);
  const handleSearchKey = (event: KeyboardEvent<HTMLInputElement>): void => {
    if (event.nativeEvent.isComposing) return;
    // The picture may be a step behind what was written; Enter is not.
    const now = event.key === 'Enter' ? (written === filter ? matches : findMatches(written)) : undefined;
    if (now !== undefined && now.length > 0) {
      const at = selectedId === undefined ? -1 : now.indexOf(selectedId);
      select(now[(at + (event.shiftKey ? now.length - 1 : 1)) % now.length]);
    } else if (event.key === 'ArrowDown' && selectedId !== undefined) {
      document.querySelector<HTMLElement>('.map-canvas [aria-pressed="true"]')?.focus();
    } else if (event.key === 'Escape') {
      if (query === '') event.currentTarget.blur();
      setQuery('');
    } else return;
    event.preventDefault();
  };

  const instance = placeId === undefined && selectedInstanceId !== undefined ? hosts.get(selectedInstanceId) : undefined;
  const plans = instance !== undefined && plan.name === 'ready' ? plan.plans : undefined;
  const [choiceOfWay, setChoiceOfWay] = useState<{ readonly instanceId: string; readonly index: number }>();
  // The serial console is taken only when somebody chooses it.
  const best = plans?.findIndex(({ usable, route }) => usable === 'yes' && route.kind !== 'serial') ?? -1;
  const usual = best >= 0 ? best : (plans?.findIndex(({ usable, route }) => usable === 'unknown' && route.kind !== 'serial') ?? -1);
  const wayIndex = choiceOfWay !== undefined && choiceOfWay.instanceId === instance?.instanceId ? choiceOfWay.index : usual;
  const chosen = plans?.[wayIndex];
  const way = useMemo(() => (chosen === undefined || instance === undefined || graph === undefined ? undefined : toWay(chosen.route, instance, graph)), [chosen, instance, graph]);

  const exportSvg = (): void => {
    if (graph === undefined || laidOut === undefined) return;
    const file = saveSvg(graph.vpcId, (palette) => toVpcSvg({ graph, layout: laidOut.layout, way, palette }, t));
    announce(t('map.exported', { file }));
  };

  return (
    <div className="map-view">
      <header>
        <h1>{t('map.title')}</h1>
        <VpcChooser choices={choices} shownId={shownId} accountLabels={accountLabels} onChange={showVpc} />
        <div className="filter map-search">
          <input
            ref={search}
            type="text"
            role="searchbox"
            aria-label={t('map.search')}
            placeholder={t('map.searchPlaceholder')}
            value={query}
            spellCheck={false}
            autoComplete="off"
            onChange={(event) => setQuery(event.target.value)}
            onKeyDown={handleSearchKey}
          />
          <span className="note" role="status">
            {found === undefined ? t('map.hosts', { count: graph?.hostCount ?? 0 }) : t('map.found', { found: numberText(found.size), all: numberText(hosts.size) })}
          </span>
        </div>
        <span className="spacer" />
        <button type="button" className="icon-button" aria-label={t('map.readAgain')} title={t('map.readAgain')} disabled={!linkOpen} onClick={() => setReadTurn((turn) => turn + 1)}>
          <Icon name="refresh" />
        </button>
        <Button disabled={laidOut === undefined} onClick={exportSvg}>
          {t('map.export')}
        </Button>
      </header>
      {filter.problems.length === 0 ? undefined : (
        <p className="filter-problems padded" role="alert">
          {safeText(filter.problems.join('. '))}.
        </p>
      )}
      {denied.length > 0 ? <p className="note map-note">{t('map.notShown', { permissions: listText(denied) })}</p> : undefined}
      {reading.error === undefined ? undefined : <p className="note map-note">{safeText(said(reading.error.message))}</p>}
      <div className="map-field" data-vpc-id={laidOut?.vpcId} data-detail={reading.reading ? 'reading' : reading.detail === undefined ? 'failed' : 'known'}>
        {graph === undefined ? (
          <p className="note empty">{t('map.empty')}</p>
        ) : laidOut === undefined ? (
          <p className="note padded">{fault === undefined ? t('map.layingOut') : t('map.layoutFault', { message: safeText(fault) })}</p>
        ) : (
          <MapCanvas graph={graph} layout={laidOut.layout} selectedId={selectedId} takesFocus={takesFocus} found={found} way={way} wayUsable={chosen?.usable ?? 'unknown'} onSelect={select} onOpen={onOpen} onSearch={() => search.current?.focus()} />
        )}
      </div>
      {graph === undefined ? undefined : (
        <MapFoot
          graph={graph}
          selectedId={selectedId}
          plan={plan}
          way={way}
          wayIndex={wayIndex}
          reading={reading.reading}
          onWay={(index) => {
            if (instance !== undefined) setChoiceOfWay({ instanceId: instance.instanceId, index });
          }}
          onOpen={onOpen}
        />
      )}
    </div>
  );
}

/** Grouped by account and region. */
function VpcChooser({ choices, shownId, accountLabels, onChange }: { readonly choices: readonly VpcChoice[]; readonly shownId: string | undefined; readonly accountLabels: ReadonlyMap<string, string>; readonly onChange: (vpcId: string) => void }) {
  const { t } = useTranslation();
  const groups = new Map<string, VpcChoice[]>();
  for (const choice of choices) {
    const place = placeOf(choice.scope, accountLabels);
    groups.set(place, [...(groups.get(place) ?? []), choice]);
  }
  return (
    <select aria-label={t('map.vpc')} value={shownId ?? ''} disabled={choices.length === 0} onChange={(event) => onChange(event.target.value)}>
      {[...groups].map(([place, vpcs]) => (
        <optgroup key={place} label={place}>
          {vpcs.map(({ vpcId, name, cidrBlock, hostCount }) => (
            <option key={vpcId} value={vpcId}>
              {[name, cidrBlock, t('map.hosts', { count: hostCount })].filter((part) => part !== undefined).join(' · ')}
            </option>
          ))}
        </optgroup>
      ))}
    </select>
  );
}
