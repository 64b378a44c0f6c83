/**
 * A terminal that is built when its turn comes: at once where it is seen; hidden ones one after the other, when the window has nothing
 * else to do. A window that comes back with twenty running sessions shows the one in front as soon as it would show one alone, and
 * what reaches all of them (marks, the search over all output) has them a moment later. Who types into several has them built first.
 */
import { useEffect, useState } from 'react';
import { takeTurn } from './buildTurns.ts';
import { TerminalView, type TerminalViewProps } from './TerminalView.tsx';

export function TerminalInTurn(props: TerminalViewProps) {
  const { visible, sessionId } = props;
  const [hadTurn, setHadTurn] = useState(visible);
  useEffect(() => {
    if (hadTurn) return;
    if (!visible) return takeTurn(() => setHadTurn(true), sessionId);
    setHadTurn(true);
    return;
  }, [hadTurn, visible, sessionId]);
  return hadTurn || visible ? <TerminalView {...props} /> : <div className="terminal-view" />;
}
