/** One row of the hosts list: a group, an instance, or how a scope stands. */
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { AccountMark } from '../../contract/account.ts';
import type { Instance } from '../../contract/instance.ts';
import type { ScopeStatus } from '../../contract/scope.ts';
import { numberText } from '../i18n/locale.ts';
import { repeated } from '../i18n/repeated.ts';
import { markLabel, markStyle } from '../state/accountMark.ts';
import type { HostRow } from '../state/hostRows.ts';
import { routeHint, routeKindLabel, routeKindShort } from '../state/routeHint.ts';
import { ageText, momentTitle } from '../ui/age.ts';
import { Icon } from '../ui/Icon.tsx';
import { safeText } from '../ui/safeText.ts';
import { deniedText } from './DeniedNote.tsx';
import { ErrorNote } from './ErrorNote.tsx';
import { ManagedNodeMark } from './ManagedNode.tsx';
import { StateDot, stateText } from './StateDot.tsx';

export interface GroupRowProps {
  readonly row: Extract<HostRow, { kind: 'group' }>;
  readonly nowMs: number;
  /** Read the group's scopes again, or stop reading them. */
  readonly onReadAgain?: (statuses: readonly ScopeStatus[]) => void;
}

/** Of a region also: from when its rows are, what its policy hides, and, to the pointer, the word to read it again. Shift+Enter does the same. */
export function GroupRow({ row, nowMs, onReadAgain }: GroupRowProps) {
  const { t } = useTranslation();
  const { statuses = [] } = row;
  const seenAt = rememberedSince(statuses);
  const denied = statuses.flatMap((status) => status.denied ?? []);
  const reading = statuses.some(({ state }) => state === 'loading');
  const note = [row.note === undefined ? '' : safeText(row.note), seenAt === undefined ? '' : t('estate.seen', { age: ageText(seenAt, nowMs) })].filter((part) => part !== '').join(' · ');
  return (
    <>
      <Icon name={row.folded ? 'chevron-right' : 'chevron-down'} />
      <span className="group-label">{safeText(row.label)}</span>
      {note === '' ? undefined : <span className={seenAt === undefined ? 'group-note' : 'group-note remembered'}>{note}</span>}
      {denied.length === 0 ? undefined : (
        <span className="group-denied" role="img" title={deniedText(denied, t)} aria-label={deniedText(denied, t)}>
          <Icon name="lock" />
        </span>
      )}
      {statuses.length === 0 || onReadAgain === undefined ? undefined : (
        <span
          className={reading ? 'read-again reading' : 'read-again'}
          title={t(reading ? 'estate.stopReading' : 'estate.readAgain', { region: safeText(row.label) })}
          onMouseDown={(event) => {
            // The row itself would fold.
            event.stopPropagation();
            onReadAgain(statuses);
          }}
        >
          <Icon name={reading ? 'close' : 'refresh'} />
        </span>
      )}
      <span className="count">{numberText(row.count)}</span>
      <span className="visually-hidden">{t(row.folded ? 'hosts.folded' : 'hosts.unfolded')}</span>
    </>
  );
}

/** The oldest of those that AWS has not confirmed yet. */
function rememberedSince(statuses: readonly ScopeStatus[]): string | undefined {
  return statuses.flatMap(({ remembered, refreshedAt }) => (remembered === true && refreshedAt !== undefined ? [refreshedAt] : [])).toSorted()[0];
}

/** The private address leads; without one, whatever address there is. */
function shownAddress(instance: Instance): string | undefined {
  return instance.privateIpAddress ?? instance.publicIpAddress ?? instance.ipv6Address;
}

/** What a row says in a glance; when that changes, the row shows it once. */
function glance(instance: Instance): string {
  return [stateText(instance), shownAddress(instance), instance.publicIpAddress].join(' ');
}

/** @param mark how the account is shown; its colour stands beside its group's name and its tabs' word */
export function InstanceRow({ instance, mark }: { readonly instance: Instance; readonly mark?: AccountMark | undefined }) {
  const { i18n } = useTranslation();
  const { language } = i18n;
  const hint = routeHint(instance);
  const name = instance.name === undefined || instance.name === '' ? undefined : safeText(instance.name);
  const now = glance(instance);
  const [seen, setSeen] = useState({ glance: now, language, changes: 0 });
  // In another language it says the same.
  if (seen.glance !== now) setSeen({ glance: now, language, changes: seen.language === language ? seen.changes + 1 : seen.changes });
  return (
    <>
      {seen.changes === 0 ? undefined : <span key={seen.changes} className="row-flash" aria-hidden="true" />}
      {mark?.colour === undefined ? undefined : <span className="account-edge" style={markStyle(mark)} title={safeText(markLabel(mark, instance))} aria-hidden="true" />}
      <StateDot instance={instance} />
      <span className={name === undefined ? 'host-name unnamed' : 'host-name'}>{name ?? instance.instanceId}</span>
      {instance.managedNode === undefined ? undefined : <ManagedNodeMark short />}
      <span className="host-address mono">{shownAddress(instance)}</span>
      <span className={hint === undefined ? 'route-chip none' : `route-chip ${hint}`} title={repeated(`hint ${hint ?? ''}`, () => (hint === undefined ? i18n.t('routes.noHint') : i18n.t('routes.hint', { route: routeKindLabel(hint) })))}>
        {hint === undefined ? '' : routeKindShort(hint)}
      </span>
    </>
  );
}

/** @param seen of a host that an earlier run knew and AWS has not confirmed yet: from when that is */
export function instanceRowTitle(instance: Instance, seen?: string): string {
  const parts = [instance.name ?? instance.instanceId, instance.name === undefined ? undefined : instance.instanceId, stateText(instance), instance.instanceType, instance.platformDetails, instance.availabilityZone, seen];
  return parts.filter((part) => part !== undefined && part !== '').map((part) => safeText(part ?? '')).join(' · ');
}

export interface ScopeRowProps {
  readonly status: ScopeStatus;
  readonly nowMs: number;
  readonly onRetry: () => void;
  /** Stop a reading under way. */
  readonly onStop?: () => void;
}

/** Stands in a listbox, where nothing inside a row can have the focus: Enter on the row does what its word does on a click. */
export function ScopeRow({ status, nowMs, onRetry, onStop }: ScopeRowProps) {
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
        {status.remembered === true && status.refreshedAt !== undefined ? <p className="note" title={momentTitle(status.refreshedAt)}>{t('estate.shownAsSeen', { age: ageText(status.refreshedAt, nowMs) })}</p> : undefined}
        <span className="retry" onClick={onRetry}>
          {t('estate.retry')}
        </span>
      </ErrorNote>
    );
  }
  if (status.state === 'loading') {
    return (
      <span className="note">
        <span className="busy" aria-hidden="true" /> {status.remembered === true && status.refreshedAt !== undefined ? t('estate.readingSeen', { age: ageText(status.refreshedAt, nowMs) }) : t('estate.reading')}{' '}
        {onStop === undefined ? undefined : (
          <span className="retry" onClick={onStop}>
            {t('estate.stop')}
          </span>
        )}
      </span>
    );
  }
  return <span className="note">{t('estate.empty', { region: safeText(status.scope.region) })}</span>;
}
