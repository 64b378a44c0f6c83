/**
 * The terminals of this window by the session they show, for what reaches beyond one tab: broadcast, snippets, search over all
 * output. And what a person typed into any of them.
 */
import { toTerminalInput, type PasteCheck } from './paste.ts';
import type { TerminalParts } from './terminalParts.ts';

type Typed = (sessionId: string, text: string) => void;

const open = new Map<string, TerminalParts>();
const listeners = new Set<Typed>();
/** Those joined to the stream of their session. What is typed into any other waits for its stream, and is lost if none comes. */
const joined = new WeakSet<TerminalParts>();
const openListeners = new Set<() => void>();

/** @returns closes it again */
export function registerTerminal(sessionId: string, parts: TerminalParts): () => void {
  open.set(sessionId, parts);
  tellOpen();
  return () => {
    if (open.get(sessionId) === parts) open.delete(sessionId);
  };
}

export function openTerminal(sessionId: string): TerminalParts | undefined {
  return open.get(sessionId);
}

/** The stream of its session has come. @returns it is gone */
export function joinTerminal(parts: TerminalParts): () => void {
  joined.add(parts);
  tellOpen();
  return () => void joined.delete(parts);
}

/** The terminal of a session, where what is typed into it arrives. */
export function typableTerminal(sessionId: string): TerminalParts | undefined {
  const parts = open.get(sessionId);
  return parts !== undefined && joined.has(parts) ? parts : undefined;
}

/** Told whenever there may be one more that can be typed into. */
export function onTypable(listener: () => void): () => void {
  openListeners.add(listener);
  return () => openListeners.delete(listener);
}

function tellOpen(): void {
  for (const listener of openListeners) listener();
}

/** Told of each piece of text that a person typed or pasted, after the terminal itself sent it. */
export function onTyped(listener: Typed): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function tellTyped(sessionId: string, text: string): void {
  for (const listener of listeners) listener(sessionId, text);
}

/** As if it were pasted there: in brackets where the shell asked for them. Thrown away where nothing can be typed. */
export function sendText({ terminal }: Pick<TerminalParts, 'terminal'>, { text }: Pick<PasteCheck, 'text'>, enter: boolean): void {
  // Not as typing: what listens to typing would send it on.
  if (text !== '') terminal.input(toTerminalInput(text, terminal.modes.bracketedPasteMode), false);
  if (enter) terminal.input('\r', false);
}
