/** What one line of the palette says. */
import { useTranslation } from 'react-i18next';
import { InstanceRow } from '../panels/HostRowView.tsx';
import { safeText } from '../ui/safeText.ts';
import type { PaletteItem } from './paletteItems.ts';

/** @param mixed lines of every kind stand beside each other, so each says what it is */
export function PaletteRow({ item, mixed }: { readonly item: PaletteItem; readonly mixed: boolean }) {
  const { t } = useTranslation();
  if (item.kind === 'host') return <InstanceRow instance={item.instance} />;
  if (item.kind === 'config') {
    return (
      <>
        <span className="state-dot config" aria-hidden="true">
          ◇
        </span>
        <span className="host-name">{safeText(item.host.name)}</span>
        <span className="group-note">~/.ssh/config</span>
      </>
    );
  }
  const { kind, name, note, shortcut } = item.command;
  return (
    <>
      <span className="palette-kind" aria-hidden="true">
        {signs[kind]}
      </span>
      <span className="palette-name">{name}</span>
      {note === undefined ? undefined : <span className="palette-note">{note}</span>}
      {mixed && kind !== 'action' ? <span className="palette-what">{t(kind === 'tab' ? 'palette.tabOf' : kind === 'snippet' ? 'palette.snippets' : 'palette.settings')}</span> : undefined}
      {shortcut === undefined ? undefined : <kbd>{shortcut}</kbd>}
    </>
  );
}

const signs = { action: '>', tab: '▭', snippet: '#', setting: '⚙' } as const;
