/** The ways into an instance, best first, each with the fact it rests on and a button to take it. */
import { useTranslation } from 'react-i18next';
import type { ErrorReport } from '../../contract/error.ts';
import type { RouteKind, RoutePlan } from '../../contract/route.ts';
import { useSaid } from '../i18n/said.ts';
import { useRouteLabel } from '../state/useRouteLabel.ts';
import { Button } from '../ui/Button.tsx';
import { safeText } from '../ui/safeText.ts';
import { ErrorNote } from './ErrorNote.tsx';

export type PlanState = { readonly name: 'loading' } | { readonly name: 'ready'; readonly plans: readonly RoutePlan[] } | { readonly name: 'failed'; readonly error: ErrorReport };

const marks = { yes: '●', no: '✕', unknown: '◐' } as const;

export interface RoutesSectionProps {
  readonly plan: PlanState;
  readonly onOpen: (via: RouteKind) => void;
}

export function RoutesSection({ plan, onOpen }: RoutesSectionProps) {
  const { t } = useTranslation();
  const said = useSaid();
  const routeLabel = useRouteLabel();
  if (plan.name === 'failed') return <ErrorNote error={plan.error} />;
  if (plan.name === 'loading') return <p className="note">{t('routes.looking')}</p>;
  if (plan.plans.length === 0) return <p className="note">{t('routes.none')}</p>;
  // The services take the first address of a kind that may work: a button stands there only.
  const offered = new Set<RouteKind>();
  return (
    <ol className="routes">
      {plan.plans.map(({ route, usable, reason }) => {
        const first = !offered.has(route.kind);
        offered.add(route.kind);
        return (
          <li key={JSON.stringify(route)} className={`route ${usable}`} data-route={route.kind} data-usable={usable}>
            <div className="route-line">
              <span className={`usable ${usable}`}>
                <span aria-hidden="true">{marks[usable]}</span> {t(`routes.usable.${usable}`)}
              </span>
              <span className="route-name">{safeText(routeLabel(route))}</span>
              {first ? (
                <Button look="quiet" onClick={() => onOpen(route.kind)} aria-label={t(usable === 'no' ? 'routes.tryBy' : 'routes.openBy', { route: routeLabel(route) })}>
                  {t(usable === 'no' ? 'routes.try' : 'routes.open')}
                </Button>
              ) : undefined}
            </div>
            <p className="note">{safeText(said(reason))}</p>
          </li>
        );
      })}
    </ol>
  );
}
