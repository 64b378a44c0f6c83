/** Shows what would be pasted, control characters written out, before a shell gets it. */
import { use } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '../ui/Button.tsx';
import { Dialog } from '../ui/Dialog.tsx';
import { safeLines } from '../ui/safeText.ts';
import type { AskedPaste } from './clipboard.ts';
import { PasteNote } from './PasteNote.ts';

const PREVIEW_LINES = 200;
const PREVIEW_CHARACTERS = 20_000;

export interface PasteDialogProps {
  readonly paste: AskedPaste;
  readonly onDecide: (send: boolean) => void;
}

export function PasteDialog({ paste, onDecide }: PasteDialogProps) {
  const { t } = useTranslation();
  const besides = use(PasteNote);
  const lines = safeLines(paste.original.slice(0, PREVIEW_CHARACTERS)).split('\n');
  const cut = lines.length > PREVIEW_LINES || paste.original.length > PREVIEW_CHARACTERS;
  return (
    <Dialog
      title={t('paste.title', { count: paste.lineCount })}
      wide
      onClose={() => onDecide(false)}
      footer={
        <>
          <Button onClick={() => onDecide(false)}>{t('common.cancel')}</Button>
          <Button look="primary" data-autofocus onClick={() => onDecide(true)}>
            {t('paste.paste')}
          </Button>
        </>
      }
    >
      {paste.text.includes('\r') ? <p>{t('paste.runsLines')}</p> : undefined}
      {paste.removedControls > 0 ? <p>{t('paste.removed', { count: paste.removedControls })}</p> : undefined}
      {besides === undefined ? undefined : <p className="warning-note">{besides}</p>}
      <pre className="paste-preview" tabIndex={0} aria-label={t('paste.preview')}>
        {lines.slice(0, PREVIEW_LINES).join('\n')}
        {cut ? '\n…' : ''}
      </pre>
    </Dialog>
  );
}
