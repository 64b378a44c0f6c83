/** What the person should know now: notices of the services, and actions that did not work. Each can be dismissed. */
import { useTranslation } from 'react-i18next';
import type { Notice } from '../../contract/settings.ts';
import { useSaid } from '../i18n/said.ts';
import type { Problem } from '../state/windowState.ts';
import { Button } from '../ui/Button.tsx';
import { Icon } from '../ui/Icon.tsx';
import { safeText } from '../ui/safeText.ts';
import { ErrorNote } from './ErrorNote.tsx';

export interface NoticesProps {
  /** Postern was started again, so this page is cut off from it for good. */
  readonly cutOff: boolean;
  readonly notices: readonly Notice[];
  readonly problems: readonly Problem[];
  readonly onDismissNotice: (noticeId: string) => void;
  readonly onDismissProblem: (problemId: string) => void;
}

export function Notices({ cutOff, notices, problems, onDismissNotice, onDismissProblem }: NoticesProps) {
  const { t } = useTranslation();
  const said = useSaid();
  if (!cutOff && notices.length === 0 && problems.length === 0) return undefined;
  return (
    <aside className="notices" aria-label={t('window.notices')}>
      {cutOff ? (
        <div className="notice error" role="alert">
          <div>
            <p className="error-message">{t('window.cutOff')}</p>
            <p>{t('window.cutOffRemedy')}</p>
          </div>
        </div>
      ) : undefined}
      {notices.map(({ noticeId, severity, message, remedy }) => (
        <div key={noticeId} className={`notice ${severity}`} role={severity === 'info' ? 'status' : 'alert'}>
          <div>
            <p className="error-message">{safeText(said(message))}</p>
            {remedy === undefined ? undefined : <p>{safeText(said(remedy))}</p>}
          </div>
          <Dismiss onClick={() => onDismissNotice(noticeId)} />
        </div>
      ))}
      {problems.map(({ problemId, error }) => (
        <div key={problemId} className="notice error">
          <ErrorNote error={error} />
          <Dismiss onClick={() => onDismissProblem(problemId)} />
        </div>
      ))}
    </aside>
  );
}

function Dismiss({ onClick }: { readonly onClick: () => void }) {
  const { t } = useTranslation();
  return (
    <Button look="quiet" aria-label={t('window.dismiss')} onClick={onClick}>
      <Icon name="close" />
    </Button>
  );
}
