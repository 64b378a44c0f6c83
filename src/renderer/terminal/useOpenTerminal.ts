/** Makes a terminal known to what reaches beyond its tab. */
import { useEffect } from 'react';
import { registerTerminal, tellTyped } from './openTerminals.ts';
import type { TerminalParts } from './terminalParts.ts';
import { takeTyped } from './typeAhead.ts';
import { divertTyping, listenToTyping } from './typing.ts';

export function useOpenTerminal(parts: TerminalParts | undefined, sessionId: string): void {
  useEffect(() => {
    if (parts === undefined) return;
    const close = registerTerminal(sessionId, parts);
    const stopListening = listenToTyping(parts.terminal, (text) => tellTyped(sessionId, text));
    const stopDiverting = divertTyping(parts.terminal, (text) => takeTyped(sessionId, text));
    return () => {
      stopDiverting();
      stopListening();
      close();
    };
  }, [parts, sessionId]);
}
