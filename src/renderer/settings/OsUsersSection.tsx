/** Who signs in where: the rules, in their order, each of which can be taken away. They are made in the host panel. */
import { useTranslation } from 'react-i18next';
import type { OsUserRule } from '../../contract/settings.ts';
import { Button } from '../ui/Button.tsx';
import { safeText } from '../ui/safeText.ts';
import { SettingsSection } from './SettingsSection.tsx';
import type { SettingSectionProps } from './settingSection.ts';

export function OsUsersSection({ mirror, actions }: SettingSectionProps) {
  const { t } = useTranslation();
  const { osUsers } = mirror.settings;
  return (
    <SettingsSection id="osUsers">
      {osUsers.length === 0 ? (
        <p className="note">{t('settings.noOsUsers')}</p>
      ) : (
        <ol className="setting-list">
          {osUsers.map((rule) => (
            <li key={JSON.stringify(rule)}>
              <strong>{safeText(rule.osUser)}</strong>
              <span className="note mono">{safeText(whereText(rule) || t('settings.everyHost'))}</span>
              <Button look="quiet" aria-label={t('settings.removeOsUser', { osUser: safeText(rule.osUser) })} onClick={() => void actions.changeSettings({ osUsers: osUsers.filter((one) => one !== rule) })}>
                {t('settings.remove')}
              </Button>
            </li>
          ))}
        </ol>
      )}
    </SettingsSection>
  );
}

function whereText({ instanceId, name, tag }: OsUserRule): string {
  return [instanceId, name, tag === undefined ? undefined : `${tag.key}=${tag.value}`].filter((part) => part !== undefined).join(' · ');
}
