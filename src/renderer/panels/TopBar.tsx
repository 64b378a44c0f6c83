/** The top: name, search box, and the two side panels' switches. */
import { Icon } from '../ui/Icon.tsx';

export interface TopBarProps {
  readonly paletteKeys: string;
  readonly hostsShown: boolean;
  readonly hostShown: boolean;
  readonly onPalette: () => void;
  readonly onToggleHosts: () => void;
  readonly onToggleHost: () => void;
  readonly onAppearance: () => void;
}

export function TopBar(props: TopBarProps) {
  return (
    <header className="top-bar">
      <button type="button" className="icon-button" aria-label="Hosts list" aria-pressed={props.hostsShown} title="Show or hide the hosts list" onClick={props.onToggleHosts}>
        <Icon name="hosts" />
      </button>
      <h1 className="brand">Postern</h1>
      <button type="button" className="search-box" onClick={props.onPalette}>
        <Icon name="search" />
        <span>Search hosts and actions…</span>
        <kbd>{props.paletteKeys}</kbd>
      </button>
      <button type="button" className="icon-button" aria-label="Appearance" title="Theme and font" onClick={props.onAppearance}>
        <Icon name="settings" />
      </button>
      <button type="button" className="icon-button" aria-label="Host details" aria-pressed={props.hostShown} title="Show or hide the host details" onClick={props.onToggleHost}>
        <Icon name="panel" />
      </button>
    </header>
  );
}
