/** Shows what a program on a host wants on the clipboard, and asks whether it may put it there. */
import { useTranslation } from 'react-i18next';
import { Button } from '../ui/Button.tsx';
import { Dialog } from '../ui/Dialog.tsx';
import { safeLines, safeText } from '../ui/safeText.ts';

const PREVIEW_LINES = 200;
const PREVIEW_CHARACTERS = 20_000;

export interface ClipboardDialogProps {
  readonly hostName: string;
  readonly text: string;
  readonly onDecide: (decision: 'once' | 'not-now' | 'always' | 'never') => void;
}

export function ClipboardDialog({ hostName, text, onDecide }: ClipboardDialogProps) {
  const { t } = useTranslation();
  const lines = safeLines(text.slice(0, PREVIEW_CHARACTERS)).split('\n');
  const cut = lines.length > PREVIEW_LINES || text.length > PREVIEW_CHARACTERS;
  return (
    <Dialog
      title={t('hostClipboard.title', { host: safeText(hostName) })}
      wide
      onClose={() => onDecide('not-now')}
      footer={
        <>
          <Button onClick={() => onDecide('never')}>{t('hostClipboard.never')}</Button>
          <Button onClick={() => onDecide('always')}>{t('hostClipboard.always')}</Button>
          <Button onClick={() => onDecide('once')}>{t('hostClipboard.once')}</Button>
          {/* Whoever is typing when this opens has chosen nothing. */}
          <Button look="primary" data-autofocus onClick={() => onDecide('not-now')}>
            {t('hostClipboard.notNow')}
          </Button>
        </>
      }
    >
      <p>{t('hostClipboard.what', { count: [...text].length })}</p>
      {text.includes('\n') ? <p role="note">{t('hostClipboard.severalLines')}</p> : undefined}
      <pre className="paste-preview" tabIndex={0} aria-label={t('hostClipboard.preview')}>
        {lines.slice(0, PREVIEW_LINES).join('\n')}
        {cut ? '\n…' : ''}
      </pre>
    </Dialog>
  );
}
