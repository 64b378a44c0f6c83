/** A tab whose session the services no longer know, e.g. because Postern was started again. */
import type { Tab } from '../state/tabs.ts';
import { Button } from '../ui/Button.tsx';

export interface ForgottenTabProps {
  readonly tab: Tab;
  readonly visible: boolean;
  readonly onReopen: () => void;
  readonly onClose: () => void;
}

export function ForgottenTab({ tab, visible, onReopen, onClose }: ForgottenTabProps) {
  return (
    <div className="terminal-tab" role="tabpanel" id={`panel-${tab.tabId}`} aria-labelledby={`tab-${tab.tabId}`} hidden={!visible} data-state="forgotten">
      <div className="empty-state">
        <p>This session has ended: Postern was started again, or it was closed elsewhere.</p>
        <div className="row-buttons">
          <Button look="primary" onClick={onReopen}>
            Open again
          </Button>
          <Button onClick={onClose}>Close tab</Button>
        </div>
      </div>
    </div>
  );
}
