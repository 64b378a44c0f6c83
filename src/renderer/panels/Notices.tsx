/** What the person should know now: notices of the services, and actions that did not work. Each can be dismissed. */
import type { Notice } from '../../contract/settings.ts';
import type { Problem } from '../state/windowState.ts';
import { Button } from '../ui/Button.tsx';
import { Icon } from '../ui/Icon.tsx';
import { safeText } from '../ui/safeText.ts';
import { ErrorNote } from './ErrorNote.tsx';

export interface NoticesProps {
  readonly notices: readonly Notice[];
  readonly problems: readonly Problem[];
  readonly onDismissNotice: (noticeId: string) => void;
  readonly onDismissProblem: (problemId: string) => void;
}

export function Notices({ notices, problems, onDismissNotice, onDismissProblem }: NoticesProps) {
  if (notices.length === 0 && problems.length === 0) return undefined;
  return (
    <aside className="notices" aria-label="Notices">
      {notices.map(({ noticeId, severity, message, remedy }) => (
        <div key={noticeId} className={`notice ${severity}`} role={severity === 'info' ? 'status' : 'alert'}>
          <div>
            <p className="error-message">{safeText(message)}</p>
            {remedy === undefined ? undefined : <p>{safeText(remedy)}</p>}
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
