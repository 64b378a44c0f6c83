/**
 * Keys pressed together, written as people write them: `Ctrl+Shift+T`. The window's own shortcuts are made of them, and none may
 * take a key that a remote shell is waiting for.
 */
export interface Chord {
  readonly ctrl: boolean;
  readonly alt: boolean;
  readonly shift: boolean;
  /** Cmd on a Mac, the Windows key elsewhere. */
  readonly meta: boolean;
  /** A capital letter, a digit, a sign, or a name such as `ArrowUp`, `F5`, `Plus`. */
  readonly key: string;
}

type Modifier = Exclude<keyof Chord, 'key'>;

const modifiers: ReadonlyMap<string, Modifier> = new Map([
  ['ctrl', 'ctrl'],
  ['control', 'ctrl'],
  ['alt', 'alt'],
  ['option', 'alt'],
  ['shift', 'shift'],
  ['cmd', 'meta'],
  ['meta', 'meta'],
  ['super', 'meta'],
  ['win', 'meta'],
]);

const KEY_NAMES = ['Plus', 'Space', 'Tab', 'Enter', 'Escape', 'Backspace', 'Delete', 'Insert', 'Home', 'End', 'PageUp', 'PageDown', 'ArrowUp', 'ArrowDown', 'ArrowLeft', 'ArrowRight', ...Array.from({ length: 24 }, (_, index) => `F${index + 1}`)];
const keyNames: ReadonlyMap<string, string> = new Map([
  ...KEY_NAMES.map((name) => [name.toLowerCase(), name] as const),
  ['up', 'ArrowUp'],
  ['down', 'ArrowDown'],
  ['left', 'ArrowLeft'],
  ['right', 'ArrowRight'],
  ['esc', 'Escape'],
  ['del', 'Delete'],
]);

/** @returns undefined for what names no keys */
export function parseChord(text: string): Chord | undefined {
  const parts = text.split('+').map((part) => part.trim());
  const last = parts.pop() ?? '';
  const key = last.length === 1 ? last.toUpperCase() : keyNames.get(last.toLowerCase());
  if (key === undefined || key === ' ') return undefined;
  const held = parts.map((part) => modifiers.get(part.toLowerCase()));
  if (held.includes(undefined) || new Set(held).size !== held.length) return undefined;
  return { ctrl: held.includes('ctrl'), alt: held.includes('alt'), shift: held.includes('shift'), meta: held.includes('meta'), key };
}

/** A press as the DOM's KeyboardEvent and Electron's Input both tell it. */
export interface KeyPress extends Omit<Chord, 'key'> {
  /** What it writes, or the key's name. */
  readonly key: string;
  /** The place of the key, whatever the layout. */
  readonly code: string;
}

/** @returns undefined for a modifier alone, and for what no chord can name */
export function pressedChord(press: KeyPress): Chord | undefined {
  const { ctrl, alt, shift, meta } = press;
  const key = keyOf(press);
  return key === undefined ? undefined : { ctrl, alt, shift, meta, key };
}

function keyOf({ key, code, alt, ctrl }: KeyPress): string | undefined {
  // Alt and the number pad write a character on Windows.
  if (alt && !ctrl && code.startsWith('Numpad')) return undefined;
  const digit = /^Digit(\d)$/.exec(code)?.[1];
  if (digit !== undefined) return digit;
  if (key === '+') return 'Plus';
  if (key === ' ') return 'Space';
  // Where the layout writes no Latin letter, the place of the key counts.
  if (key.length === 1 && key > '~') return /^Key([A-Z])$/.exec(code)?.[1];
  return parseChord(key)?.key;
}

/** One spelling for the same keys. */
export function chordText({ ctrl, alt, shift, meta, key }: Chord): string {
  return `${ctrl ? 'Ctrl+' : ''}${alt ? 'Alt+' : ''}${shift ? 'Shift+' : ''}${meta ? 'Cmd+' : ''}${key}`;
}

/** Keys that the shell gets as a control character beside Ctrl and a letter. */
const CONTROL_SIGNS = ['@', '[', '\\', ']', '^', '_', '/', '2', '3', '4', '5', '6', '7', '8', 'Space'];

/**
 * Why keys cannot be the window's: `typing` (they write or move), `shell` (plain Ctrl or Alt with a letter, or a control character),
 * `clipboard` (copy and paste have them everywhere).
 */
export type ChordRefusal = 'typing' | 'shell' | 'clipboard';

/** Actions of a focused tab, where no key writes; those that press it and that walk along the tabs stay. */
const OF_FOCUSED_TAB = ['rename-tab', 'close-focused-tab'];
const WALKING = /^(Tab|Enter|Escape|Space|Home|End|Arrow.*)$/;
const CLIPBOARD = ['copy', 'paste'];

/**
 * Ctrl+K is the one plain Ctrl+letter that may be taken: it opens the palette.
 *
 * @param action as the settings name it
 * @returns undefined where its keys may be these
 */
export function refusalOf({ ctrl, alt, shift, meta, key }: Chord, action: string): ChordRefusal | undefined {
  const letter = /^[A-Z]$/.test(key);
  if (OF_FOCUSED_TAB.includes(action) && !ctrl && !alt && !meta) return WALKING.test(key) ? 'typing' : undefined;
  if (CLIPBOARD.includes(action) && ((meta && !ctrl && !alt && !shift && /^[CVX]$/.test(key)) || (ctrl && shift && !alt && !meta && /^[CV]$/.test(key)) || (shift && !ctrl && !alt && !meta && key === 'Insert'))) return undefined;
  if (meta) return !ctrl && !alt && !shift && /^[CVX]$/.test(key) ? 'clipboard' : undefined;
  if (ctrl && shift && !alt && /^[CV]$/.test(key)) return 'clipboard';
  if (ctrl && !alt && !shift && key === 'K') return undefined;
  if (ctrl && !alt && !shift && (letter || CONTROL_SIGNS.includes(key))) return 'shell';
  if (alt && !ctrl && letter) return 'shell';
  if (!ctrl && !alt && !/^F\d+$/.test(key)) return 'typing';
  return undefined;
}
