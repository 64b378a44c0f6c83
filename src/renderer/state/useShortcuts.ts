/** Listens for the window's own keys before anything else does; while a dialog is open, or new keys are being chosen, they rest. */
import { useEffect, useEffectEvent } from 'react';
import { shortcutOf, type Overrides, type WindowAction } from './shortcuts.ts';

const windowKeys = new WeakSet<Event>();

/** Whether a press is the window's, even if it means nothing right now: it must not reach a shell by surprise. */
export function isWindowKey(event: Event): boolean {
  return windowKeys.has(event);
}

/** @param run returns false when the action means nothing right now: the key then goes on its way */
export function useShortcuts(platform: string, overrides: Overrides, run: (action: WindowAction) => boolean): void {
  const handle = useEffectEvent((event: KeyboardEvent) => {
    if (closesTabList(event)) {
      windowKeys.add(event);
      event.preventDefault();
      return;
    }
    const action = shortcutOf(event, platform, overrides);
    if (action === undefined || document.querySelector('dialog[open], [data-takes-keys]') !== null) return;
    windowKeys.add(event);
    if (!run(action)) return;
    event.preventDefault();
    event.stopPropagation();
  });
  useEffect(() => {
    const listener = (event: KeyboardEvent): void => handle(event);
    window.addEventListener('keydown', listener, { capture: true });
    return () => window.removeEventListener('keydown', listener, { capture: true });
  }, []);
}

/** The docking library closes its list of tabs that have no room by these, wherever they are pressed: the shell that has the focus must not get them too. */
function closesTabList({ key }: KeyboardEvent): boolean {
  return (key === 'Escape' || key === 'Enter') && document.querySelector('.dv-tabs-overflow-container') !== null;
}
