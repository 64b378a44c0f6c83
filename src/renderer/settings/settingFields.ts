/**
 * The settings that are one simple value each, as a table: a new one is a line here and its texts in `settings.fields` of both
 * languages. Ranges and defaults are the contract's own.
 */
import type { Settings } from '../../contract/settings.ts';
import type { en } from '../i18n/en.ts';

/** In the order of the view. */
export const categories = ['appearance', 'terminal', 'safety', 'connections', 'start', 'recording', 'notifications', 'snippets', 'shortcuts', 'file'] as const;
export type SettingCategory = (typeof categories)[number];

type PathOf<T> = T extends readonly unknown[] ? never : T extends object ? { [K in keyof T & string]: K | `${K}.${PathOf<NonNullable<T[K]>>}` }[keyof T & string] : never;
export type SettingPath = PathOf<Settings>;
type Texts = typeof en.settings;

interface Field {
  readonly path: SettingPath;
  readonly category: SettingCategory;
  /** Its name and hint in `settings.fields`. */
  readonly text: keyof Texts['fields'];
}

export type SettingField =
  | (Field & { readonly control: 'switch' | 'number' | 'text' | 'font' })
  /** Values, each with its text in `settings.choices`. */
  | (Field & { readonly control: 'choice'; readonly choices: readonly (readonly [value: string, text: keyof Texts['choices']])[] });

const asSystem = ['system', 'asSystem'] as const;
const mouseHabit = [['platform', 'asPlatform'], ['on', 'yes'], ['off', 'no']] as const;

export const settingFields: readonly SettingField[] = [
  { path: 'theme', category: 'appearance', text: 'theme', control: 'choice', choices: [asSystem, ['light', 'light'], ['dark', 'dark'], ['high-contrast', 'highContrast']] },
  { path: 'language', category: 'appearance', text: 'language', control: 'choice', choices: [asSystem, ['en', 'english'], ['ja', 'japanese']] },
  { path: 'terminal.fontFamily', category: 'terminal', text: 'fontFamily', control: 'font' },
  { path: 'terminal.fontSize', category: 'terminal', text: 'fontSize', control: 'number' },
  { path: 'terminal.lineHeight', category: 'terminal', text: 'lineHeight', control: 'number' },
  { path: 'terminal.letterSpacing', category: 'terminal', text: 'letterSpacing', control: 'number' },
  { path: 'terminal.ligatures', category: 'terminal', text: 'ligatures', control: 'switch' },
  { path: 'terminal.minimumContrast', category: 'terminal', text: 'minimumContrast', control: 'number' },
  { path: 'terminal.cursorStyle', category: 'terminal', text: 'cursorStyle', control: 'choice', choices: [['block', 'cursorBlock'], ['underline', 'cursorUnderline'], ['bar', 'cursorBar']] },
  { path: 'terminal.cursorBlink', category: 'terminal', text: 'cursorBlink', control: 'switch' },
  { path: 'terminal.predictEcho', category: 'terminal', text: 'predictEcho', control: 'switch' },
  { path: 'terminal.bell', category: 'terminal', text: 'bell', control: 'choice', choices: [['mark', 'bellMark'], ['visual', 'bellVisual'], ['sound', 'bellSound'], ['none', 'bellNone']] },
  { path: 'terminal.scrollback', category: 'terminal', text: 'scrollback', control: 'number' },
  { path: 'terminal.copyOnSelect', category: 'terminal', text: 'copyOnSelect', control: 'choice', choices: mouseHabit },
  { path: 'terminal.rightClickPaste', category: 'terminal', text: 'rightClickPaste', control: 'choice', choices: mouseHabit },
  { path: 'terminal.middleClickPaste', category: 'terminal', text: 'middleClickPaste', control: 'choice', choices: mouseHabit },
  { path: 'terminal.wordSeparators', category: 'terminal', text: 'wordSeparators', control: 'text' },
  { path: 'terminal.ambiguousWidth', category: 'terminal', text: 'ambiguousWidth', control: 'choice', choices: [['narrow', 'oneCell'], ['wide', 'twoCells']] },
  { path: 'terminal.images', category: 'terminal', text: 'images', control: 'switch' },
  { path: 'terminal.screenReader', category: 'terminal', text: 'screenReader', control: 'switch' },
  { path: 'terminal.longPasteCharacters', category: 'safety', text: 'longPasteCharacters', control: 'number' },
  { path: 'firstContactProof', category: 'safety', text: 'firstContactProof', control: 'choice', choices: [['console', 'proofConsole'], ['console-and-session-manager', 'proofBoth'], ['off', 'proofOff']] },
  { path: 'ssh.shareConnections', category: 'connections', text: 'shareConnections', control: 'switch' },
  { path: 'ssh.reconnect', category: 'connections', text: 'reconnect', control: 'switch' },
  { path: 'notifications.commandEnded', category: 'notifications', text: 'commandEnded', control: 'switch' },
  { path: 'notifications.afterSeconds', category: 'notifications', text: 'afterSeconds', control: 'number' },
  { path: 'recording.production', category: 'recording', text: 'recordProduction', control: 'switch' },
  { path: 'recording.format', category: 'recording', text: 'recordingFormat', control: 'choice', choices: [['asciicast', 'asciicast'], ['text', 'textLog']] },
  { path: 'recording.kept', category: 'recording', text: 'recordingKept', control: 'choice', choices: [['output', 'keptOutput'], ['both', 'keptBoth'], ['input', 'keptInput']] },
  { path: 'recording.timestamps', category: 'recording', text: 'recordingTimestamps', control: 'switch' },
  { path: 'recording.folder', category: 'recording', text: 'recordingFolder', control: 'text' },
  { path: 'recording.maxMegabytes', category: 'recording', text: 'recordingMaxMegabytes', control: 'number' },
  { path: 'recording.keepDays', category: 'recording', text: 'recordingKeepDays', control: 'number' },
  { path: 'history.keepDays', category: 'recording', text: 'historyKeepDays', control: 'number' },
  { path: 'restoreWorkspace', category: 'start', text: 'restoreWorkspace', control: 'choice', choices: [['ask', 'ask'], ['always', 'always'], ['never', 'never']] },
];
