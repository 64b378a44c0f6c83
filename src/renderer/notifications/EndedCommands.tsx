/** In the corner of the window: commands that ended in tabs that are not in view. */
import { useTranslation } from 'react-i18next';
import { useStore } from '../state/store.ts';
import { Button } from '../ui/Button.tsx';
import { Icon } from '../ui/Icon.tsx';
import type { CommandEnds, CommandEndsState } from './commandEnds.ts';
import './notifications.css';

const endedOf = ({ ended }: CommandEndsState): CommandEndsState['ended'] => ended;

export function EndedCommands({ commandEnds }: { readonly commandEnds: CommandEnds }) {
  const { t } = useTranslation();
  const ended = useStore(commandEnds.store, endedOf);
  return (
    <aside className="ended-commands" aria-label={t('notifications.list')} aria-live="polite">
      {ended.map(({ tabId, title, text }) => (
        <div key={tabId} className="notice">
          <div>
            <p className="error-message">{title}</p>
            <p>{text}</p>
            <Button look="quiet" onClick={() => commandEnds.show(tabId)}>
              {t('notifications.show')}
            </Button>
          </div>
          <Button look="quiet" aria-label={t('notifications.dismiss')} onClick={() => commandEnds.dismiss(tabId)}>
            <Icon name="close" />
          </Button>
        </div>
      ))}
    </aside>
  );
}
