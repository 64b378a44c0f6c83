/** Chooses the terminals that receive what is typed. Production is never among them unless it is ticked and confirmed, each time. */
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { listText } from '../i18n/locale.ts';
import { Button } from '../ui/Button.tsx';
import { Dialog } from '../ui/Dialog.tsx';
import type { BroadcastGroup } from './broadcastRules.ts';

export interface BroadcastChoice {
  readonly tabId: string;
  readonly name: string;
  /** Where it is, e.g. the account's label. */
  readonly place: string | undefined;
  readonly connected: boolean;
  readonly production: boolean;
}

export interface BroadcastDialogProps {
  readonly choices: readonly BroadcastChoice[];
  /** Ticked at first. */
  readonly initial: readonly string[];
  /** In front of their panes. */
  readonly shown: readonly string[];
  /** Behind each other in the pane in front. */
  readonly inPane: readonly string[];
  readonly onStart: (group: BroadcastGroup) => void;
  readonly onClose: () => void;
}

export function BroadcastDialog({ choices, initial, shown, inPane, onStart, onClose }: BroadcastDialogProps) {
  const { t } = useTranslation();
  const free = (tabIds: readonly string[]): readonly string[] => choices.filter(({ tabId, connected, production }) => tabIds.includes(tabId) && connected && !production).map(({ tabId }) => tabId);
  const all = choices.map(({ tabId }) => tabId);
  const [ticked, setTicked] = useState<readonly string[]>(free(initial));
  const [confirmed, setConfirmed] = useState(false);
  // A terminal may have dropped since it was ticked.
  const chosen = choices.filter(({ tabId, connected }) => connected && ticked.includes(tabId));
  const production = chosen.filter((choice) => choice.production);
  const ready = chosen.length > 1 && (production.length === 0 || confirmed);
  const tick = (tabIds: readonly string[]): void => {
    setTicked(tabIds);
    setConfirmed(false);
  };
  const presets = [
    { key: 'all', tabIds: free(all) },
    { key: 'shown', tabIds: free(shown) },
    { key: 'inPane', tabIds: free(inPane) },
  ] as const;
  return (
    <Dialog
      title={t('broadcast.title')}
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>{t('common.cancel')}</Button>
          <Button look="primary" data-autofocus disabled={!ready} onClick={() => onStart({ tabIds: chosen.map(({ tabId }) => tabId), confirmedTabIds: production.map(({ tabId }) => tabId) })}>
            {t('broadcast.start', { count: chosen.length })}
          </Button>
        </>
      }
    >
      <p>{t('broadcast.explain')}</p>
      <div className="row-buttons">
        {presets.map(({ key, tabIds }) => (
          <Button key={key} disabled={tabIds.length < 2} onClick={() => tick(tabIds)}>
            {t(`broadcast.preset.${key}`)}
          </Button>
        ))}
      </div>
      <div role="group" aria-label={t('broadcast.terminals')} className="broadcast-choice">
        {choices.map(({ tabId, name, place, connected, production: isProduction }) => (
          <label key={tabId} className="choice">
            <input type="checkbox" disabled={!connected} checked={connected && ticked.includes(tabId)} onChange={({ target }) => tick(target.checked ? [...ticked, tabId] : ticked.filter((one) => one !== tabId))} />
            <span>{name}</span>
            {isProduction ? <span className="production-mark">{t('accounts.productionMark')}</span> : undefined}
            <span className="note">{connected ? place : t('broadcast.notConnected')}</span>
          </label>
        ))}
      </div>
      {production.length === 0 ? undefined : (
        <label className="choice warning-note">
          <input type="checkbox" checked={confirmed} onChange={({ target }) => setConfirmed(target.checked)} />
          <span>{t('broadcast.confirmProduction', { count: production.length, names: listText(production.map(({ name }) => name)) })}</span>
        </label>
      )}
      {chosen.length > 1 ? undefined : <p className="note">{t('broadcast.needsTwo')}</p>}
    </Dialog>
  );
}
