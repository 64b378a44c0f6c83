/** Counts down to what ends sessions by itself: in the status bar, and on a tab when it is close. */
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import type { TerminalSession } from '../../contract/session.ts';
import { isSoon, leftText, limitsOf, SOON_MS, type ShownLimit } from '../state/limits.ts';
import { useNow } from '../state/useNow.ts';
import { hostNameOf } from '../state/names.ts';
import { momentText } from '../ui/age.ts';
import { announce } from '../ui/announce.tsx';
import { Icon } from '../ui/Icon.tsx';
import { safeText } from '../ui/safeText.ts';

const SECOND_MS = 1000;
const MINUTE_MS = 60_000;
/** The bar has room for more than limits. */
const MOST_OTHERS = 2;

export interface SessionLimitsProps {
  readonly sessions: ReadonlyMap<string, TerminalSession>;
  readonly frontSessionId: string | undefined;
}

/** All limits of the session in front; of others those that are about to hit. Nothing ticks while there are none. */
export function SessionLimits({ sessions, frontSessionId }: SessionLimitsProps) {
  const limited = [...sessions.values()].flatMap((session) => limitsOf(session).map((limit) => ({ session, limit })));
  return limited.length === 0 ? undefined : <Countdowns limited={limited} frontSessionId={frontSessionId} />;
}

interface Limited {
  readonly session: TerminalSession;
  readonly limit: ShownLimit;
}

function Countdowns({ limited, frontSessionId }: { readonly limited: readonly Limited[]; readonly frontSessionId: string | undefined }) {
  const nowMs = useNow(SECOND_MS);
  const front = limited.filter(({ session }) => session.sessionId === frontSessionId);
  const others = limited
    .filter(({ session, limit }) => session.sessionId !== frontSessionId && isSoon(limit, nowMs))
    .toSorted((a, b) => Date.parse(a.limit.at) - Date.parse(b.limit.at))
    .slice(0, MOST_OTHERS);
  return [...others, ...front].map(({ session, limit }) => <Countdown key={`${session.sessionId} ${limit.kind}`} session={session} limit={limit} nowMs={nowMs} inFront={session.sessionId === frontSessionId} />);
}

function Countdown({ session, limit, nowMs, inFront }: Limited & { readonly nowMs: number; readonly inFront: boolean }) {
  const { t } = useTranslation();
  const name = safeText(hostNameOf(session.instanceId, session.instanceName));
  const text = useLimitText(limit, nowMs);
  const soon = isSoon(limit, nowMs);
  // Said once, when it comes close: not with every second of it.
  const announcement = soon ? t('sessionManager.soon', { name, count: SOON_MS / MINUTE_MS }) : undefined;
  useEffect(() => {
    if (announcement !== undefined) announce(announcement);
  }, [announcement]);
  return (
    <span className={soon ? 'status-item soon' : 'status-item'} role="timer" title={useLimitTitle(limit)} data-testid="session-limit" data-limit={limit.kind}>
      {soon ? <Icon name="warning" /> : undefined} {inFront ? text : t('sessionManager.ofOther', { name, limit: text })}
    </span>
  );
}

/** The time left on a tab, from five minutes before the end. */
export function TabLimit({ session }: { readonly session: TerminalSession | undefined }) {
  const next = session === undefined ? undefined : limitsOf(session)[0];
  return next === undefined ? undefined : <TabCountdown limit={next} />;
}

function TabCountdown({ limit }: { readonly limit: ShownLimit }) {
  const nowMs = useNow(SECOND_MS);
  const title = useLimitTitle(limit);
  if (!isSoon(limit, nowMs)) return undefined;
  return (
    <span className="tab-limit" title={title} data-testid="tab-limit">
      {leftText(limit.at, nowMs)}
    </span>
  );
}

function useLimitText(limit: ShownLimit, nowMs: number): string {
  const { t } = useTranslation();
  const parts = { via: limit.via, left: leftText(limit.at, nowMs) };
  return limit.kind === 'idle' ? t('sessionManager.idleOut', parts) : t('sessionManager.ends', parts);
}

function useLimitTitle(limit: ShownLimit): string {
  const { t } = useTranslation();
  const moment = momentText(limit.at);
  if (limit.isTunnel) return t('sessionManager.tunnelTitle', { moment });
  return limit.kind === 'idle' ? t('sessionManager.idleTitle', { moment }) : t('sessionManager.endsTitle', { moment });
}
