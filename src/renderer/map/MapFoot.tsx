/** What is selected on the map, in words: what it is, and for a host the way in that is drawn. */
import { useTranslation } from 'react-i18next';
import { useSaid } from '../i18n/said.ts';
import type { PlanState } from '../panels/RoutesSection.tsx';
import { StateDot } from '../panels/StateDot.tsx';
import { useRouteLabel } from '../state/useRouteLabel.ts';
import { Button } from '../ui/Button.tsx';
import { Copyable } from '../ui/Copyable.tsx';
import { safeText } from '../ui/safeText.ts';
import { itemNote, stopName, subnetNote } from './itemWords.ts';
import type { MapItem, VpcGraph } from './vpcGraph.ts';
import type { Way } from './way.ts';

export interface MapFootProps {
  readonly graph: VpcGraph;
  readonly selectedId: string | undefined;
  readonly plan: PlanState;
  readonly way: Way | undefined;
  /** Of the plans; -1: none. */
  readonly wayIndex: number;
  readonly reading: boolean;
  readonly onWay: (index: number) => void;
  readonly onOpen: (instanceId: string) => void;
}

export function MapFoot(props: MapFootProps) {
  const { graph, selectedId, reading } = props;
  const { t } = useTranslation();
  const item = selectedId === undefined ? undefined : graph.items.get(selectedId);
  const subnet = selectedId === undefined ? undefined : graph.subnets.get(selectedId);
  return (
    <footer className="map-foot">
      {item !== undefined ? (
        item.kind === 'host' ? <HostFoot {...props} item={item} /> : <ItemFoot item={item} onOpen={props.onOpen} />
      ) : subnet !== undefined ? (
        <p>
          <strong>{subnet.name}</strong> <Copyable value={subnet.subnetId} mono /> {subnet.cidrBlock === undefined ? undefined : <Copyable value={subnet.cidrBlock} mono />}{' '}
          <span className="note">
            {[subnetNote(subnet, graph, t), subnet.routeTableId === undefined ? undefined : t('map.routeTable', { id: subnet.routeTableId }), subnet.freeAddresses === undefined ? undefined : t('map.free', { count: subnet.freeAddresses }), t('map.hosts', { count: subnet.hostCount })].filter((part) => part !== undefined).join(' · ')}
          </span>
        </p>
      ) : (
        <p className="note">{reading ? t('map.reading') : t('map.keys')}</p>
      )}
    </footer>
  );
}

function ItemFoot({ item, onOpen }: { readonly item: MapItem; readonly onOpen: (instanceId: string) => void }) {
  const { t } = useTranslation();
  const { instance } = item;
  return (
    <p>
      <strong>{item.kind === 'interface' ? t('map.interfaceOf', { host: item.name }) : item.name}</strong> <Copyable value={item.resourceId} mono /> <span className="note">{[itemNote(item, t), item.kind === 'interface' ? undefined : item.note].filter((part) => part !== undefined && part !== '').join(' · ')}</span>
      {instance === undefined ? undefined : (
        <Button look="quiet" onClick={() => onOpen(instance.instanceId)}>
          {t('map.open')}
        </Button>
      )}
    </p>
  );
}

function HostFoot({ graph, item, plan, way, wayIndex, onWay, onOpen }: MapFootProps & { readonly item: MapItem }) {
  const { t } = useTranslation();
  const said = useSaid();
  const routeLabel = useRouteLabel();
  const plans = plan.name === 'ready' ? plan.plans : [];
  const chosen = plans[wayIndex];
  return (
    <>
      <p>
        {item.instance === undefined ? undefined : <StateDot instance={item.instance} />} <strong>{item.name}</strong> <Copyable value={item.resourceId} mono />
        {(item.note === '' ? [] : item.note.split(' · ')).map((address) => (
          <Copyable key={address} value={address} mono />
        ))}
        <Button look="primary" onClick={() => onOpen(item.resourceId)}>
          {t('map.open')}
        </Button>
        {plans.length === 0 ? undefined : (
          <select aria-label={t('map.way')} value={wayIndex} onChange={(event) => onWay(Number(event.target.value))}>
            {wayIndex < 0 ? <option value={-1}>{t('map.wayChoose')}</option> : undefined}
            {plans.map(({ route, usable }, index) => (
              <option key={JSON.stringify(route)} value={index}>
                {safeText(routeLabel(route))} · {t(`map.wayUsable.${usable}`)}
              </option>
            ))}
          </select>
        )}
      </p>
      <p className="note" data-testid="way">
        {plan.name === 'loading' ? t('map.wayLoading') : way === undefined ? t('map.wayNone') : way.legs.map(({ stops, sure }) => `${stops.map((stop) => stopName(stop, graph, t)).join(' → ')}${sure ? '' : ` (${t('map.unsure')})`}`).join(' · ')}
        {chosen === undefined ? undefined : <span title={safeText(said(chosen.reason))}> — {safeText(said(chosen.reason))}</span>}
      </p>
    </>
  );
}
