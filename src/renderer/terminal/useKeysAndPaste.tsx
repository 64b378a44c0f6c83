/** Keys that are not the shell's, and every way of pasting, with the question before a paste that needs one. */
import { useEffect, useEffectEvent, useState, type ReactNode } from 'react';
import type { Terminal } from '@xterm/xterm';
import type { Overrides } from '../state/shortcuts.ts';
import { handleTerminalKey, sendPaste, takeOverPaste, type AskedPaste, type PasteRules } from './clipboard.ts';
import { PasteDialog } from './PasteDialog.tsx';
import type { TerminalParts } from './terminalParts.ts';

/** @returns the open question, to be shown with the terminal */
export function useKeysAndPaste(parts: TerminalParts | undefined, platform: string, shortcuts: Overrides, rules: PasteRules): ReactNode {
  const [asked, setAsked] = useState<AskedPaste>();
  const handleKey = useEffectEvent((terminal: Terminal, event: KeyboardEvent) => handleTerminalKey(terminal, event, platform, shortcuts));
  const currentRules = useEffectEvent(() => rules);
  useEffect(() => {
    if (parts === undefined) return;
    parts.terminal.attachCustomKeyEventHandler((event) => handleKey(parts.terminal, event));
    return takeOverPaste(parts.element, parts.terminal, setAsked, () => currentRules());
  }, [parts]);

  const handleDecision = (send: boolean): void => {
    if (send && asked !== undefined && parts !== undefined) sendPaste(parts.terminal, asked.text);
    setAsked(undefined);
    parts?.terminal.focus();
  };
  return asked === undefined ? undefined : <PasteDialog paste={asked} onDecide={handleDecision} />;
}
