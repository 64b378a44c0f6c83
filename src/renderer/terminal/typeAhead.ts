/**
 * What a person types between asking for a new tab and its shell: kept for that shell, and kept from every other.
 *
 * The tab comes with the services' answer. Until it has the keys they still go to the terminal before, where nobody wants them to arrive.
 * What cannot be kept in its order (a paste, a key that is no text, too much, another tab asked for meanwhile) spoils all of it: half a
 * line is worse than none. Spoilt text goes nowhere.
 */
import { isPasting, isTyping } from './typing.ts';

export interface TypeAhead {
  /** The services have answered: what is typed into the new tab's own terminal waits behind what came before. */
  comesAs(sessionId: string): void;
  /** The new tab has the keys, or the person went elsewhere: what is typed into other terminals is theirs again. */
  leave(): void;
  /** Whether the keys have not been anywhere else yet. */
  isWaiting(): boolean;
  /** Typed where no terminal took it. */
  add(text: string): void;
  /** Something came between that cannot be kept. */
  spoil(): void;
  /** @returns what was typed: nothing where it was spoilt */
  end(): string;
}

/** More than anybody types while a tab opens. */
export const MOST_TYPED_AHEAD_CHARACTERS = 1000;

interface Opening {
  sessionId: string | undefined;
  text: string;
  spoilt: boolean;
  left: boolean;
}

const openings = new Set<Opening>();

/** @param isKept false: what is typed goes nowhere from the start */
export function startTypeAhead(isKept: boolean): TypeAhead {
  const opening: Opening = { sessionId: undefined, text: '', spoilt: !isKept, left: false };
  // For which of them it is meant cannot be told.
  for (const other of openings) if (!other.left) spoil(opening, other);
  openings.add(opening);
  return {
    comesAs: (sessionId) => void (opening.sessionId = sessionId),
    leave: () => void (opening.left = true),
    isWaiting: () => !opening.left,
    add: (text) => add(opening, text),
    spoil: () => spoil(opening),
    end() {
      openings.delete(opening);
      return opening.text;
    },
  };
}

/** @returns true for what must not go to the session whose terminal it was typed into */
export function takeTyped(sessionId: string, text: string): boolean {
  if (openings.size === 0 || !isTyping(text)) return false;
  const pasted = isPasting();
  for (const opening of openings) {
    if (opening.sessionId !== sessionId) continue;
    // Pasted behind what was typed, or alone: it waits for the stream as without us.
    if (opening.spoilt || (pasted && opening.text === '')) return false;
    if (pasted) spoil(opening);
    else add(opening, text);
    return true;
  }
  let taken = false;
  for (const opening of openings) {
    if (opening.left) continue;
    taken = true;
    if (pasted) spoil(opening);
    else add(opening, text);
  }
  return taken;
}

function add(opening: Opening, text: string): void {
  if (opening.spoilt) return;
  if (opening.text.length + text.length > MOST_TYPED_AHEAD_CHARACTERS) spoil(opening);
  else opening.text += text;
}

function spoil(...spoilt: readonly Opening[]): void {
  for (const opening of spoilt) {
    opening.spoilt = true;
    opening.text = '';
  }
}
