/** Links that programs print (OSC 8): where one really leads is shown before it opens. */
import { useEffect, useState, type ReactNode } from 'react';
import { LinkDialog } from './LinkDialog.tsx';
import { toLinkTarget, type LinkTarget } from './linkTarget.ts';
import type { TerminalParts } from './terminalParts.ts';

/** @returns the open question, to be shown with the terminal */
export function useLinks(parts: TerminalParts | undefined): ReactNode {
  const [link, setLink] = useState<LinkTarget>();
  useEffect(() => {
    if (parts !== undefined) handleLinks(parts, (text) => setLink(toLinkTarget(text)));
  }, [parts]);
  return link === undefined ? undefined : <LinkDialog target={link} onClose={() => setLink(undefined)} />;
}

function handleLinks({ terminal }: TerminalParts, open: (text: string) => void): void {
  terminal.options.linkHandler = { activate: (_event, text) => open(text) };
}
