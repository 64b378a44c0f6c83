/** What can be done with the hosts that are selected together. */
import { useTranslation } from 'react-i18next';
import type { ReactNode } from 'react';
import { Button } from '../ui/Button.tsx';

export interface SelectionBarProps {
  readonly count: number;
  /** Whether all of them are pinned already. */
  readonly pinned: boolean;
  readonly onOpen: () => void;
  readonly onPin: (pinned: boolean) => void;
  readonly onClear: () => void;
  /** Further actions on the selection. */
  readonly children?: ReactNode;
}

export function SelectionBar({ count, pinned, onOpen, onPin, onClear, children }: SelectionBarProps) {
  const { t } = useTranslation();
  return (
    <div className="selection-bar" role="toolbar" aria-label={t('hosts.selected', { count })}>
      <span role="status">{t('hosts.selected', { count })}</span>
      <Button look="quiet" onClick={onOpen}>
        {t('hosts.openSelected')}
      </Button>
      <Button look="quiet" onClick={() => onPin(!pinned)}>
        {t(pinned ? 'hosts.unpinSelected' : 'hosts.pinSelected')}
      </Button>
      {children}
      <Button look="quiet" onClick={onClear}>
        {t('hosts.clearSelection')}
      </Button>
    </div>
  );
}
