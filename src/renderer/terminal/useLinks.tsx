/** Links that programs print (OSC 8), and addresses in what they print: where one really leads is shown before it opens. */
import { WebLinksAddon } from '@xterm/addon-web-links';
import { useEffect, useState, type ReactNode } from 'react';
import { LinkDialog } from './LinkDialog.tsx';
import { toLink } from './linkTarget.ts';
import type { TerminalParts } from './terminalParts.ts';

/** @returns the open question, to be shown with the terminal */
export function useLinks(parts: TerminalParts | undefined): ReactNode {
  const [text, setText] = useState<string>();
  useEffect(() => (parts === undefined ? undefined : handleLinks(parts, setText)), [parts]);
  return text === undefined ? undefined : <LinkDialog link={toLink(text)} onClose={() => setText(undefined)} />;
}

function handleLinks({ terminal }: TerminalParts, open: (text: string) => void): () => void {
  // Those of other protocols, too, to say that they do not open: a link that does nothing is taken for a fault.
  terminal.options.linkHandler = { allowNonHttpProtocols: true, activate: (_event, text) => open(text) };
  const detected = new WebLinksAddon((_event, text) => open(text));
  terminal.loadAddon(detected);
  return () => detected.dispose();
}
