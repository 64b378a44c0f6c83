/** Shows what would be pasted, control characters written out, before a shell gets it. */
import { use } from 'react';
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
  const besides = use(PasteNote);
  const lines = safeLines(paste.original.slice(0, PREVIEW_CHARACTERS)).split('\n');
  const cut = lines.length > PREVIEW_LINES || paste.original.length > PREVIEW_CHARACTERS;
  return (
    <Dialog
      title={paste.lineCount > 1 ? `Paste ${paste.lineCount} lines?` : 'Paste this?'}
      wide
      onClose={() => onDecide(false)}
      footer={
        <>
          <Button onClick={() => onDecide(false)}>Cancel</Button>
          <Button look="primary" data-autofocus onClick={() => onDecide(true)}>
            Paste
          </Button>
        </>
      }
    >
      <p>
        {paste.text.includes('\r') ? 'The shell may run each line as it arrives. ' : ''}
        {paste.removedControls > 0 ? `${paste.removedControls} control ${paste.removedControls === 1 ? 'character' : 'characters'} will be left out.` : ''}
      </p>
      {besides === undefined ? undefined : <p className="warning-note">{besides}</p>}
      <pre className="paste-preview" tabIndex={0} aria-label="What will be pasted">
        {lines.slice(0, PREVIEW_LINES).join('\n')}
        {cut ? '\n…' : ''}
      </pre>
    </Dialog>
  );
}
