/** The centre while no tab is open: what to do first, and sessions that run without a tab here. */
import type { TerminalSession } from '../../contract/session.ts';
import { ageText } from '../ui/age.ts';
import { Button } from '../ui/Button.tsx';
import { safeText } from '../ui/safeText.ts';

export interface WelcomeProps {
  readonly sessions: readonly TerminalSession[];
  readonly paletteKeys: string;
  readonly nowMs: number;
  readonly onAdopt: (session: TerminalSession) => void;
}

export function Welcome({ sessions, paletteKeys, nowMs, onAdopt }: WelcomeProps) {
  return (
    <div className="empty-state">
      <h2>The name is enough</h2>
      <p>
        Type part of a name, press <kbd>Enter</kbd>, and be in a shell. <kbd>Shift</kbd>+<kbd>Enter</kbd> chooses route, user and key. <kbd>{paletteKeys}</kbd> finds hosts and actions from anywhere.
      </p>
      {sessions.length === 0 ? undefined : (
        <>
          <hr />
          <h3>Running without a tab here</h3>
          <ul className="plain">
            {sessions.map((session) => (
              <li key={session.sessionId}>
                <Button onClick={() => onAdopt(session)}>Show {safeText(session.instanceName ?? session.instanceId)}</Button>{' '}
                <span className="note">
                  {session.state.name}, opened {ageText(session.openedAt, nowMs)}
                </span>
              </li>
            ))}
          </ul>
        </>
      )}
    </div>
  );
}
