/** A strip under the terminal that says why nothing can be typed: ended, failed, resuming, or shown in another window. */
import type { ReactNode } from 'react';
import type { ExitStatus, SessionState } from '../../contract/session.ts';
import { Button } from '../ui/Button.tsx';
import { safeText } from '../ui/safeText.ts';
import { ErrorNote } from './ErrorNote.tsx';
import { ResumingText } from './ResumingText.tsx';

export interface SessionBannerProps {
  readonly state: SessionState;
  /** The stream ended although the session goes on. */
  readonly takenOver: boolean;
  readonly onReconnect: () => void;
  readonly onOtherRoute: () => void;
  readonly onTakeBack: () => void;
  readonly onReconnectNow: () => void;
  readonly onStopReconnecting: () => void;
  readonly onClose: () => void;
}

export function exitText({ exitCode, signal }: ExitStatus): string {
  if (signal !== undefined) return `by signal ${safeText(signal)}`;
  return exitCode === undefined ? 'without an exit status' : `with exit status ${exitCode}`;
}

export function SessionBanner({ state, takenOver, onReconnect, onOtherRoute, onTakeBack, onReconnectNow, onStopReconnecting, onClose }: SessionBannerProps) {
  switch (state.name) {
    case 'closed':
      return (
        <Strip kind="closed">
          <span>
            {state.reason !== undefined && state.exit.exitCode === undefined && state.exit.signal === undefined
              ? `Session closed. ${safeText(state.reason)}`
              : `Session ended ${exitText(state.exit)}.${state.reason === undefined ? '' : ` ${safeText(state.reason)}`}`}
          </span>
          <Button look="primary" onClick={onReconnect}>
            Reconnect
          </Button>
          <Button onClick={onClose}>Close tab</Button>
        </Strip>
      );
    case 'failed':
      return (
        <Strip kind="failed">
          <ErrorNote error={state.error}>
            <Button look="primary" onClick={onReconnect}>
              {state.error.retryable ? 'Retry' : 'Try again'}
            </Button>
            <Button onClick={onOtherRoute}>Another route…</Button>
            <Button onClick={onClose}>Close tab</Button>
          </ErrorNote>
        </Strip>
      );
    case 'resuming':
      return (
        <Strip kind="resuming">
          <ResumingText state={state} onReconnectNow={onReconnectNow} onStop={onStopReconnecting} />
        </Strip>
      );
    case 'connected':
      return takenOver ? (
        <Strip kind="taken">
          <span>This session is shown in another window.</span>
          <Button onClick={onTakeBack}>Show it here</Button>
        </Strip>
      ) : undefined;
    case 'connecting':
    case 'asking':
      return undefined;
  }
}

function Strip({ kind, children }: { readonly kind: string; readonly children: ReactNode }) {
  return (
    <div className={`session-banner ${kind}`} role="status" data-testid="session-banner">
      {children}
    </div>
  );
}
