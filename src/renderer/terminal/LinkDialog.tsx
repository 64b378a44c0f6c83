/** Shows where a link of the terminal really leads before it opens, or why it does not. */
import { useTranslation } from 'react-i18next';
import { Button } from '../ui/Button.tsx';
import { Dialog } from '../ui/Dialog.tsx';
import { safeText } from '../ui/safeText.ts';
import type { LinkTarget, RefusedLink } from './linkTarget.ts';

const SHOWN_CHARACTERS = 2000;

export interface LinkDialogProps {
  readonly link: LinkTarget | RefusedLink;
  readonly onClose: () => void;
}

export function LinkDialog({ link, onClose }: LinkDialogProps) {
  return 'refused' in link ? <RefusedLinkDialog link={link} onClose={onClose} /> : <OpenLinkDialog target={link} onClose={onClose} />;
}

function OpenLinkDialog({ target, onClose }: { readonly target: LinkTarget; readonly onClose: () => void }) {
  const { t } = useTranslation();
  return (
    <Dialog
      title={t('links.title', { host: safeText(target.host) })}
      onClose={onClose}
      footer={
        <>
          <Button data-autofocus onClick={onClose}>
            {t('common.cancel')}
          </Button>
          <Button
            look="primary"
            onClick={() => {
              window.open(target.url, '_blank', 'noopener,noreferrer');
              onClose();
            }}
          >
            {t('links.open')}
          </Button>
        </>
      }
    >
      <p>{t('links.leadsTo')}</p>
      <pre className="paste-preview">{safeText(target.url)}</pre>
      {target.beyondAscii ? <p role="note">{t('links.beyondAscii')}</p> : undefined}
      {target.hasUser ? <p role="note">{t('links.hasUser', { host: safeText(target.host) })}</p> : undefined}
    </Dialog>
  );
}

function RefusedLinkDialog({ link, onClose }: { readonly link: RefusedLink; readonly onClose: () => void }) {
  const { t } = useTranslation();
  const reason = link.refused === 'protocol' ? t('links.protocol', { protocol: safeText(link.protocol) }) : link.refused === 'too-long' ? t('links.tooLong') : t('links.noAddress');
  return (
    <Dialog
      title={t('links.refused')}
      onClose={onClose}
      footer={
        <Button data-autofocus onClick={onClose}>
          {t('common.close')}
        </Button>
      }
    >
      <p>{reason}</p>
      <pre className="paste-preview">{safeText(link.text.slice(0, SHOWN_CHARACTERS))}</pre>
    </Dialog>
  );
}
