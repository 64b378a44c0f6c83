/** What is listed and how accounts look: chosen in dialogs of their own. */
import { useTranslation } from 'react-i18next';
import { Button } from '../ui/Button.tsx';
import { SettingsSection } from './SettingsSection.tsx';
import type { SettingSectionProps } from './settingSection.ts';

export function AccountsSection({ mirror: { scopes }, onShow }: SettingSectionProps) {
  const { t } = useTranslation();
  return (
    <SettingsSection id="accounts">
      <p>{t('settings.scopesListed', { count: scopes.length })}</p>
      <div className="row-buttons">
        <Button onClick={() => onShow({ name: 'scopes' })}>{t('settings.chooseScopes')}</Button>
        <Button onClick={() => onShow({ name: 'accounts' })}>{t('settings.openAccounts')}</Button>
      </div>
    </SettingsSection>
  );
}
