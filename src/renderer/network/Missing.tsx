/** What a policy keeps from a section: each permission by its name, in grey. */
import { useTranslation } from 'react-i18next';
import type { NetworkReach } from '../../contract/networkReach.ts';
import { Copyable } from '../ui/Copyable.tsx';
import { Icon } from '../ui/Icon.tsx';
import { safeText } from '../ui/safeText.ts';
import { ErrorNote } from '../panels/ErrorNote.tsx';

/** @param permissions those the section rests on */
export function Missing({ reach, permissions }: { readonly reach: NetworkReach; readonly permissions: readonly string[] }) {
  const { t } = useTranslation();
  const denied = [...new Set(reach.denied.map(({ permission }) => permission))].filter((permission) => permissions.includes(permission));
  const failed = reach.problems.filter(({ action, error }) => permissions.includes(action) && error.code !== 'aws.access-denied');
  return (
    <>
      {denied.length === 0 ? undefined : (
        <ul className="missing-permissions" role="note">
          {denied.map((permission) => (
            <li key={permission}>
              <Icon name="lock" /> <Copyable value={permission}>{t('network.needs', { permission: safeText(permission) })}</Copyable>
            </li>
          ))}
        </ul>
      )}
      {failed.map(({ action, error }) => (
        <ErrorNote key={action} error={error} silent />
      ))}
    </>
  );
}
