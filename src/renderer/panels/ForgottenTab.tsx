/** A tab without a session: it was restored and waits for the person, or the services no longer know its session. */
import { useTranslation } from 'react-i18next';
import type { Tab } from '../state/tabs.ts';
import { Button } from '../ui/Button.tsx';
import { safeText } from '../ui/safeText.ts';

export interface ForgottenTabProps {
  readonly tab: Tab;
  readonly visible: boolean;
  readonly onReopen: () => void;
  readonly onClose: () => void;
}

export function ForgottenTab({ tab, visible, onReopen, onClose }: ForgottenTabProps) {
  const { t } = useTranslation();
  const restored = tab.again !== undefined;
  return (
    <div className="terminal-tab" role="tabpanel" id={`panel-${tab.tabId}`} aria-label={safeText(tab.title ?? tab.name ?? tab.instanceId)} hidden={!visible} data-state="forgotten">
      <div className="empty-state">
        <p>{restored ? t('workspace.notConnected', { name: safeText(tab.title ?? tab.name ?? tab.instanceId) }) : t('workspace.ended')}</p>
        {restored ? <p className="note">{t('workspace.notConnectedNote')}</p> : undefined}
        <div className="row-buttons">
          <Button look="primary" onClick={onReopen}>
            {restored ? t('workspace.connect') : t('workspace.openAgain')}
          </Button>
          <Button onClick={onClose}>{t('workspace.closeTab')}</Button>
        </div>
      </div>
    </div>
  );
}
