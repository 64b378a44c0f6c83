/** Listens for the window's own keys before anything else does; while a dialog is open they rest. */
import { useEffect, useEffectEvent } from 'react';
import { shortcutOf, type WindowAction } from './shortcuts.ts';

/** @param run returns false when the action means nothing right now: the key then goes on its way */
export function useShortcuts(platform: string, run: (action: WindowAction) => boolean): void {
  const handle = useEffectEvent((event: KeyboardEvent) => {
    const action = shortcutOf(event, platform);
    if (action === undefined || document.querySelector('dialog[open]') !== null || !run(action)) return;
    event.preventDefault();
    event.stopPropagation();
  });
  useEffect(() => {
    const listener = (event: KeyboardEvent): void => handle(event);
    window.addEventListener('keydown', listener, { capture: true });
    return () => window.removeEventListener('keydown', listener, { capture: true });
  }, []);
}
