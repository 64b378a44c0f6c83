/** Starts the window. */
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './App.tsx';
import { createPostern } from './state/postern.ts';
import './ui/tokens.css';
import './ui/ui.css';
import './panels/panels.css';

const root = document.getElementById('root');
if (root === null) throw new Error('index.html has no element "root"');
createRoot(root).render(
  <StrictMode>
    <App postern={createPostern(window)} />
  </StrictMode>,
);

// The terminal is what comes next: fetch it while the first screen is read.
const preload = (): void => void import('./terminal/TerminalView.tsx');
if ('requestIdleCallback' in window) window.requestIdleCallback(preload);
else setTimeout(preload, 200);
