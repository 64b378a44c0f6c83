/** What can be typed into the palette. */
import { useTranslation } from 'react-i18next';
import type { PaletteMode } from './paletteItems.ts';

export function PaletteHelp({ mode }: { readonly mode: PaletteMode }) {
  const { t } = useTranslation();
  const lines = [
    ['>', t('palette.helpActions')],
    ['@', t('palette.helpHosts')],
    ['#', t('palette.helpSnippets')],
    ['?', t('palette.helpHelp')],
  ] as const;
  return (
    <div className={mode === 'help' ? 'palette-help whole' : 'palette-help'} data-testid="palette-help">
      <p>{t('palette.help')}</p>
      <dl>
        {lines.map(([sign, text]) => (
          <div key={sign}>
            <dt>
              <kbd>{sign}</kbd>
            </dt>
            <dd>{text}</dd>
          </div>
        ))}
      </dl>
      <p className="note">
        {t('palette.keysOpen')} · {t('palette.keysRoute')}
      </p>
    </div>
  );
}
