/** Tells the services what the window shows, for the next start; and this page's own memory, for a reload. */
import type { SavedWorkspace } from '../../contract/workspace.ts';
import type { Usage } from '../palette/usage.ts';
import type { Mirror } from '../state/mirror.ts';
import type { Store } from '../state/store.ts';
import type { WindowState } from '../state/windowState.ts';
import { keepForReload, toSavedWorkspace } from './workspaceState.ts';

/** A divider that is dragged changes the layout with every frame. */
const SAVE_DELAY_MS = 300;

export interface KeepWorkspaceParts {
  readonly storage: Pick<Storage, 'setItem'>;
  readonly mirror: Store<Mirror>;
  readonly window: Store<WindowState>;
  readonly usage: Pick<Store<Usage>, 'get' | 'subscribe'>;
  readonly save: (workspace: SavedWorkspace) => void;
}

/** Begins with the first tab: an empty window must not wipe out what the last start had, nor one that only looks. */
export function keepWorkspace({ storage, mirror, window, usage, save }: KeepWorkspaceParts): void {
  let last: SavedWorkspace | undefined;
  let lastText = '';
  let begun = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const saveNow = (): void => {
    clearTimeout(timer);
    timer = undefined;
    const { tabs, layout } = window.get();
    begun ||= tabs.tabs.length > 0;
    if (!begun) return;
    const used = [...usage.get().values()];
    const workspace = { ...toSavedWorkspace(tabs, layout, mirror.get().sessions, last), ...(used.length === 0 ? {} : { used }) };
    const text = JSON.stringify(workspace);
    if (text === lastText) return;
    last = workspace;
    lastText = text;
    keepForReload(storage, workspace);
    save(workspace);
  };
  let count = 0;
  const consider = (): void => {
    const { tabs } = window.get();
    // A tab more or less is told at once: the window may be closed next.
    if (tabs.tabs.length !== count) {
      count = tabs.tabs.length;
      saveNow();
    } else timer ??= setTimeout(saveNow, SAVE_DELAY_MS);
  };
  let seen: Pick<WindowState, 'tabs' | 'layout'> = window.get();
  window.subscribe(() => {
    const { tabs, layout } = window.get();
    if (tabs === seen.tabs && layout === seen.layout) return;
    seen = { tabs, layout };
    consider();
  });
  usage.subscribe(consider);
  // The route and the user of a tab are known when it is connected.
  let sessions = mirror.get().sessions;
  mirror.subscribe(() => {
    if (mirror.get().sessions === sessions) return;
    sessions = mirror.get().sessions;
    consider();
  });
}
