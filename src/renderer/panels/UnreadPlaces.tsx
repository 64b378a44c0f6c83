/** Places where a call told nothing, by the reason: what a policy denies by its permission, anything else in the error's own words. */
import type { TFunction } from 'i18next';
import { useTranslation } from 'react-i18next';
import type { ErrorReport } from '../../contract/error.ts';
import { scopeKey, type ScopeStatus } from '../../contract/scope.ts';
import { listText } from '../i18n/locale.ts';
import { useSaid } from '../i18n/said.ts';
import { Icon } from '../ui/Icon.tsx';
import { safeText } from '../ui/safeText.ts';

export interface UnreadPlacesProps {
  /** Keys of scopes. */
  readonly places: readonly string[];
  /** As IAM names it. */
  readonly action: string;
  readonly statuses: readonly ScopeStatus[];
}

/** An outage of thirty regions is one line: errors of one code are worded as the first of them. */
export function UnreadPlaces({ places, action, statuses }: UnreadPlacesProps) {
  const { t } = useTranslation();
  const said = useSaid();
  const groups = new Map<string, { readonly reason: Reason; readonly places: string[] }>();
  for (const place of places) {
    const reason = reasonOf(statuses.find(({ scope }) => scopeKey(scope) === place), action);
    const key = `${reason.name} ${reason.name === 'failed' ? reason.error.code : ''}`;
    const group = groups.get(key) ?? { reason, places: [] };
    groups.set(key, group);
    group.places.push(safeText(place));
  }
  return [...groups].map(([key, group]) => (
    <p key={key} className="note" role="note">
      {group.reason.name === 'denied' ? (
        <>
          <Icon name="lock" />{' '}
        </>
      ) : undefined}
      {lineOf(t, said, group.reason, action, listText(group.places))}
    </p>
  ));
}

type Reason = { readonly name: 'denied' | 'loading' | 'unknown' } | { readonly name: 'failed'; readonly error: ErrorReport };

/** Of the call itself, else of the whole scope. */
function reasonOf(status: ScopeStatus | undefined, action: string): Reason {
  const own = status?.problems.find((problem) => problem.action === action)?.error;
  if (own?.code === 'aws.access-denied') return { name: 'denied' };
  const error = own ?? status?.error;
  if (error !== undefined) return { name: 'failed', error };
  return { name: status?.state === 'loading' ? 'loading' : 'unknown' };
}

function lineOf(t: TFunction, said: (text: string) => string, reason: Reason, action: string, places: string): string {
  switch (reason.name) {
    case 'loading':
      return t('ec2Keys.beingRead', { places });
    case 'unknown':
      return t('ec2Keys.unread', { places });
    case 'denied':
      return t('ec2Keys.unreadFor', { places, reason: t('ec2Keys.unreadDenied', { permission: action }) });
    case 'failed': {
      const { message, remedy } = reason.error;
      const why = safeText(said(message));
      return remedy === undefined ? t('ec2Keys.unreadFor', { places, reason: why }) : t('ec2Keys.unreadRemedy', { places, reason: why, remedy: safeText(said(remedy)) });
    }
  }
}
