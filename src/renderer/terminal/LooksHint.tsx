/** Says over a terminal that it does not look as chosen, and why: a font that is not on this computer, a theme that is none. */
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '../ui/Button.tsx';
import { Icon } from '../ui/Icon.tsx';
import { safeText } from '../ui/safeText.ts';
import { useMeasuredFont } from './useMeasuredFont.ts';

/** Once read, it is not said again over the next tab. */
const dismissed = new Set<string>();

export interface LooksHintProps {
  readonly fontFamily: string;
  readonly missingTheme: string | undefined;
  readonly shownTheme: string;
}

export function LooksHint({ fontFamily, missingTheme, shownTheme }: LooksHintProps) {
  const { t } = useTranslation();
  const [, setDismissals] = useState(0);
  const font = useMeasuredFont(fontFamily);
  const noFont = font.missing.length > 0 && font.shown === 'monospace';
  const sentences = [
    ...(noFont ? [t('terminal.fontMissing', { fonts: font.missing.map(safeText).join(', ') })] : []),
    ...(missingTheme === undefined ? [] : [t('terminal.themeMissing', { theme: safeText(missingTheme), shown: safeText(shownTheme) })]),
  ].filter((sentence) => !dismissed.has(sentence));
  if (sentences.length === 0) return undefined;
  return (
    <div className="looks-hint" role="status">
      <p>{sentences.join(' ')}</p>
      <Button
        look="quiet"
        aria-label={t('terminal.dismissHint')}
        onClick={() => {
          for (const sentence of sentences) dismissed.add(sentence);
          setDismissals((count) => count + 1);
        }}
      >
        <Icon name="close" />
      </Button>
    </div>
  );
}
