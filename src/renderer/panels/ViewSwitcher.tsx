/** The views of the window. */
import { useTranslation } from 'react-i18next';
import type { View } from '../state/windowState.ts';
import { Icon, type IconName } from '../ui/Icon.tsx';

const views: readonly { readonly view: View; readonly icon: IconName }[] = [
  { view: 'hosts', icon: 'server' },
  { view: 'map', icon: 'map' },
  { view: 'tunnels', icon: 'tunnel' },
  { view: 'keys', icon: 'key' },
  { view: 'history', icon: 'history' },
  { view: 'settings', icon: 'settings' },
];

export interface ViewSwitcherProps {
  readonly view: View;
  readonly onChange: (view: View) => void;
}

export function ViewSwitcher({ view, onChange }: ViewSwitcherProps) {
  const { t } = useTranslation();
  return (
    <nav className="view-switcher" aria-label={t('window.views.label')}>
      {views.map(({ view: one, icon }) => (
        <button key={one} type="button" aria-current={one === view ? 'page' : undefined} onClick={() => onChange(one)}>
          <Icon name={icon} /> {t(`window.views.${one}`)}
        </button>
      ))}
    </nav>
  );
}
