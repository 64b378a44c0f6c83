/** Draws the window, and fetches what comes next when it has nothing to do. */
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './App.tsx';
import { i18n } from './i18n/i18n.ts';
import type { Postern } from './state/postern.ts';
import { FaultBoundary } from './ui/FaultBoundary.tsx';

export function showWindow(root: HTMLElement, postern: Postern): void {
  createRoot(root).render(
    <StrictMode>
      <FaultBoundary reassurance={() => i18n.t('window.faultReassurance')} onReload={() => window.location.reload()}>
        <App postern={postern} />
      </FaultBoundary>
    </StrictMode>,
  );
  fetchNext(postern);
}

/** The terminal is what comes next; but reading its code must not come before the hosts that are on their way. */
function fetchNext({ mirror }: Pick<Postern, 'mirror'>): void {
  const fetchIt = (): void => {
    void import('./terminal/TerminalInTurn.tsx');
    void import('./workspace/Workspace.tsx');
  };
  const fetchOnceListed = (): void => {
    if (!mirror.get().loaded) return;
    stop();
    if ('requestIdleCallback' in window) window.requestIdleCallback(fetchIt);
    else setTimeout(fetchIt, 200);
  };
  const stop = mirror.subscribe(fetchOnceListed);
  // The hosts may be there before this code.
  fetchOnceListed();
}
