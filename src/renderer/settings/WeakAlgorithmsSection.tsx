/** Hosts with which unsafe algorithms may be used: each exception can be taken back. They are made in the host panel. */
import { useTranslation } from 'react-i18next';
import { Button } from '../ui/Button.tsx';
import { safeText } from '../ui/safeText.ts';
import { SettingsSection } from './SettingsSection.tsx';
import type { SettingSectionProps } from './settingSection.ts';

export function WeakAlgorithmsSection({ mirror: { settings, instances }, actions }: SettingSectionProps) {
  const { t } = useTranslation();
  const { weakAlgorithmHosts } = settings;
  return (
    <SettingsSection id="weakAlgorithms">
      {weakAlgorithmHosts.length === 0 ? (
        <p className="note">{t('settings.noWeakHosts')}</p>
      ) : (
        <ul className="setting-list">
          {weakAlgorithmHosts.map((host) => {
            const name = safeText(instances.get(host.instanceId)?.name ?? host.instanceId);
            return (
              <li key={`${host.scopeKey} ${host.instanceId}`}>
                <strong>{name}</strong>
                <span className="note mono">{safeText(`${host.instanceId} ${host.scopeKey}`)}</span>
                <Button look="quiet" aria-label={t('settings.removeWeakHost', { name })} onClick={() => void actions.changeSettings({ weakAlgorithmHosts: weakAlgorithmHosts.filter((one) => one !== host) })}>
                  {t('settings.remove')}
                </Button>
              </li>
            );
          })}
        </ul>
      )}
    </SettingsSection>
  );
}
