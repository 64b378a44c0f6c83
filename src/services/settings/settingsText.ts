/**
 * The text of `settings.json`, read and changed. Pure.
 *
 * A bad value is named and left out alone; it stays in the text, and so does what this version does not know.
 */
import { printParseErrorCode, type Node, type ParseError } from 'jsonc-parser';
import { say } from '../../contract/say.ts';
import { settingReason } from '../../contract/settingReason.ts';
import { Settings } from '../../contract/settings.ts';
import { isRecord, sameValue, valueAt, type SettingsChange } from '../../contract/settingsChange.ts';
import type { SettingsProblem } from '../../contract/settingsFile.ts';
import { insertAt, removeAt, setAt, type JsonPath } from './jsonEdits.ts';
import { readJsonText } from './jsonText.ts';

export const NEW_SETTINGS_TEXT = `// What differs from Postern's defaults. Whatever is changed here takes effect at once; Postern keeps your comments and your order.
{
  "$schema": "./settings.schema.json",
  "version": 1
}
`;
/** Of the file's form. A file of a newer Postern is used as far as it is understood, and keeps the rest. */
export const SETTINGS_VERSION = 1;

export interface SettingsText {
  readonly settings: Settings;
  /** What the text says itself, without what is bad. */
  readonly content: Readonly<Record<string, unknown>>;
  readonly problems: readonly SettingsProblem[];
  /** The whole text cannot be relied on: where it stops being JSON. */
  readonly syntax: { readonly line: number; readonly reason: string } | undefined;
  /** Where the entries of a list in `content` stand in the text: bad ones are left out in between. */
  indexInText(list: readonly unknown[], index: number): number;
  readonly newer: boolean;
}

export function readSettingsText(text: string): SettingsText {
  const { root, error } = readJsonText(text);
  const problems: SettingsProblem[] = [];
  const indices = new WeakMap<readonly unknown[], number[]>();
  const lineAt = (offset: number): number => text.slice(0, offset).split('\n').length;
  const add = (path: JsonPath, kind: SettingsProblem['kind'], reason: string, name?: string): void => {
    problems.push({ path: path.join('.'), ...(name === undefined ? {} : { name }), line: lineAt(nearest(root, path)?.offset ?? 0), kind, reason });
  };
  const content = root?.type === 'object' ? toValue(root, [], indices, (path) => add(path, 'bad', say`it is there twice, and the first counts`)) : {};
  if (!isRecord(content)) throw new Error('an object of the settings was read as something else');
  const settings = withoutBadValues(content, indices, (path, reason, name) => add(path, 'bad', reason, name));
  const version = content['version'];
  const newer = typeof version === 'number' && version > SETTINGS_VERSION;
  for (const path of unknownKeys(content, settings)) if (!newer && !/^(\$schema|version)$/.test(path.join('.'))) add(path, 'unknown', say`Postern has no such setting`);
  const syntax = error === undefined ? (root?.type === 'object' ? undefined : { line: 1, reason: say`the settings stand in { }` }) : { line: lineAt(error.offset), reason: text.slice(error.offset).trim() === '' ? say`the file ends too early` : syntaxReason(error) };
  return { settings, content, problems: problems.toSorted((a, b) => a.line - b.line), syntax, newer, indexInText: (list, index) => indices.get(list)?.[index] ?? index };
}

/**
 * The text with changes made. Only what differs is touched, entry by entry.
 *
 * @param text without a syntax error
 */
export function changeSettingsText(text: string, changes: readonly SettingsChange[]): string {
  let now = text;
  for (const { path, value } of changes) {
    const read = readSettingsText(now);
    now = value === undefined ? removeAt(now, path) : put(now, read, path, valueAt(read.content, path), value);
  }
  return now;
}

function put(text: string, read: SettingsText, path: JsonPath, before: unknown, after: unknown): string {
  if (before !== undefined && sameValue(before, after)) return text;
  if (isRecord(before) && isRecord(after)) {
    const known = valueAt(read.settings, path);
    return [...new Set([...Object.keys(before), ...Object.keys(after)])].reduce((now, key) => {
      if (after[key] !== undefined) return put(now, read, [...path, key], before[key], after[key]);
      return isRecord(known) && Object.hasOwn(known, key) ? removeAt(now, [...path, key]) : now;
    }, text);
  }
  if (Array.isArray(before) && Array.isArray(after)) return putList(text, read, path, before, after);
  return setAt(text, path, after);
}

/** What is the same at both ends stays as it is, with its comments and the bad entries between. */
function putList(text: string, read: SettingsText, path: JsonPath, before: readonly unknown[], after: readonly unknown[]): string {
  const place = (index: number): number => read.indexInText(before, index);
  if (before.length === after.length) return after.reduce<string>((now, entry, index) => put(now, read, [...path, place(index)], before[index], entry), text);
  let start = 0;
  while (start < Math.min(before.length, after.length) && sameValue(before[start], after[start])) start += 1;
  let end = 0;
  while (end < Math.min(before.length, after.length) - start && sameValue(before.at(-1 - end), after.at(-1 - end))) end += 1;
  let now = text;
  for (let index = before.length - end - 1; index >= start; index -= 1) now = removeAt(now, [...path, place(index)]);
  const at = start === 0 ? 0 : place(start - 1) + 1;
  return after.slice(start, after.length - end).reduce<string>((rest, entry, index) => insertAt(rest, path, at + index, entry), now);
}

function toValue(node: Node, path: JsonPath, indices: WeakMap<readonly unknown[], number[]>, onTwice: (path: JsonPath) => void): unknown {
  if (node.type === 'array') {
    const list = (node.children ?? []).map((child, index) => toValue(child, [...path, index], indices, onTwice));
    indices.set(list, list.map((_entry, index) => index));
    return list;
  }
  if (node.type !== 'object') return node.value;
  const object: Record<string, unknown> = {};
  for (const { children: [name, value] = [] } of node.children ?? []) {
    const key: unknown = name?.value;
    if (typeof key !== 'string' || key === '__proto__' || value === undefined) continue;
    if (Object.hasOwn(object, key)) onTwice([...path, key]);
    else object[key] = toValue(value, [...path, key], indices, onTwice);
  }
  return object;
}

/** Takes bad values out of `content` until the rest is good. */
function withoutBadValues(content: unknown, indices: WeakMap<readonly unknown[], number[]>, onBadValue: (path: JsonPath, reason: string, name?: string) => void): Settings {
  for (;;) {
    const parsed = Settings.safeParse(content);
    if (parsed.success) return parsed.data;
    const issue = parsed.error.issues[0];
    const keys = (issue?.path ?? []).map((key) => (typeof key === 'symbol' ? String(key) : key));
    // A list loses the whole entry: half of one means nothing.
    const index = keys.findIndex((key) => typeof key === 'number');
    const path = index === -1 ? keys : keys.slice(0, index + 1);
    // What is missing cannot be left out: what it is missing in is.
    while (path.length > 0 && valueAt(content, path) === undefined) path.pop();
    const [owner, last] = [valueAt(content, path.slice(0, -1)), path.at(-1)];
    if (issue === undefined || last === undefined || typeof owner !== 'object' || owner === null) throw new Error('settings that are no object were let through');
    if (Array.isArray(owner) && typeof last === 'number') {
      const [inText = last] = indices.get(owner)?.splice(last, 1) ?? [];
      const [entry]: unknown[] = owner.splice(last, 1);
      onBadValue([...path.slice(0, -1), inText], settingReason(issue), nameOf(entry));
    } else {
      Reflect.deleteProperty(owner, last);
      onBadValue(path, settingReason(issue));
    }
  }
}

/** What a person knows an entry of a list by: themes, snippets and views have names. */
function nameOf(entry: unknown): string | undefined {
  const name = isRecord(entry) ? entry['name'] : undefined;
  return typeof name === 'string' && name !== '' ? name.slice(0, 80) : undefined;
}

/** What was read and means nothing, outermost first. */
function unknownKeys(content: unknown, settings: unknown, path: JsonPath = []): JsonPath[] {
  if (Array.isArray(content) && Array.isArray(settings)) return content.flatMap((entry, index) => unknownKeys(entry, settings[index], [...path, index]));
  if (!isRecord(content) || !isRecord(settings)) return [];
  return Object.keys(content).flatMap((key) => (Object.hasOwn(settings, key) ? unknownKeys(content[key], settings[key], [...path, key]) : [[...path, key]]));
}

/** The value at a path, or what of the way to it is there. */
function nearest(root: Node | undefined, path: JsonPath): Node | undefined {
  let node = root;
  for (const key of path) {
    const next: Node | undefined = typeof key === 'number' ? node?.children?.[key] : node?.children?.find(({ children }) => children?.[0]?.value === key)?.children?.[1];
    if (next === undefined) return node;
    node = next;
  }
  return node;
}

function syntaxReason({ error }: ParseError): string {
  switch (printParseErrorCode(error)) {
    case 'CommaExpected':
      return say`a comma is missing`;
    case 'CloseBracketExpected':
      return say`a closing ] is missing`;
    case 'ColonExpected':
      return say`a colon is missing`;
    case 'PropertyNameExpected':
      return say`a name in double quotes is missing`;
    case 'ValueExpected':
      return say`a value is missing`;
    case 'UnexpectedEndOfComment':
      return say`a comment does not end`;
    case 'UnexpectedEndOfString':
      return say`a text does not end`;
    case 'EndOfFileExpected':
      return say`something stands behind the end`;
    default:
      return say`it is not JSON`;
  }
}
