/** The truth at the bottom: what is listed and how fresh, what is missing and why, and whether the window is connected. */
import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Forward } from '../../contract/forward.ts';
import { scopeKey, type ScopeStatus } from '../../contract/scope.ts';
import type { TerminalSession } from '../../contract/session.ts';
import type { AppInfo } from '../../contract/settings.ts';
import { numberText } from '../i18n/locale.ts';
import type { LinkState } from '../state/connection.ts';
import { ageText, momentTitle } from '../ui/age.ts';
import { Button } from '../ui/Button.tsx';
import { Dialog } from '../ui/Dialog.tsx';
import { Icon } from '../ui/Icon.tsx';
import { safeText } from '../ui/safeText.ts';
import { deniedText } from './DeniedNote.tsx';
import { ErrorNote } from './ErrorNote.tsx';
import { RoundTripItem } from './RoundTripItem.tsx';
import { SecurityItem } from './SecurityItem.tsx';
import { TunnelsItem } from './TunnelsItem.tsx';

export interface StatusBarProps {
  readonly scopes: readonly ScopeStatus[];
  readonly hostCount: number;
  readonly forwards: readonly Forward[];
  /** What the front tab shows. */
  readonly session?: TerminalSession | undefined;
  readonly link: LinkState;
  readonly info: AppInfo | undefined;
  readonly nowMs: number;
  /** Countdowns of the sessions that end by themselves. */
  readonly limits?: ReactNode;
  readonly onRefresh: () => void;
  readonly onStopReading: () => void;
  readonly onRetryLink: () => void;
  readonly onChooseScopes: () => void;
  readonly onShowTunnels: () => void;
}

export interface EstateSummary {
  readonly accounts: number;
  readonly regions: number;
  readonly loading: number;
  /** Scopes that failed, or in which a call failed. */
  readonly troubled: readonly ScopeStatus[];
  /** Scopes of which only a policy hides something. */
  readonly denied: readonly ScopeStatus[];
  /** When the stalest scope was last read. */
  readonly oldest: string | undefined;
  /** From when the oldest rows are that an earlier run knew and AWS has not confirmed yet. */
  readonly rememberedSince: string | undefined;
}

function summarize(scopes: readonly ScopeStatus[]): EstateSummary {
  const times = scopes.map((status) => status.refreshedAt).filter((time) => time !== undefined);
  return {
    accounts: new Set(scopes.map(({ scope }) => scope.accountId ?? scope.profile)).size,
    regions: new Set(scopes.map(({ scope }) => scope.region)).size,
    loading: scopes.filter(({ state }) => state === 'loading').length,
    troubled: scopes.filter((status) => (status.state === 'failed' || status.problems.length > 0) && !isOnlyDenied(status)),
    denied: scopes.filter(isOnlyDenied),
    oldest: times.toSorted()[0],
    rememberedSince: scopes.flatMap(({ remembered, refreshedAt }) => (remembered === true && refreshedAt !== undefined ? [refreshedAt] : [])).toSorted()[0],
  };
}

function isOnlyDenied({ state, problems, denied = [] }: ScopeStatus): boolean {
  return state !== 'failed' && denied.length > 0 && denied.length === problems.length;
}

export function StatusBar({ scopes, hostCount, forwards, session, link, info, nowMs, limits, onRefresh, onStopReading, onRetryLink, onChooseScopes, onShowTunnels }: StatusBarProps) {
  const [showingProblems, setShowingProblems] = useState(false);
  const { t } = useTranslation();
  const { accounts, regions, loading, troubled, denied, oldest, rememberedSince } = summarize(scopes);
  const age = (time: string): string => ageText(time, nowMs);
  const freshness = (): string => {
    if (loading > 0) return rememberedSince === undefined ? t('estate.readingScopes', { count: loading }) : t('estate.readingScopesSeen', { count: loading, age: age(rememberedSince) });
    if (rememberedSince !== undefined) return t('estate.seen', { age: age(rememberedSince) });
    return oldest === undefined ? t('estate.notRead') : t('estate.fresh', { age: age(oldest) });
  };
  return (
    <footer className="status-bar" aria-label={t('window.bar')}>
      <button type="button" className="status-item" title={t('window.chooseScopes')} onClick={onChooseScopes}>
        {t('window.listed', { accounts: t('window.accounts', { count: accounts }), regions: t('window.regions', { count: regions }), hosts: t('window.hosts', { count: hostCount }) })}
      </button>
      <button type="button" className={rememberedSince === undefined ? 'status-item' : 'status-item remembered'} title={oldest === undefined ? t('estate.readFirst') : t('estate.readEverything', { moment: momentTitle(oldest) })} onClick={onRefresh}>
        <Icon name="refresh" /> {freshness()}
      </button>
      {loading === 0 ? undefined : (
        <button type="button" className="status-item" title={t('estate.stopAll')} aria-label={t('estate.stopAll')} onClick={onStopReading}>
          <Icon name="close" />
        </button>
      )}
      {denied.length === 0 ? undefined : (
        <button type="button" className="status-item" title={deniedText(denied.flatMap((status) => status.denied ?? []), t)} onClick={() => setShowingProblems(true)}>
          <Icon name="lock" /> {t('estate.deniedScopes', { count: denied.length })}
        </button>
      )}
      {troubled.length === 0 ? undefined : (
        <button type="button" className="status-item trouble" onClick={() => setShowingProblems(true)}>
          <Icon name="warning" /> {t('window.troubled', { count: troubled.length })}
        </button>
      )}
      <TunnelsItem forwards={forwards} onShow={onShowTunnels} />
      <span className="spacer" />
      {limits}
      {info?.demo === true ? <span className="status-item">{t('window.demo')}</span> : undefined}
      <RoundTripItem session={session} />
      <SecurityItem session={session} />
      <LinkText link={link} nowMs={nowMs} onRetry={onRetryLink} />
      {info === undefined ? undefined : <span className="status-item">Postern {info.version}</span>}
      {showingProblems ? (
        <Dialog
          title={t('window.problemsTitle')}
          wide
          onClose={() => setShowingProblems(false)}
          footer={
            <>
              <Button onClick={() => setShowingProblems(false)}>{t('common.close')}</Button>
              <Button
                look="primary"
                onClick={() => {
                  setShowingProblems(false);
                  onRefresh();
                }}
              >
                {t('window.readAgain')}
              </Button>
            </>
          }
        >
          {[...troubled, ...denied].map((status) => (
            <section key={scopeKey(status.scope)} className="scope-problems">
              <h3>
                {safeText(status.scope.profile)} · {safeText(status.scope.region)}
              </h3>
              {status.error === undefined ? undefined : <ErrorNote error={status.error} />}
              {status.problems.map(({ action, error }) => (
                <div key={action}>
                  <p className="mono">{safeText(action)}</p>
                  <ErrorNote error={error} />
                </div>
              ))}
            </section>
          ))}
        </Dialog>
      ) : undefined}
    </footer>
  );
}

function LinkText({ link, nowMs, onRetry }: { readonly link: LinkState; readonly nowMs: number; readonly onRetry: () => void }) {
  const { t } = useTranslation();
  switch (link.name) {
    case 'open':
      return (
        <span className="status-item" data-testid="link" data-state="open">
          <span aria-hidden="true">●</span> {t('window.connected')}
        </span>
      );
    case 'connecting':
      return (
        <span className="status-item" data-testid="link" data-state="connecting" role="status">
          <span aria-hidden="true">◐</span> {t('window.connecting')}
        </span>
      );
    case 'waiting':
      return (
        <button type="button" className="status-item trouble" data-testid="link" data-state="waiting" onClick={onRetry} title={t('window.tryNow')}>
          <Icon name="warning" /> {link.retryAtMs > nowMs ? t('window.waiting', { span: t('time.seconds', { number: numberText(Math.ceil((link.retryAtMs - nowMs) / 1000)) }) }) : t('window.waitingNow')}
        </button>
      );
    case 'token-refused':
      return (
        <span className="status-item trouble" data-testid="link" data-state="token-refused">
          <Icon name="warning" /> {t('window.notConnected')}
        </span>
      );
    case 'no-token':
      return (
        <span className="status-item trouble" data-testid="link" data-state="no-token">
          {t('window.notSignedIn')}
        </span>
      );
  }
}
