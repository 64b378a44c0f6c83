/** Tells that there was output, or a bell, while a terminal was hidden: output once until it is seen. */
import { useEffect, useEffectEvent, useRef } from 'react';
import type { TerminalParts } from './terminalParts.ts';

export type HiddenMark = 'activity' | 'bell';

/** @returns to be called with each output */
export function useHiddenMarks(parts: TerminalParts | undefined, visible: boolean, onMark: ((mark: HiddenMark) => void) | undefined): () => void {
  const marked = useRef(false);
  const tell = (mark: HiddenMark): void => {
    if (visible || (mark === 'activity' && marked.current)) return;
    marked.current = true;
    onMark?.(mark);
  };
  const handleBell = useEffectEvent(() => tell('bell'));
  useEffect(() => {
    const bell = parts?.terminal.onBell(() => handleBell());
    return () => bell?.dispose();
  }, [parts]);
  useEffect(() => {
    if (visible) marked.current = false;
  }, [visible]);
  return () => tell('activity');
}
