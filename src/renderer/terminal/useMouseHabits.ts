/**
 * What the mouse does in a terminal beyond selecting: copy what was selected, paste with the right or the middle button. Each as the
 * platform's people expect, or as the person chose; what is pasted takes the same way as by keys (takeOverPaste).
 */
import { useEffect, useEffectEvent } from 'react';
import { useTranslation } from 'react-i18next';
import type { Settings } from '../../contract/settings.ts';
import { announce } from '../ui/announce.tsx';
import { copyText } from '../ui/copyText.ts';
import { pasteClipboard } from './clipboard.ts';
import { mouseHabits } from './mouseHabits.ts';
import type { TerminalParts } from './terminalParts.ts';

export function useMouseHabits(parts: TerminalParts | undefined, settings: Settings['terminal'], platform: string): void {
  const { t } = useTranslation();
  const habits = mouseHabits(settings, platform);

  const copySelection = useEffectEvent(({ terminal }: TerminalParts) => {
    if (terminal.hasSelection()) void copyText(terminal.getSelection()).then((copied) => announce(t(copied ? 'common.copied' : 'common.notCopied')));
  });
  const handleDown = useEffectEvent((shown: TerminalParts, event: MouseEvent) => {
    if (event.button === 0 && habits.copyOnSelect) document.addEventListener('mouseup', () => copySelection(shown), { once: true });
  });
  const handleMenu = useEffectEvent((shown: TerminalParts, event: MouseEvent) => {
    if (!habits.rightClickPaste || belongsToProgram(shown, event)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (shown.terminal.hasSelection()) {
      copySelection(shown);
      shown.terminal.clearSelection();
    } else void pasteClipboard(shown.terminal);
  });
  const handleMiddle = useEffectEvent((shown: TerminalParts, event: MouseEvent) => {
    if (event.button !== 1 || habits.middleClickPaste !== 'clipboard' || belongsToProgram(shown, event)) return;
    event.preventDefault();
    void pasteClipboard(shown.terminal);
  });
  /** On Linux the browser itself pastes the selection with the middle button, as a paste event that follows. */
  const refusesMiddle = useEffectEvent(() => habits.middleClickPaste === 'off');

  useEffect(() => {
    if (parts === undefined) return;
    const { element } = parts;
    let middleMs = -Infinity;
    const stopping = new AbortController();
    const options = { capture: true, signal: stopping.signal };
    element.addEventListener('mousedown', (event) => handleDown(parts, event), options);
    element.addEventListener('contextmenu', (event) => handleMenu(parts, event), options);
    element.addEventListener('auxclick', (event) => handleMiddle(parts, event), options);
    element.addEventListener('mouseup', (event) => event.button === 1 && (middleMs = event.timeStamp), options);
    // The element around it is asked before the terminal's own listener.
    element.parentElement?.addEventListener(
      'paste',
      (event) => {
        if (!refusesMiddle() || event.timeStamp - middleMs > MIDDLE_PASTE_MS) return;
        event.preventDefault();
        event.stopImmediatePropagation();
      },
      options,
    );
    return () => stopping.abort();
  }, [parts]);
}

/** A paste this soon after the middle button is the button's. */
const MIDDLE_PASTE_MS = 100;

/** A program that asked for the mouse gets its clicks, but with Shift, as selecting does. */
function belongsToProgram({ terminal }: TerminalParts, event: MouseEvent): boolean {
  return terminal.modes.mouseTrackingMode !== 'none' && !event.shiftKey;
}
