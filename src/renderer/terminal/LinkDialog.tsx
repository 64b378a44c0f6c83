/** Shows where a link of the terminal really leads before it opens. */
import { Button } from '../ui/Button.tsx';
import { Dialog } from '../ui/Dialog.tsx';
import { safeText } from '../ui/safeText.ts';
import type { LinkTarget } from './linkTarget.ts';

export function LinkDialog({ target, onClose }: { readonly target: LinkTarget; readonly onClose: () => void }) {
  return (
    <Dialog
      title={`Open ${safeText(target.host)}?`}
      onClose={onClose}
      footer={
        <>
          <Button data-autofocus onClick={onClose}>
            Cancel
          </Button>
          <Button
            look="primary"
            onClick={() => {
              window.open(target.url, '_blank', 'noopener,noreferrer');
              onClose();
            }}
          >
            Open in the browser
          </Button>
        </>
      }
    >
      <p>A program in the terminal made this link. It leads to:</p>
      <pre className="paste-preview">{safeText(target.url)}</pre>
    </Dialog>
  );
}
