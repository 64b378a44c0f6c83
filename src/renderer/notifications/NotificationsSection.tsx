/** The settings' part about notifications of the system: whether they are allowed, and asking for it. */
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { SettingsSection } from '../settings/SettingsSection.tsx';
import { Button } from '../ui/Button.tsx';
import { askForNotifications, notificationPermission } from './systemNotification.ts';

export function NotificationsSection() {
  const { t } = useTranslation();
  const [permission, setPermission] = useState(notificationPermission);
  return (
    <SettingsSection id="systemNotifications">
      {permission === 'default' ? (
        <div className="row-buttons">
          <Button onClick={() => void askForNotifications().then(setPermission)}>{t('notifications.allow')}</Button>
          <span className="note">{t('notifications.allowNote')}</span>
        </div>
      ) : (
        <p>{t(permission === 'granted' ? 'notifications.granted' : 'notifications.denied')}</p>
      )}
    </SettingsSection>
  );
}
