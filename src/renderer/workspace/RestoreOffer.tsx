/** Asks whether the tabs of the last start come back. Nothing waits for the answer. */
import { useTranslation } from 'react-i18next';
import type { SavedWorkspace } from '../../contract/workspace.ts';
import { Button } from '../ui/Button.tsx';
import { tabName } from './tabText.ts';

const NAMED = 4;

export interface RestoreOfferProps {
  readonly saved: SavedWorkspace;
  readonly onRestore: () => void;
  readonly onAlways: () => void;
  readonly onDismiss: () => void;
}

export function RestoreOffer({ saved, onRestore, onAlways, onDismiss }: RestoreOfferProps) {
  const { t } = useTranslation();
  const names = [...new Set(saved.tabs.map(({ title, name, instanceId }) => tabName({ instanceId, ...(title === undefined ? {} : { title }), ...(name === undefined ? {} : { name }) }, undefined)))];
  const first = names.slice(0, NAMED).join(', ');
  return (
    <section className="restore-offer" role="status">
      <p>{t('workspace.offer', { count: saved.tabs.length, names: names.length > NAMED ? t('workspace.offerMore', { names: first, count: names.length - NAMED }) : first })}</p>
      <div className="row-buttons">
        <Button look="primary" onClick={onRestore}>
          {t('workspace.restore')}
        </Button>
        <Button onClick={onAlways}>{t('workspace.restoreAlways')}</Button>
        <Button onClick={onDismiss}>{t('workspace.notNow')}</Button>
      </div>
    </section>
  );
}
