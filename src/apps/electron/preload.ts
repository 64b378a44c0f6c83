/** Hands the page one MessagePort when it says that it is ready, and nothing else. Runs sandboxed. */
import { ipcRenderer } from 'electron';

window.addEventListener('message', (event) => {
  if (event.source === window && event.data === 'postern:ready') ipcRenderer.send('postern:port-wanted');
});
ipcRenderer.on('postern:port', (event) => window.postMessage('postern:port', window.location.origin, [...event.ports]));
