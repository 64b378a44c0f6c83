/** The centre while no tab is open: what to do first, and sessions that run without a tab here. */
import { useTranslation } from 'react-i18next';
import type { TerminalSession } from '../../contract/session.ts';
import { hostNameOf } from '../state/names.ts';
import { ageText } from '../ui/age.ts';
import { Button } from '../ui/Button.tsx';
import { Filled } from '../ui/Filled.tsx';
import { safeText } from '../ui/safeText.ts';

export interface WelcomeProps {
  readonly sessions: readonly TerminalSession[];
  readonly paletteKeys: string;
  readonly nowMs: number;
  readonly onAdopt: (session: TerminalSession) => void;
}

export function Welcome({ sessions, paletteKeys, nowMs, onAdopt }: WelcomeProps) {
  const { t } = useTranslation();
  return (
    <div className="empty-state">
      <h2>{t('window.welcome')}</h2>
      <p>
        <Filled
          text={t('window.welcomeText')}
          parts={{
            enter: <kbd>Enter</kbd>,
            shiftEnter: (
              <>
                <kbd>Shift</kbd>+<kbd>Enter</kbd>
              </>
            ),
            palette: <kbd>{paletteKeys}</kbd>,
          }}
        />
      </p>
      {sessions.length === 0 ? undefined : (
        <>
          <hr />
          <h3>{t('window.runningElsewhere')}</h3>
          <ul className="plain">
            {sessions.map((session) => (
              <li key={session.sessionId}>
                <Button onClick={() => onAdopt(session)}>{t('window.show', { name: safeText(hostNameOf(session.instanceId, session.instanceName)) })}</Button>{' '}
                <span className="note">{t('window.openedAgo', { state: t(`session.state.${session.state.name}`), age: ageText(session.openedAt, nowMs) })}</span>
              </li>
            ))}
          </ul>
        </>
      )}
    </div>
  );
}
