/** Over the work while a broadcast is on: who receives what is typed, and how to stop; and afterwards, why it ended by itself. */
import { useTranslation } from 'react-i18next';
import { listText } from '../i18n/locale.ts';
import { Button } from '../ui/Button.tsx';
import { Icon } from '../ui/Icon.tsx';
import type { BroadcastState } from './broadcast.ts';
import './broadcast.css';

export interface BroadcastBarProps {
  readonly state: BroadcastState;
  /** What the receivers are called; before it begins those that it waits for. */
  readonly names: readonly string[];
  /** The keys that stop it. */
  readonly keys: string | undefined;
  readonly onChange: () => void;
  readonly onStop: () => void;
  readonly onDismiss: () => void;
}

export function BroadcastBar({ state, names, keys, onChange, onStop, onDismiss }: BroadcastBarProps) {
  const { t } = useTranslation();
  if (state.group !== undefined || state.starting !== undefined) {
    return (
      <div className="broadcast-bar" role="alert">
        <strong>{t('broadcast.mark')}</strong>
        <span className="broadcast-names">{state.group === undefined ? t('broadcast.waitsFor', { names: listText(names) }) : t('broadcast.goesTo', { count: names.length, names: listText(names) })}</span>
        <span className="row-buttons">
          <Button onClick={onChange}>{t('broadcast.change')}</Button>
          <Button look="danger" onClick={onStop}>
            {t('broadcast.stop')}
            {keys === undefined ? undefined : <kbd>{keys}</kbd>}
          </Button>
        </span>
      </div>
    );
  }
  if (state.ended === undefined) return undefined;
  return (
    <div className="broadcast-bar ended" role="alert">
      <Icon name="warning" />
      <span className="broadcast-names">
        {t(`broadcast.ended.${state.ended.why}`, { name: state.ended.name })} {t('broadcast.endedNote')}
      </span>
      <Button onClick={onDismiss}>{t('common.close')}</Button>
    </div>
  );
}

/** Around a terminal that receives. */
export function BroadcastFrame({ count }: { readonly count: number }) {
  const { t } = useTranslation();
  return (
    <div className="broadcast-frame" data-testid="broadcast-frame">
      <span>{t('broadcast.receives', { count })}</span>
    </div>
  );
}
