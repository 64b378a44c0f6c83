/** Keeps a terminal and its session in step: size, whether typing counts, whether it is drawn, who has the keys. */
import { useEffect, useEffectEvent } from 'react';
import type { TerminalSize } from '../../contract/session.ts';
import { isTypingElsewhere } from '../ui/focus.ts';
import { strippedText } from '../ui/safeText.ts';
import type { TerminalParts } from './terminalParts.ts';

export interface SessionFitProps {
  readonly sessionId: string;
  readonly visible: boolean;
  /** Whether a shell is there now: it is told the size then. */
  readonly connected: boolean;
  /** Whether what is typed is thrown away: the line is down, or the session is over. Nothing is sent later by surprise. */
  readonly inputClosed: boolean;
  /** Whether keys belong here: in front, and nothing asks for them. */
  readonly focused: boolean;
  readonly onSize: (sessionId: string, size: TerminalSize) => void;
  readonly onTitle: (title: string) => void;
}

export function useSessionFit(parts: TerminalParts | undefined, props: SessionFitProps): void {
  const { sessionId, visible, focused, inputClosed, connected } = props;
  const handleTitle = useEffectEvent((title: string) => props.onTitle(strippedText(title.slice(0, 400), 60)));
  const handleSize = useEffectEvent((size: TerminalSize) => props.onSize(sessionId, size));

  useEffect(() => {
    if (parts === undefined) return;
    const listening = [parts.terminal.onTitleChange((title) => handleTitle(title)), parts.terminal.onResize(({ cols, rows }) => handleSize({ columns: cols, rows }))];
    return () => listening.forEach((one) => one.dispose());
  }, [parts]);

  useEffect(() => {
    if (parts !== undefined) setInputClosed(parts, inputClosed);
  }, [parts, inputClosed]);

  useEffect(() => {
    parts?.turn.setVisible(visible);
    parts?.frames.setVisible(visible);
  }, [parts, visible]);

  // Its first size at once. Later ones are `createTerminal`'s, a frame after they came: a pane that comes back from behind a maximised one
  // is two columns wide until the panes are laid out, and a shell that is told so folds its prompt.
  const fitFirst = useEffectEvent(() => {
    if (visible) parts?.fit.fit();
  });
  useEffect(() => fitFirst(), [parts]);

  useEffect(() => {
    if (focused && parts !== undefined && !isTypingElsewhere(parts.element.closest('[role=tabpanel]'))) parts.terminal.focus();
  }, [parts, focused]);

  useEffect(() => {
    if (connected && parts !== undefined) handleSize({ columns: parts.terminal.cols, rows: parts.terminal.rows });
  }, [parts, sessionId, connected]);
}

function setInputClosed({ terminal }: TerminalParts, closed: boolean): void {
  terminal.options.disableStdin = closed;
}
