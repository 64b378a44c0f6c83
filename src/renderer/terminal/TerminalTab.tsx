/** One tab: the terminal, and over it the connect steps, questions, and what ended the session. */
import { lazy, Suspense, useEffect, useEffectEvent, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { KeyPair } from '../../contract/key.ts';
import type { Answer, TerminalSession, TerminalSize } from '../../contract/session.ts';
import type { Settings } from '../../contract/settings.ts';
import type { TerminalStream } from '../../link/client.ts';
import { ConnectSteps } from '../panels/ConnectSteps.tsx';
import { QuestionForm } from '../panels/QuestionForm.tsx';
import { SessionBanner } from '../panels/SessionBanner.tsx';
import { hostNameOf } from '../state/names.ts';
import { useRouteLabel } from '../state/useRouteLabel.ts';
import { Button } from '../ui/Button.tsx';
import { isTypingElsewhere } from '../ui/focus.ts';
import { safeText } from '../ui/safeText.ts';
import type { CommandEnded } from './commandEnded.ts';
import type { ChosenTheme } from './themes/chooseTheme.ts';
import type { HostClipboard } from './useHostClipboard.tsx';

const TerminalView = lazy(() => import('./TerminalInTurn.tsx').then((module) => ({ default: module.TerminalInTurn })));

export interface TerminalTabProps {
  readonly tabId: string;
  readonly session: TerminalSession;
  /** Whether this page opened the session: it may be connected before its tab is drawn. */
  readonly openedHere: boolean;
  readonly visible: boolean;
  /** Whether a dialog or another panel has the keys. */
  readonly focusable: boolean;
  readonly keys: readonly KeyPair[];
  readonly settings: Settings['terminal'];
  /** Every paste is shown first. */
  readonly askBeforePaste?: boolean;
  readonly hostClipboard: HostClipboard;
  readonly chosenTheme: ChosenTheme;
  readonly platform: string;
  readonly shortcuts: Settings['shortcuts'];
  readonly finding: boolean;
  readonly linkGeneration: number;
  readonly linkOpen: boolean;
  readonly onFindClose: () => void;
  readonly onAttach: (sessionId: string) => Promise<TerminalStream>;
  readonly onSize: (sessionId: string, size: TerminalSize) => void;
  readonly onTitle: (title: string) => void;
  readonly onCommandEnded?: (ended: CommandEnded) => void;
  /** Another window shows the session now, or this one does again. */
  readonly onTakenOver?: (takenOver: boolean) => void;
  /** Something happened while it was hidden. */
  readonly onMark?: (mark: 'activity' | 'bell') => void;
  readonly onAnswer: (answer: Answer) => void;
  readonly onReconnect: () => void;
  readonly onOtherRoute: () => void;
  readonly onReconnectNow: () => void;
  readonly onStopReconnecting: () => void;
  readonly onShowKeys: () => void;
  readonly onClose: () => void;
}

export function TerminalTab(props: TerminalTabProps) {
  const { session, visible } = props;
  const { state, sessionId } = session;
  const { t } = useTranslation();
  const routeLabel = useRouteLabel();
  const overlay = useRef<HTMLDivElement>(null);
  // What ran before this tab was made is a replay; what this tab opened is not.
  const [alreadyRunning] = useState(!props.openedHere && state.name !== 'connecting' && state.name !== 'asking');
  const [taken, setTaken] = useState<{ readonly sessionId: string; readonly generation: number }>();
  const [takeBacks, setTakeBacks] = useState(0);
  const generation = props.linkGeneration + takeBacks;
  // A stream is attached again with the next link.
  const takenOver = taken?.sessionId === sessionId && taken.generation === generation && props.linkOpen && state.name === 'connected';
  const tellTakenOver = useEffectEvent((now: boolean) => props.onTakenOver?.(now));
  useEffect(() => tellTakenOver(takenOver), [takenOver]);
  // A session that comes back may ask; its screen and its stream stay.
  const asksWhileAway = state.name === 'asking' && state.resuming !== undefined;
  const questionId = state.name === 'asking' ? state.question.questionId : undefined;
  const wasShell = session.steps.some((step) => step.step === 'starting-shell' && step.outcome === 'done');
  const connecting = state.name === 'connecting' || state.name === 'asking' || (state.name === 'failed' && !wasShell);

  useEffect(() => {
    const element = overlay.current;
    if (!visible || !props.focusable || element === null || isTypingElsewhere(element)) return;
    (element.querySelector<HTMLElement>('[data-autofocus]') ?? element).focus();
  }, [visible, props.focusable, connecting, questionId]);

  return (
    <div className="terminal-tab" role="tabpanel" id={`panel-${props.tabId}`} aria-labelledby={`tab-${props.tabId}`} hidden={!visible} data-session-id={sessionId} data-state={state.name}>
      <Suspense fallback={<div className="terminal-view" />}>
        <TerminalView
          sessionId={sessionId}
          visible={visible}
          connected={state.name === 'connected' || state.name === 'resuming' || asksWhileAway}
          inputClosed={state.name === 'resuming' || asksWhileAway || state.name === 'closed' || state.name === 'failed'}
          focused={visible && props.focusable && !connecting}
          settings={props.settings}
          askBeforePaste={props.askBeforePaste === true}
          hostClipboard={props.hostClipboard}
          chosenTheme={props.chosenTheme}
          platform={props.platform}
          shortcuts={props.shortcuts}
          finding={props.finding && visible}
          onFindClose={props.onFindClose}
          linkGeneration={generation}
          linkOpen={props.linkOpen}
          alreadyRunning={alreadyRunning}
          attach={props.onAttach}
          onSize={props.onSize}
          onTitle={props.onTitle}
          onMark={(mark) => props.onMark?.(mark)}
          onCommandEnded={(ended) => props.onCommandEnded?.(ended)}
          onTaken={(takenId) => setTaken({ sessionId: takenId, generation })}
        />
      </Suspense>
      {connecting ? (
        <div className="connect-overlay" ref={overlay} tabIndex={-1} data-opening={sessionId}>
          <div className="connect-card">
            <h2>
              {t(state.name === 'failed' ? 'workspace.couldNotOpen' : 'workspace.openingHost', { host: safeText(hostNameOf(session.instanceId, session.instanceName)) })}
              {session.route === undefined ? undefined : <span className="note"> {t('workspace.byRoute', { route: safeText(routeLabel(session.route)) })}</span>}
            </h2>
            <ConnectSteps steps={session.steps} />
            {state.name === 'asking' ? (
              <QuestionForm
                question={state.question}
                keys={props.keys}
                onReply={(reply) => props.onAnswer({ sessionId, questionId: state.question.questionId, reply })}
                onShowKeys={props.onShowKeys}
              />
            ) : undefined}
            {state.name === 'connecting' ? (
              <div className="row-buttons">
                <Button onClick={props.onClose}>{t('common.cancel')}</Button>
              </div>
            ) : undefined}
            {state.name === 'failed' ? <Banner {...props} takenOver={false} /> : undefined}
          </div>
        </div>
      ) : (
        <Banner
          {...props}
          takenOver={takenOver}
          onTakeBack={() => setTakeBacks(takeBacks + 1)}
        />
      )}
    </div>
  );
}

function Banner({ session, takenOver, onReconnect, onOtherRoute, onTakeBack, onReconnectNow, onStopReconnecting, onClose }: TerminalTabProps & { readonly takenOver: boolean; readonly onTakeBack?: () => void }) {
  return <SessionBanner state={session.state} takenOver={takenOver} onReconnect={onReconnect} onOtherRoute={onOtherRoute} onTakeBack={onTakeBack ?? onReconnect} onReconnectNow={onReconnectNow} onStopReconnecting={onStopReconnecting} onClose={onClose} />;
}
