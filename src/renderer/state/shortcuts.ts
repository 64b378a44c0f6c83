/**
 * Which keys the window takes for itself; all others belong to the remote shell. Plain Ctrl+letter and Alt+letter are never taken,
 * with the one exception that ux.md lists: Ctrl+K opens the palette (Ctrl+Shift+K sends the shell its Ctrl+K).
 *
 * A new action is a line of the table, a text of `shortcuts.names` in both languages, and either a case in App.tsx or a
 * `useWindowAction` where it is shown. The person's own keys are in the settings, by the action's name. Actions of `focusedTable` are
 * those of a focused terminal or tab, which asks `focusedActionOf` itself.
 */
import { chordText, parseChord, pressedChord, refusalOf, type Chord } from '../../contract/chord.ts';
import type { Settings } from '../../contract/settings.ts';

interface ShortcutAction {
  readonly name: string;
  readonly group: 'window' | 'tabs' | 'panes' | 'terminal';
  /** On Linux and Windows; the first is the one that is shown. */
  readonly keys: readonly string[];
  readonly mac: readonly string[];
}

const table = [
  { name: 'palette', group: 'window', keys: ['Ctrl+K'], mac: ['Cmd+K'] },
  { name: 'filter', group: 'window', keys: ['Ctrl+Shift+L'], mac: ['Shift+Cmd+L'] },
  { name: 'settings', group: 'window', keys: ['Ctrl+,'], mac: ['Cmd+,'] },
  { name: 'new-tab', group: 'tabs', keys: ['Ctrl+Shift+T'], mac: ['Cmd+T'] },
  { name: 'close-tab', group: 'tabs', keys: ['Ctrl+Shift+W'], mac: ['Cmd+W'] },
  { name: 'reopen-closed', group: 'tabs', keys: ['Ctrl+Shift+R'], mac: ['Shift+Cmd+R'] },
  { name: 'next-tab', group: 'tabs', keys: ['Ctrl+Tab'], mac: ['Ctrl+Tab'] },
  { name: 'previous-tab', group: 'tabs', keys: ['Ctrl+Shift+Tab'], mac: ['Ctrl+Shift+Tab'] },
  { name: 'split-right', group: 'panes', keys: ['Ctrl+Shift+D'], mac: ['Cmd+D'] },
  { name: 'split-down', group: 'panes', keys: ['Ctrl+Shift+E'], mac: ['Shift+Cmd+D'] },
  { name: 'pane-left', group: 'panes', keys: ['Ctrl+Alt+ArrowLeft'], mac: ['Alt+Cmd+ArrowLeft'] },
  { name: 'pane-right', group: 'panes', keys: ['Ctrl+Alt+ArrowRight'], mac: ['Alt+Cmd+ArrowRight'] },
  { name: 'pane-up', group: 'panes', keys: ['Ctrl+Alt+ArrowUp'], mac: ['Alt+Cmd+ArrowUp'] },
  { name: 'pane-down', group: 'panes', keys: ['Ctrl+Alt+ArrowDown'], mac: ['Alt+Cmd+ArrowDown'] },
  { name: 'maximise', group: 'panes', keys: ['Ctrl+Shift+Enter'], mac: ['Shift+Cmd+Enter'] },
  { name: 'find', group: 'terminal', keys: ['Ctrl+Shift+F'], mac: ['Cmd+F'] },
  { name: 'output-search', group: 'terminal', keys: ['Ctrl+Shift+S'], mac: ['Shift+Cmd+F'] },
  { name: 'previous-prompt', group: 'terminal', keys: ['Ctrl+Shift+ArrowUp'], mac: ['Cmd+ArrowUp'] },
  { name: 'next-prompt', group: 'terminal', keys: ['Ctrl+Shift+ArrowDown'], mac: ['Cmd+ArrowDown'] },
  { name: 'copy-last-output', group: 'terminal', keys: ['Ctrl+Shift+O'], mac: ['Shift+Cmd+O'] },
  { name: 'snippets', group: 'terminal', keys: ['Ctrl+Shift+P'], mac: ['Shift+Cmd+P'] },
  { name: 'record', group: 'terminal', keys: [], mac: [] },
  { name: 'mark-recording', group: 'terminal', keys: [], mac: [] },
  { name: 'broadcast', group: 'terminal', keys: ['Ctrl+Shift+I'], mac: ['Shift+Cmd+I'] },
  { name: 'zoom-in', group: 'terminal', keys: ['Ctrl+=', 'Ctrl+Plus', 'Ctrl+Shift+Plus'], mac: ['Cmd+=', 'Cmd+Plus', 'Shift+Cmd+Plus'] },
  { name: 'zoom-out', group: 'terminal', keys: ['Ctrl+-'], mac: ['Cmd+-'] },
  { name: 'zoom-reset', group: 'terminal', keys: ['Ctrl+0'], mac: ['Cmd+0'] },
] as const satisfies readonly ShortcutAction[];

/** Everywhere else their keys go on their way: copying in a text field is the browser's, F2 in a terminal the shell's. */
const focusedTable = [
  { name: 'rename-tab', group: 'tabs', keys: ['F2'], mac: ['F2'] },
  { name: 'close-focused-tab', group: 'tabs', keys: ['Delete'], mac: ['Delete'] },
  { name: 'copy', group: 'terminal', keys: ['Ctrl+Shift+C'], mac: ['Cmd+C'] },
  { name: 'paste', group: 'terminal', keys: ['Ctrl+Shift+V', 'Shift+Insert'], mac: ['Cmd+V', 'Shift+Insert'] },
  { name: 'send-ctrl-k', group: 'terminal', keys: ['Ctrl+Shift+K'], mac: [] },
] as const satisfies readonly ShortcutAction[];

const numberedTabs = ([1, 2, 3, 4, 5, 6, 7, 8, 9] as const).map((number) => ({ name: `tab-${number}` as const, group: 'tabs' as const, keys: [`Alt+${number}`], mac: [`Cmd+${number}`] }));

type SingleAction = (typeof table)[number]['name'];
export type FocusedAction = (typeof focusedTable)[number]['name'];
/** As the settings name it. */
export type ActionName = SingleAction | FocusedAction | (typeof numberedTabs)[number]['name'];
export type WindowAction = { readonly kind: SingleAction } | { readonly kind: 'tab'; readonly index: number };
export const shortcutActions: readonly (ShortcutAction & { readonly name: ActionName })[] = [...table, ...focusedTable, ...numberedTabs];

/** The person's own keys. */
export type Overrides = Settings['shortcuts'];
export type Keys = Pick<KeyboardEvent, 'key' | 'code' | 'ctrlKey' | 'metaKey' | 'altKey' | 'shiftKey'> & Partial<Pick<KeyboardEvent, 'isComposing' | 'getModifierState'>>;

export function isMac(platform: string): boolean {
  return platform === 'darwin';
}

/** The keys of a press; undefined for a modifier alone, for text that is being composed, and for AltGr, which writes. */
export function chordOf(event: Keys): Chord | undefined {
  if (event.isComposing === true || event.getModifierState?.('AltGraph') === true) return undefined;
  return pressedChord({ key: event.key, code: event.code, ctrl: event.ctrlKey, alt: event.altKey, shift: event.shiftKey, meta: event.metaKey });
}

/** The keys wished for an action, whether or not another one has them. */
export function keysOf(name: ActionName, platform: string, overrides: Overrides): readonly Chord[] {
  const action = shortcutActions.find((one) => one.name === name);
  const texts = overrides[name] ?? (isMac(platform) ? action?.mac : action?.keys) ?? [];
  return texts.flatMap((text) => {
    const chord = parseChord(text);
    return chord === undefined || refusalOf(chord, name) !== undefined ? [] : [chord];
  });
}

const known = new WeakMap<Overrides, Map<string, ReadonlyMap<string, ActionName>>>();

/** Who has which keys: the person's own choice wins over a default, else the first in the table. */
export function boundKeys(platform: string, overrides: Overrides): ReadonlyMap<string, ActionName> {
  const byPlatform = known.get(overrides) ?? new Map<string, ReadonlyMap<string, ActionName>>();
  known.set(overrides, byPlatform);
  let bound = byPlatform.get(platform);
  if (bound === undefined) {
    bound = new Map([false, true].flatMap((chosen) => shortcutActions.filter(({ name }) => (overrides[name] !== undefined) === chosen).toReversed().flatMap(({ name }) => keysOf(name, platform, overrides).map((chord) => [chordText(chord), name] as const))));
    byPlatform.set(platform, bound);
  }
  return bound;
}

/** A key that writes: with no action of the window or of a terminal (`refusalOf`), so that most of what is typed is asked nothing more. */
export function isWriting({ key, ctrlKey, altKey, metaKey }: Keys): boolean {
  return key.length === 1 && !ctrlKey && !altKey && !metaKey;
}

/** The action a key press means, or undefined when it is not the window's. */
export function shortcutOf(event: Keys, platform: string, overrides: Overrides): WindowAction | undefined {
  if (isWriting(event)) return undefined;
  const name = nameOf(event, platform, overrides);
  if (name === undefined || isFocused(name)) return undefined;
  return isNumbered(name) ? { kind: 'tab', index: Number(name.slice('tab-'.length)) - 1 } : { kind: name };
}

/** What a key press means to the terminal or the tab that has the focus. */
export function focusedActionOf(event: Keys, platform: string, overrides: Overrides): FocusedAction | undefined {
  const name = nameOf(event, platform, overrides);
  return name !== undefined && isFocused(name) ? name : undefined;
}

function nameOf(event: Keys, platform: string, overrides: Overrides): ActionName | undefined {
  const chord = chordOf(event);
  return chord === undefined ? undefined : boundKeys(platform, overrides).get(chordText(chord));
}

function isFocused(name: ActionName): name is FocusedAction {
  return focusedTable.some((action) => action.name === name);
}

function isNumbered(name: ActionName): name is (typeof numberedTabs)[number]['name'] {
  return /^tab-\d$/.test(name);
}

/** The keys that start an action now, as its platform writes them; undefined when none does. */
export function shortcutText(name: ActionName | 'tab', platform: string, overrides: Overrides): string | undefined {
  if (name === 'tab') return undefined;
  const bound = boundKeys(platform, overrides);
  const chord = keysOf(name, platform, overrides).find((one) => bound.get(chordText(one)) === name);
  return chord === undefined ? undefined : keysText(chord, platform);
}

/** The keys of actions in the form of `aria-keyshortcuts`; undefined when they have none. */
export function ariaKeys(names: readonly ActionName[], platform: string, overrides: Overrides): string | undefined {
  const bound = boundKeys(platform, overrides);
  const texts = names.flatMap((name) => keysOf(name, platform, overrides).map(chordText).filter((text) => bound.get(text) === name));
  return texts.length === 0 ? undefined : texts.map((text) => text.replace('Ctrl+', 'Control+').replace('Cmd+', 'Meta+')).join(' ');
}

const macKeys: Readonly<Record<string, string>> = { ArrowLeft: '←', ArrowRight: '→', ArrowUp: '↑', ArrowDown: '↓', Enter: '⏎', Tab: '⇥', Plus: '+', Backspace: '⌫', Escape: '⎋', Space: '␣' };
const otherKeys: Readonly<Record<string, string>> = { ArrowLeft: '←', ArrowRight: '→', ArrowUp: '↑', ArrowDown: '↓', Plus: '+' };

export function keysText({ ctrl, alt, shift, meta, key }: Chord, platform: string): string {
  if (isMac(platform)) return `${ctrl ? '⌃' : ''}${alt ? '⌥' : ''}${shift ? '⇧' : ''}${meta ? '⌘' : ''}${macKeys[key] ?? key}`;
  return `${ctrl ? 'Ctrl+' : ''}${alt ? 'Alt+' : ''}${shift ? 'Shift+' : ''}${meta ? (platform === 'win32' ? 'Win+' : 'Super+') : ''}${otherKeys[key] ?? key}`;
}
