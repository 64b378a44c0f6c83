/** What a dropped session says: when and why it dropped, when it is tried again, and what a person can do about it. */
import { useTranslation } from 'react-i18next';
import type { SessionState } from '../../contract/session.ts';
import { useSaid } from '../i18n/said.ts';
import { useNow } from '../state/useNow.ts';
import { momentText } from '../ui/age.ts';
import { Button } from '../ui/Button.tsx';
import { safeText } from '../ui/safeText.ts';

export interface ResumingTextProps {
  readonly state: Extract<SessionState, { name: 'resuming' }>;
  readonly onReconnectNow: () => void;
  readonly onStop: () => void;
}

const TICK_MS = 250;

export function ResumingText({ state: { since, reason, reconnecting }, onReconnectNow, onStop }: ResumingTextProps) {
  const { t } = useTranslation();
  const said = useSaid();
  return (
    <>
      <span>
        <span className="busy" aria-hidden="true" /> {t('reconnect.dropped', { time: momentText(since), reason: safeText(said(reason)) })}{' '}
        {reconnecting === undefined ? t('reconnect.comesBack') : <Attempt {...reconnecting} />}
      </span>
      {reconnecting === undefined ? undefined : (
        <>
          <Button look="primary" disabled={reconnecting.at === undefined} onClick={onReconnectNow}>
            {t('reconnect.now')}
          </Button>
          <Button onClick={onStop}>{t('reconnect.stop')}</Button>
        </>
      )}
    </>
  );
}

/** The seconds are for the eye: a screen reader would be told each of them. */
function Attempt({ attempt, at }: { readonly attempt: number; readonly at?: string | undefined }) {
  const { t } = useTranslation();
  const nowMs = useNow(TICK_MS);
  if (at === undefined) return t('reconnect.trying', { attempt });
  return <span aria-live="off">{t('reconnect.waiting', { attempt, count: Math.max(0, Math.ceil((Date.parse(at) - nowMs) / 1000)) })}</span>;
}
