/**
 * Finds texts in the window's sources with TypeScript's own parser: literals that a person would read, and the keys of texts that are used.
 *
 * A literal is read by a person where it is JSX text, stands in an expression that is a child or a text attribute of an element,
 * is announced, or is the `message`, `remedy`, `name`, `label`, `title` or `hint` of an object and looks like words.
 */
import { readFileSync, readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import ts from 'typescript';

const root = join(import.meta.dirname, '../../../src/renderer');

export interface WindowSource {
  /** Below src/renderer. */
  readonly file: string;
  readonly tree: ts.SourceFile;
}

/** Every source of the window but the texts themselves. */
export function windowSources(): WindowSource[] {
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)).replaceAll('\\', '/'))
    .filter((file) => !file.startsWith('i18n/en') && !file.startsWith('i18n/ja'))
    .sort()
    .map((file) => parseSource(file, readFileSync(join(root, file), 'utf8')));
}

export function parseSource(file: string, text: string): WindowSource {
  return { file, tree: ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true, file.endsWith('x') ? ts.ScriptKind.TSX : ts.ScriptKind.TS) };
}

const TEXT_ATTRIBUTES: ReadonlySet<string> = new Set(['aria-label', 'aria-description', 'aria-roledescription', 'aria-valuetext', 'title', 'placeholder', 'alt', 'label', 'note', 'hint', 'word', 'heading', 'empty']);
const CODE_ATTRIBUTES: ReadonlySet<string> = new Set(['key', 'className', 'id', 'form', 'type', 'look']);
const TEXT_PROPERTIES: ReadonlySet<string> = new Set(['message', 'remedy', 'name', 'label', 'title', 'hint', 'note']);
/** What stands in these is typed or read by programs. */
const CODE_ELEMENTS: ReadonlySet<string> = new Set(['code', 'kbd', 'pre']);

const hasLetters = (text: string): boolean => /\p{L}/u.test(text);
/** `Show hosts`, `Hosts`; not `close-tab`, `keyPairs`. */
const looksLikeWords = (text: string): boolean => /\p{L} \p{L}|^\p{Lu}\p{Ll}/u.test(text);

/** `file: text` of each literal that a person would read. */
export function readLiterals({ file, tree }: WindowSource): string[] {
  const found: string[] = [];
  const note = (text: string): void => {
    if (hasLetters(text)) found.push(`${file}: ${text.replace(/\s+/g, ' ').trim()}`);
  };
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node) || ts.isTypeNode(node)) return;
    if (ts.isJsxElement(node) && CODE_ELEMENTS.has(node.openingElement.tagName.getText(tree))) return;
    if (ts.isJsxText(node)) note(node.text);
    else if (ts.isJsxExpression(node) && node.expression !== undefined && !ts.isJsxAttribute(node.parent)) shownParts(node.expression).forEach(note);
    else if (ts.isJsxAttribute(node) && node.initializer !== undefined && isTextAttribute(node, tree)) {
      if (ts.isStringLiteral(node.initializer)) note(node.initializer.text);
      else if (ts.isJsxExpression(node.initializer) && node.initializer.expression !== undefined) shownParts(node.initializer.expression).forEach(note);
    } else if (ts.isCallExpression(node) && ts.isIdentifier(node.expression) && node.expression.text === 'announce') node.arguments.flatMap(shownParts).forEach(note);
    else if (ts.isPropertyAssignment(node) && TEXT_PROPERTIES.has(node.name.getText(tree))) shownParts(node.initializer).filter(looksLikeWords).forEach(note);
    ts.forEachChild(node, visit);
  };
  visit(tree);
  return found;
}

/** A component's `name`, `what` or the like is no less a text than its `label`, where its value looks like words. */
function isTextAttribute({ name, parent, initializer }: ts.JsxAttribute, tree: ts.SourceFile): boolean {
  const attribute = name.getText(tree);
  if (TEXT_ATTRIBUTES.has(attribute)) return true;
  const isComponent = /^\p{Lu}/u.test(parent.parent.tagName.getText(tree));
  return isComponent && !CODE_ATTRIBUTES.has(attribute) && !attribute.startsWith('data-') && initializer !== undefined && ts.isStringLiteral(initializer) && looksLikeWords(initializer.text);
}

/** The literals that may become the value of an expression: through conditions, defaults, sums and templates, not through calls and comparisons. */
function shownParts(expression: ts.Expression): string[] {
  if (ts.isStringLiteral(expression) || ts.isNoSubstitutionTemplateLiteral(expression)) return [expression.text];
  if (ts.isTemplateExpression(expression)) return [expression.head.text, ...expression.templateSpans.flatMap((span) => [...shownParts(span.expression), span.literal.text])];
  if (ts.isParenthesizedExpression(expression)) return shownParts(expression.expression);
  if (ts.isConditionalExpression(expression)) return [...shownParts(expression.whenTrue), ...shownParts(expression.whenFalse)];
  if (ts.isBinaryExpression(expression) && [ts.SyntaxKind.PlusToken, ts.SyntaxKind.QuestionQuestionToken, ts.SyntaxKind.BarBarToken, ts.SyntaxKind.AmpersandAmpersandToken].includes(expression.operatorToken.kind)) {
    return [...shownParts(expression.left), ...shownParts(expression.right)];
  }
  return [];
}

export interface UsedKeys {
  /** Every string of the sources, keys among them: keys also wait in tables. */
  readonly strings: ReadonlySet<string>;
  /** Keys with a part that is filled in, e.g. `routes.kind.*`. */
  readonly patterns: readonly RegExp[];
  /** What `t` and `i18n.t` are called with. */
  readonly called: ReadonlySet<string>;
}

export function usedKeys(sources: readonly WindowSource[]): UsedKeys {
  const strings = new Set<string>();
  const patterns = new Map<string, RegExp>();
  const called = new Set<string>();
  const visit = (node: ts.Node): void => {
    if (ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node)) strings.add(node.text);
    if (ts.isTemplateExpression(node) && /^[a-z]\w*\./i.test(node.head.text)) {
      const source = [node.head.text, ...node.templateSpans.map((span) => span.literal.text)].map((text) => text.replaceAll('.', '\\.')).join('[^.]+');
      if (/^[\w\\.[\]^+-]+$/.test(source)) patterns.set(source, new RegExp(`^${source}$`));
    }
    if (ts.isCallExpression(node) && /^(i18n\.)?t$/.test(node.expression.getText()) && node.arguments[0] !== undefined) wholeLiterals(node.arguments[0]).forEach((key) => called.add(key));
    ts.forEachChild(node, visit);
  };
  for (const { tree } of sources) visit(tree);
  return { strings, patterns: [...patterns.values()], called };
}

/** Without templates: what they fill in is checked by the compiler. */
function wholeLiterals(expression: ts.Expression): string[] {
  if (ts.isConditionalExpression(expression)) return [...wholeLiterals(expression.whenTrue), ...wholeLiterals(expression.whenFalse)];
  return ts.isStringLiteral(expression) || ts.isNoSubstitutionTemplateLiteral(expression) ? [expression.text] : [];
}
