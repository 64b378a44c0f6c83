/** Starts the window. */
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './App.tsx';
import { i18n } from './i18n/i18n.ts';
import { createPostern } from './state/postern.ts';
import { FaultBoundary } from './ui/FaultBoundary.tsx';
import './ui/tokens.css';
import './ui/ui.css';
import './panels/panels.css';
import './panels/hostActions/hostActions.css';
import './panels/accounts.css';
import './network/network.css';
import './recording/recording.css';

const root = document.getElementById('root');
if (root === null) throw new Error('index.html has no element "root"');
createRoot(root).render(
  <StrictMode>
    <FaultBoundary reassurance={() => i18n.t('window.faultReassurance')} onReload={() => window.location.reload()}>
      <App postern={createPostern(window)} />
    </FaultBoundary>
  </StrictMode>,
);

// The terminal is what comes next: fetch it while the first screen is read.
const preload = (): void => {
  void import('./terminal/TerminalView.tsx');
  void import('./workspace/Workspace.tsx');
};
if ('requestIdleCallback' in window) window.requestIdleCallback(preload);
else setTimeout(preload, 200);
