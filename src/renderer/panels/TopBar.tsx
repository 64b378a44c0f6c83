/** The top: name, search box, and the two side panels' switches. */
import { useTranslation } from 'react-i18next';
import { Icon } from '../ui/Icon.tsx';

export interface TopBarProps {
  readonly paletteKeys: string;
  readonly hostsShown: boolean;
  readonly hostShown: boolean;
  readonly onPalette: () => void;
  readonly onToggleHosts: () => void;
  readonly onToggleHost: () => void;
  readonly onSettings: () => void;
}

export function TopBar(props: TopBarProps) {
  const { t } = useTranslation();
  return (
    <header className="top-bar">
      <button type="button" className="icon-button" aria-label={t('window.hostsList')} aria-pressed={props.hostsShown} title={t('window.hostsListTitle')} onClick={props.onToggleHosts}>
        <Icon name="hosts" />
      </button>
      <h1 className="brand">Postern</h1>
      <button type="button" className="search-box" onClick={props.onPalette}>
        <Icon name="search" />
        <span>{t('window.searchBox')}</span>
        {props.paletteKeys === '' ? undefined : <kbd>{props.paletteKeys}</kbd>}
      </button>
      <button type="button" className="icon-button" aria-label={t('settings.title')} title={t('settings.title')} onClick={props.onSettings}>
        <Icon name="settings" />
      </button>
      <button type="button" className="icon-button" aria-label={t('host.panelLabel')} aria-pressed={props.hostShown} title={t('window.hostDetailsTitle')} onClick={props.onToggleHost}>
        <Icon name="panel" />
      </button>
    </header>
  );
}
