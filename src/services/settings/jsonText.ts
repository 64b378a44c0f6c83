/** Reads JSON with comments as far as it can be relied on. */
import { parseTree, type Node, type ParseError } from 'jsonc-parser';

export const jsonOptions = { allowTrailingComma: true };

export interface JsonText {
  /** Of a text that breaks off, only what stands whole before that: half a list is another list. */
  readonly root: Node | undefined;
  readonly error: ParseError | undefined;
}

export function readJsonText(text: string): JsonText {
  const errors: ParseError[] = [];
  const root = parseTree(text, errors, jsonOptions);
  const [error] = errors;
  if (root !== undefined && error !== undefined) dropUnfinished(text, root, error.offset);
  return { root, error };
}

function dropUnfinished(text: string, root: Node, brokenAt: number): void {
  const children = root.children ?? [];
  const isWhole = ({ children: [, value] = [] }: Node): boolean => {
    const errors: ParseError[] = [];
    if (value === undefined || value.offset + value.length > brokenAt) return false;
    return parseTree(text.slice(value.offset, value.offset + value.length), errors, jsonOptions) !== undefined && errors.length === 0;
  };
  children.splice(0, children.length, ...children.filter(isWhole));
}
