/** One row of the hosts list: a group, an instance, or how a scope stands. */
import { useTranslation } from 'react-i18next';
import type { AccountMark } from '../../contract/account.ts';
import type { Instance } from '../../contract/instance.ts';
import type { ScopeStatus } from '../../contract/scope.ts';
import { markLabel, markStyle } from '../state/accountMark.ts';
import type { HostRow } from '../state/hostRows.ts';
import { routeHint, routeKindLabel, routeKindShort } from '../state/routeHint.ts';
import { Icon } from '../ui/Icon.tsx';
import { safeText } from '../ui/safeText.ts';
import { ErrorNote } from './ErrorNote.tsx';
import { StateDot, stateText } from './StateDot.tsx';

export function GroupRow({ row }: { readonly row: Extract<HostRow, { kind: 'group' }> }) {
  return (
    <>
      <Icon name={row.folded ? 'chevron-right' : 'chevron-down'} />
      <span className="group-label">{safeText(row.label)}</span>
      {row.note === undefined ? undefined : <span className="group-note">{safeText(row.note)}</span>}
      <span className="count">{row.count.toLocaleString()}</span>
      <span className="visually-hidden">hosts, {row.folded ? 'folded' : 'unfolded'}</span>
    </>
  );
}

/** The private address leads; without one, whatever address there is. */
export function shownAddress(instance: Instance): string | undefined {
  return instance.privateIpAddress ?? instance.publicIpAddress ?? instance.ipv6Address;
}

/** @param mark how the account is shown; its colour stands beside its group's name and its tabs' word */
export function InstanceRow({ instance, mark }: { readonly instance: Instance; readonly mark?: AccountMark | undefined }) {
  const hint = routeHint(instance);
  const name = instance.name === undefined || instance.name === '' ? undefined : safeText(instance.name);
  return (
    <>
      {mark?.colour === undefined ? undefined : <span className="account-edge" style={markStyle(mark)} title={safeText(markLabel(mark, instance))} aria-hidden="true" />}
      <StateDot instance={instance} />
      <span className={name === undefined ? 'host-name unnamed' : 'host-name'}>{name ?? instance.instanceId}</span>
      <span className="host-address mono">{shownAddress(instance)}</span>
      <span className={hint === undefined ? 'route-chip none' : `route-chip ${hint}`} title={hint === undefined ? 'No way in is known yet' : `Best known way in: ${routeKindLabel(hint)}`}>
        {hint === undefined ? '' : routeKindShort(hint)}
      </span>
    </>
  );
}

/** What a pointer resting on a row, or a screen reader, is told. */
export function instanceRowTitle(instance: Instance): string {
  const parts = [instance.name ?? instance.instanceId, instance.name === undefined ? undefined : instance.instanceId, stateText(instance), instance.instanceType, instance.platformDetails, instance.availabilityZone];
  return parts.filter((part) => part !== undefined && part !== '').map((part) => safeText(part ?? '')).join(' · ');
}

export interface ScopeRowProps {
  readonly status: ScopeStatus;
  readonly onRetry: () => void;
}

/** Stands in a listbox, where nothing inside a row can have the focus: Enter on the row does what its word does on a click. */
export function ScopeRow({ status, onRetry }: ScopeRowProps) {
  const { t } = useTranslation();
  if (status.state === 'needs-sign-in') {
    return (
      <span className="scope-waits">
        <Icon name="key" /> {t('accounts.rowWaits')}{' '}
        <span className="retry" onClick={onRetry}>
          {t('accounts.rowAct')}
        </span>
      </span>
    );
  }
  if (status.error !== undefined) {
    return (
      <ErrorNote error={status.error} silent>
        <span className="retry" onClick={onRetry}>
          Retry
        </span>
      </ErrorNote>
    );
  }
  if (status.state === 'loading') {
    return (
      <span className="note">
        <span className="busy" aria-hidden="true" /> Reading instances…
      </span>
    );
  }
  return <span className="note">No instances in {safeText(status.scope.region)}.</span>;
}
