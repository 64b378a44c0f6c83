/** The ways into an instance, best first, each with the fact it rests on and a button to take it. */
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ErrorReport } from '../../contract/error.ts';
import type { RouteKind, RoutePlan } from '../../contract/route.ts';
import { useSaid } from '../i18n/said.ts';
import { useRouteLabel } from '../state/useRouteLabel.ts';
import { breakable } from '../ui/breakable.tsx';
import { Button } from '../ui/Button.tsx';
import { ShowRest } from '../ui/ShowRest.tsx';
import { safeText } from '../ui/safeText.ts';
import { ErrorNote } from './ErrorNote.tsx';

export type PlanState = { readonly name: 'loading' } | { readonly name: 'ready'; readonly plans: readonly RoutePlan[] } | { readonly name: 'failed'; readonly error: ErrorReport };

const marks = { yes: '●', no: '✕', unknown: '◐' } as const;

/** A host may have a route for each of 750 addresses. */
const SHOWN_AT_FIRST = 8;

export interface RoutesSectionProps {
  readonly plan: PlanState;
  readonly onOpen: (via: RouteKind) => void;
}

export function RoutesSection({ plan, onOpen }: RoutesSectionProps) {
  const { t } = useTranslation();
  if (plan.name === 'failed') return <ErrorNote error={plan.error} />;
  if (plan.name === 'loading') return <p className="note">{t('routes.looking')}</p>;
  if (plan.plans.length === 0) return <p className="note">{t('routes.none')}</p>;
  return <Routes plans={plan.plans} onOpen={onOpen} />;
}

function Routes({ plans, onOpen }: { readonly plans: readonly RoutePlan[]; readonly onOpen: (via: RouteKind) => void }) {
  const { t } = useTranslation();
  const said = useSaid();
  const routeLabel = useRouteLabel();
  const [whole, setWhole] = useState(false);
  // The services take the first address of a kind that may work: a button stands there only, and is always shown.
  const offered = new Map(plans.toReversed().map((one) => [one.route.kind, one]));
  const isOffered = (one: RoutePlan): boolean => offered.get(one.route.kind) === one;
  const beginning = plans.filter((one, index) => index < SHOWN_AT_FIRST || isOffered(one));
  const shown = whole || beginning.length >= plans.length - 1 ? plans : beginning;
  return (
    <>
      <ol className="routes">
        {shown.map((one) => {
          const { route, usable, reason } = one;
          return (
            <li key={JSON.stringify(route)} className={`route ${usable}`} data-route={route.kind} data-usable={usable}>
              <div className="route-line">
                <span className={`usable ${usable}`}>
                  <span aria-hidden="true">{marks[usable]}</span> {t(`routes.usable.${usable}`)}
                </span>
                <span className="route-name">{breakable(safeText(routeLabel(route)))}</span>
                {isOffered(one) ? (
                  <Button look="quiet" onClick={() => onOpen(route.kind)} aria-label={t(usable === 'no' ? 'routes.tryBy' : 'routes.openBy', { route: routeLabel(route) })}>
                    {t(usable === 'no' ? 'routes.try' : 'routes.open')}
                  </Button>
                ) : undefined}
              </div>
              <p className="note">{breakable(safeText(said(reason)))}</p>
            </li>
          );
        })}
      </ol>
      {shown.length === plans.length ? undefined : (
        <ShowRest count={plans.length - shown.length} onShow={() => setWhole(true)} />
      )}
    </>
  );
}
