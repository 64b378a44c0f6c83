/** The views of the window. */
import type { View } from '../state/windowState.ts';
import { Icon, type IconName } from '../ui/Icon.tsx';

const views: readonly { readonly view: View; readonly label: string; readonly icon: IconName }[] = [
  { view: 'hosts', label: 'Hosts', icon: 'server' },
  { view: 'map', label: 'Map', icon: 'map' },
  { view: 'tunnels', label: 'Tunnels', icon: 'tunnel' },
  { view: 'keys', label: 'Keys', icon: 'key' },
  { view: 'history', label: 'History', icon: 'history' },
  { view: 'settings', label: 'Settings', icon: 'settings' },
];

export interface ViewSwitcherProps {
  readonly view: View;
  readonly onChange: (view: View) => void;
}

export function ViewSwitcher({ view, onChange }: ViewSwitcherProps) {
  return (
    <nav className="view-switcher" aria-label="Views">
      {views.map(({ view: one, label, icon }) => (
        <button key={one} type="button" aria-current={one === view ? 'page' : undefined} onClick={() => onChange(one)}>
          <Icon name={icon} /> {label}
        </button>
      ))}
    </nav>
  );
}
