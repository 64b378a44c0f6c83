/** Starts the window: its link first, so that the services answer while the rest of the window's code is read and drawn. */
import { createPostern } from './state/postern.ts';
import './ui/tokens.css';
import './ui/ui.css';
import './panels/panels.css';
import './panels/hostActions/hostActions.css';
import './panels/accounts.css';
import './network/network.css';
import './recording/recording.css';
import './ui/forcedColors.css';

const root = document.getElementById('root');
if (root === null) throw new Error('index.html has no element "root"');
const postern = createPostern(window);
// index.html fetches it together with this file: see build/preloadWindow.ts.
void import('./Window.tsx').then(({ showWindow }) => showWindow(root, postern));
