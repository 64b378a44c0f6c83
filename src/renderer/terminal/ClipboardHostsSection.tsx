/** Which hosts may always, or never, put text on the clipboard: each decision can be taken back. They are made where a host asks. */
import { useTranslation } from 'react-i18next';
import type { Settings } from '../../contract/settings.ts';
import { SettingsSection } from '../settings/SettingsSection.tsx';
import type { SettingSectionProps } from '../settings/settingSection.ts';
import { hostNameOf } from '../state/names.ts';
import { Button } from '../ui/Button.tsx';
import { safeText } from '../ui/safeText.ts';

type ClipboardHost = Settings['clipboardHosts'][number];

export function ClipboardHostsSection({ mirror: { settings, instances }, actions }: SettingSectionProps) {
  const { t } = useTranslation();
  const { clipboardHosts } = settings;
  // As it is called now, else as it was then.
  const nameOf = ({ instanceId, name }: ClipboardHost): string => safeText(hostNameOf(instanceId, instances.get(instanceId)?.name ?? name));
  return (
    <SettingsSection id="clipboardHosts">
      {clipboardHosts.length === 0 ? (
        <p className="note">{t('hostClipboard.noHosts')}</p>
      ) : (
        <ul className="setting-list">
          {clipboardHosts.map((host) => (
            <li key={`${host.scopeKey} ${host.instanceId}`}>
              <strong>{nameOf(host)}</strong>
              <span className="note">{host.allow === 'always' ? t('hostClipboard.mayAlways') : t('hostClipboard.mayNever')}</span>
              <Button look="quiet" aria-label={t('hostClipboard.forgetHost', { host: nameOf(host) })} onClick={() => void actions.changeSettings({ clipboardHosts: clipboardHosts.filter((one) => one !== host) })}>
                {t('hostClipboard.forget')}
              </Button>
            </li>
          ))}
        </ul>
      )}
    </SettingsSection>
  );
}
