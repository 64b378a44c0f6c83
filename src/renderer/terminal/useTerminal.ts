/** A terminal that lives as long as its component, and follows its options. */
import type { ITerminalOptions } from '@xterm/xterm';
import { useEffect, useEffectEvent, useState, type RefObject } from 'react';
import { createTerminal } from './createTerminal.ts';
import type { TerminalParts } from './terminalParts.ts';

/** @returns undefined until `container` is in the page */
export function useTerminal(container: RefObject<HTMLElement | null>, options: ITerminalOptions): TerminalParts | undefined {
  const [parts, setParts] = useState<TerminalParts>();
  // The terminal is made once; what changes later is set on it.
  const create = useEffectEvent((element: HTMLElement) => {
    const created = createTerminal(element, options);
    setParts(created.parts);
    return () => {
      setParts(undefined);
      // After the other hooks have taken back what they added to it.
      queueMicrotask(created.dispose);
    };
  });
  useEffect(() => (container.current === null ? undefined : create(container.current)), [container]);
  useEffect(() => {
    if (parts !== undefined) setOptions(parts, options);
  }, [parts, options]);
  return parts;
}

function setOptions({ terminal, fit, element }: TerminalParts, options: ITerminalOptions): void {
  terminal.options = options;
  if (element.offsetParent !== null) fit.fit();
}
