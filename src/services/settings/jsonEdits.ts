/**
 * Changes single values in a JSON text with comments, and nothing else of it.
 *
 * jsonc-parser's own `modify` replaces values well, but where it adds a last entry the comment behind the entry before moves to the
 * new one, and where it removes one the comments above go, too. So entries are added and removed here, on its tree: a comment on a
 * line of its own always stays, one behind a removed value goes with it.
 */
import { applyEdits, findNodeAtLocation, modify, parseTree, type Node } from 'jsonc-parser';
import { jsonOptions } from './jsonText.ts';

export type JsonPath = readonly (string | number)[];

/** What stands behind a value on its line: its comma, comments. */
const BEHIND = /(?:[ \t]|,|\/\*(?:(?!\*\/)[^\r\n])*\*\/)*(?:\/\/[^\r\n]*)?/y;
const COMMENT = /\/\*[^]*?\*\/|\/\/[^\r\n]*/g;
const BETWEEN = /(?:\s|\/\*[^]*?\*\/|\/\/[^\r\n]*)*/y;

/** Makes the objects on the way where they are missing, and in place of what is no object. */
export function setAt(text: string, path: JsonPath, value: unknown): string {
  const root = parseTree(text, [], jsonOptions);
  for (let depth = 1; depth <= path.length; depth += 1) {
    const here = path.slice(0, depth);
    const node = root === undefined ? undefined : findNodeAtLocation(root, [...here]);
    if (depth < path.length && (node?.type === 'object' || node?.type === 'array')) continue;
    const wrapped = path.slice(depth).reduceRight<unknown>((inner, key) => ({ [key]: inner }), value);
    if (node !== undefined) return replace(text, here, wrapped);
    const parent = root === undefined ? undefined : findNodeAtLocation(root, path.slice(0, depth - 1));
    return parent === undefined ? replace(text, here, wrapped) : insert(text, parent, here, parent.children?.length ?? 0, wrapped);
  }
  return text;
}

/** Before the entry of a list that has the index now, or as the last. */
export function insertAt(text: string, listPath: JsonPath, index: number, value: unknown): string {
  const root = parseTree(text, [], jsonOptions);
  const list = root === undefined ? undefined : findNodeAtLocation(root, [...listPath]);
  return list === undefined ? text : insert(text, list, [...listPath, index], index, value);
}

/** What is not there stays so. */
export function removeAt(text: string, path: JsonPath): string {
  const root = parseTree(text, [], jsonOptions);
  const value = root === undefined ? undefined : findNodeAtLocation(root, [...path]);
  const node = value?.parent?.type === 'property' ? value.parent : value;
  const siblings = node?.parent?.children;
  if (node === undefined || siblings === undefined) return text;
  const index = siblings.indexOf(node);
  const end = node.offset + node.length;
  const behind = matchAt(BEHIND, text, end);
  const hasComma = behind.replace(COMMENT, '').includes(',');
  const lineStart = text.lastIndexOf('\n', node.offset - 1) + 1;
  const lineEnd = /^\r?\n/.exec(text.slice(end + behind.length))?.[0];
  const alone = lineEnd !== undefined && text.slice(lineStart, node.offset).trim() === '';
  const from = alone ? lineStart : node.offset;
  const to = alone ? end + behind.length + lineEnd.length : end + (/^[ \t]*,[ \t]*/.exec(behind)?.[0].length ?? 0);
  const rest = text.slice(0, from) + text.slice(to);
  const before = siblings[index - 1];
  if (hasComma || index < siblings.length - 1 || before === undefined) return rest;
  // The one before is the last now and needs no comma.
  const beforeEnd = before.offset + before.length;
  const comma = beforeEnd + matchAt(BETWEEN, text, beforeEnd).length;
  return rest[comma] === ',' ? rest.slice(0, comma) + rest.slice(comma + 1) : rest;
}

function replace(text: string, path: JsonPath, value: unknown): string {
  return applyEdits(text, modify(text, [...path], value, { formattingOptions: { insertSpaces: !indentOf(text).includes('\t'), tabSize: indentOf(text).length, eol: eolOf(text) } }));
}

function insert(text: string, parent: Node, path: JsonPath, index: number, value: unknown): string {
  const siblings = parent.children ?? [];
  const [last, next] = [siblings.at(-1), siblings[index]];
  const key = path.at(-1);
  const entry = (indent: string): string => `${typeof key === 'string' ? `${JSON.stringify(key)}: ` : ''}${JSON.stringify(value, undefined, indentOf(text)).replaceAll('\n', `${eolOf(text)}${indent}`)}`;
  if (last === undefined) return replace(text, path, value);
  if (next !== undefined) {
    const indent = lineIndent(text, next.offset);
    return `${text.slice(0, next.offset)}${entry(indent ?? '')},${indent === undefined ? ' ' : `${eolOf(text)}${indent}`}${text.slice(next.offset)}`;
  }
  const end = last.offset + last.length;
  const behind = matchAt(BEHIND, text, end);
  const lineGoesOn = !/^\r?\n/.test(text.slice(end + behind.length));
  const hasComma = behind.replace(COMMENT, '').includes(',');
  const indent = lineIndent(text, last.offset);
  if (lineGoesOn || indent === undefined) {
    const at = end + (hasComma ? behind.indexOf(',') + 1 : 0);
    return `${text.slice(0, at)}${hasComma ? '' : ','} ${entry('')}${text.slice(at)}`;
  }
  return `${text.slice(0, end)}${hasComma ? '' : ','}${behind}${eolOf(text)}${indent}${entry(indent)}${hasComma ? ',' : ''}${text.slice(end + behind.length)}`;
}

/** What an entry that begins its line is indented by; undefined where something stands before it. */
function lineIndent(text: string, offset: number): string | undefined {
  const before = text.slice(text.lastIndexOf('\n', offset - 1) + 1, offset);
  return before.trim() === '' ? before : undefined;
}

function indentOf(text: string): string {
  return /^([ \t]+)["\]}[]/m.exec(text)?.[1] ?? '  ';
}

function eolOf(text: string): string {
  return text.includes('\r\n') ? '\r\n' : '\n';
}

function matchAt(pattern: RegExp, text: string, offset: number): string {
  pattern.lastIndex = offset;
  return pattern.exec(text)?.[0] ?? '';
}
