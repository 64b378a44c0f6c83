/** What a policy hides, and the permission that would show it. */
import type { TFunction } from 'i18next';
import { useTranslation } from 'react-i18next';
import type { DeniedPermission } from '../../contract/scope.ts';
import { listText } from '../i18n/locale.ts';
import { Icon } from '../ui/Icon.tsx';
import { safeText } from '../ui/safeText.ts';

const featureKeys = {
  list: 'estate.features.list',
  regions: 'estate.features.regions',
  interfaces: 'estate.features.interfaces',
  addresses: 'estate.features.addresses',
  status: 'estate.features.status',
  network: 'estate.features.network',
  'key-pairs': 'estate.features.keyPairs',
  agents: 'estate.features.agents',
  tunnels: 'estate.features.tunnels',
} as const;

function featureText(feature: string, t: TFunction): string {
  const known = Object.entries(featureKeys).find(([name]) => name === feature);
  return t(known?.[1] ?? 'estate.features.other');
}

/** All of it in one sentence. */
export function deniedText(denied: readonly DeniedPermission[], t: TFunction): string {
  const each = new Map(denied.map((one) => [one.permission, one]));
  return t('estate.notAllowed', { list: [...each.values()].map(({ permission, feature }) => t('estate.needs', { feature: featureText(feature, t), permission: safeText(permission) })).join(t('common.betweenClauses')) });
}

function permissionsOf(denied: readonly DeniedPermission[], wanted: string): string[] {
  return [...new Set(denied.flatMap(({ permission, feature }) => (feature === wanted ? [permission] : [])))];
}

/** @param permissions only these, where only a part of the panel is meant; else all of it folds behind one line */
export function DeniedNote({ denied, permissions }: { readonly denied: readonly DeniedPermission[]; readonly permissions?: readonly string[] }) {
  const { t } = useTranslation();
  const shown = permissions === undefined ? denied : denied.filter(({ permission }) => permissions.includes(permission));
  if (shown.length === 0) return undefined;
  const list = (
    <ul>
      {[...new Set(shown.map(({ feature }) => feature))].map((feature) => (
        <li key={feature}>{t('estate.needsPermission', { feature: featureText(feature, t), permission: listText(permissionsOf(shown, feature).map(safeText)) })}</li>
      ))}
    </ul>
  );
  return (
    <div className="denied-note" role="note">
      <Icon name="lock" />
      {permissions !== undefined ? (
        list
      ) : (
        <details>
          <summary>{t('estate.deniedTitle')}</summary>
          {list}
        </details>
      )}
    </div>
  );
}
