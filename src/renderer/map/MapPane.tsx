/** The map's place in the window: fetched and drawn once it is looked at. */
import { lazy, Suspense, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { PlanState } from '../panels/RoutesSection.tsx';
import type { Actions } from '../state/actions.ts';
import type { Mirror } from '../state/mirror.ts';

const MapView = lazy(() => import('./MapView.tsx').then((module) => ({ default: module.MapView })));

export interface MapPaneProps {
  readonly mirror: Mirror;
  readonly actions: Pick<Actions, 'open' | 'networkDetail'>;
  readonly accountLabels: ReadonlyMap<string, string>;
  readonly selectedInstanceId: string | undefined;
  readonly plan: PlanState;
  readonly linkOpen: boolean;
  readonly onSelect: (instanceId: string | undefined) => void;
}

export function MapPane({ mirror, actions, onSelect, ...rest }: MapPaneProps) {
  const { t } = useTranslation();
  const pinned = useMemo(() => new Set(mirror.settings.list.pinned), [mirror.settings.list.pinned]);
  return (
    <Suspense fallback={<p className="note padded">{t('common.opening')}</p>}>
      <MapView {...rest} instances={mirror.instances} network={mirror.network} scopes={mirror.scopes} pinned={pinned} onReadDetail={actions.networkDetail} onSelect={onSelect} onOpen={(instanceId) => void actions.open(instanceId)} />
    </Suspense>
  );
}
