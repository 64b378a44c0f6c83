/** `2 tunnels` in the status bar, and how many of them carry nothing now. */
import { useTranslation } from 'react-i18next';
import type { Forward } from '../../contract/forward.ts';
import { listText } from '../i18n/locale.ts';
import { Icon } from '../ui/Icon.tsx';

export function TunnelsItem({ forwards, onShow }: { readonly forwards: readonly Forward[]; readonly onShow: () => void }) {
  const { t } = useTranslation();
  if (forwards.length === 0) return undefined;
  const failed = forwards.filter(({ state }) => state === 'failed').length;
  const resuming = forwards.filter(({ state }) => state === 'resuming').length;
  const troubles = [failed === 0 ? '' : t('tunnels.countFailed', { number: failed }), resuming === 0 ? '' : t('tunnels.countResuming', { number: resuming })].filter((word) => word !== '');
  return (
    <button type="button" className={failed === 0 ? 'status-item' : 'status-item trouble'} title={t('tunnels.show')} data-testid="tunnels-item" onClick={onShow}>
      <Icon name={failed === 0 ? 'tunnel' : 'warning'} /> {listText([t('tunnels.count', { count: forwards.length }), ...troubles])}
    </button>
  );
}
