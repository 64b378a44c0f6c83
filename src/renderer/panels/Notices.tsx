/** What the person should know now: notices of the services, and actions that did not work. Each can be dismissed. */
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
  const said = useSaid();
  if (!cutOff && notices.length === 0 && problems.length === 0) return undefined;
  return (
    <aside className="notices" aria-label="Notices">
      {cutOff ? (
        <div className="notice error" role="alert">
          <div>
            <p className="error-message">Postern was started again, so this page is no longer connected to it.</p>
            <p>Open the address that it printed. The sessions of before have ended; what their terminals show stays here until this page is closed.</p>
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
  return (
    <Button look="quiet" aria-label="Dismiss" onClick={onClick}>
      <Icon name="close" />
    </Button>
  );
}
