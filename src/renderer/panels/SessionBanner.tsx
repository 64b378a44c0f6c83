/** A strip under the terminal that says why nothing can be typed: ended, failed, resuming, or shown in another window. */
import type { ReactNode } from 'react';
import type { TFunction } from 'i18next';
import { useTranslation } from 'react-i18next';
import type { ExitStatus, SessionState } from '../../contract/session.ts';
import { useSaid } from '../i18n/said.ts';
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

function exitText({ exitCode, signal }: ExitStatus, t: TFunction): string {
  if (signal !== undefined) return t('session.ended.signal', { signal: safeText(signal) });
  return exitCode === undefined ? t('session.ended.nothing') : t('session.ended.status', { status: exitCode });
}

export function SessionBanner({ state, takenOver, onReconnect, onOtherRoute, onTakeBack, onReconnectNow, onStopReconnecting, onClose }: SessionBannerProps) {
  const { t } = useTranslation();
  const said = useSaid();
  switch (state.name) {
    case 'closed':
      return (
        <Strip kind="closed">
          <span>
            {state.reason !== undefined && state.exit.exitCode === undefined && state.exit.signal === undefined
              ? t('session.closed', { reason: safeText(said(state.reason)) })
              : [exitText(state.exit, t), ...(state.reason === undefined ? [] : [safeText(said(state.reason))])].join(' ')}
          </span>
          <Button look="primary" onClick={onReconnect}>
            {t('session.reconnect')}
          </Button>
          <Button onClick={onClose}>{t('session.closeTab')}</Button>
        </Strip>
      );
    case 'failed':
      return (
        <Strip kind="failed">
          <ErrorNote error={state.error}>
            <Button look="primary" onClick={onReconnect}>
              {t(state.error.retryable ? 'session.retry' : 'session.tryAgain')}
            </Button>
            <Button onClick={onOtherRoute}>{t('session.otherRoute')}</Button>
            <Button onClick={onClose}>{t('session.closeTab')}</Button>
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
          <span>{t('session.elsewhere')}</span>
          <Button onClick={onTakeBack}>{t('session.takeBack')}</Button>
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
