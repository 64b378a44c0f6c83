/** The sentences in our source: templates of `say`, and errors that are made of plain text instead. */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';

const root = join(import.meta.dirname, '../../..');

/** Where what a window shows is made. The command line is English, and the demo pretends to be AWS. */
const files = globSync('src/{contract,link,renderer,services}/**/*.{ts,tsx}', { cwd: root }).sort();

export interface Found {
  readonly place: string;
  readonly text: string;
}

/** Every template of `say`, and the texts of errors that are given without it. */
export function findSentences(): { readonly templates: readonly Found[]; readonly plain: readonly Found[] } {
  const templates: Found[] = [];
  const plain: Found[] = [];
  for (const file of files) {
    const source = ts.createSourceFile(file, readFileSync(join(root, file), 'utf8'), ts.ScriptTarget.Latest, true);
    const placeOf = (node: ts.Node): string => `${file}:${source.getLineAndCharacterOfPosition(node.getStart()).line + 1}`;
    const visit = (node: ts.Node): void => {
      if (ts.isTaggedTemplateExpression(node) && node.tag.getText() === 'say') templates.push({ place: placeOf(node), text: templateOf(node.template) });
      if (ts.isNewExpression(node) && node.expression.getText() === 'PosternError') for (const leaf of plainTexts(node)) plain.push({ place: placeOf(leaf), text: leaf.getText() });
      ts.forEachChild(node, visit);
    };
    visit(source);
  }
  return { templates, plain };
}

function templateOf(template: ts.TemplateLiteral): string {
  if (ts.isNoSubstitutionTemplateLiteral(template)) return template.text;
  return template.templateSpans.reduce((text, { literal }, index) => `${text}{${index}}${literal.text}`, template.head.text);
}

/** Message and remedy of `new PosternError({ ... })` where one of their branches is a bare text. */
function plainTexts(error: ts.NewExpression): ts.Node[] {
  const report = error.arguments?.[0];
  if (report === undefined || !ts.isObjectLiteralExpression(report)) return [];
  return report.properties.flatMap((property) => (ts.isPropertyAssignment(property) && /^(message|remedy)$/.test(property.name.getText()) ? branches(property.initializer) : []));
}

function branches(expression: ts.Expression): ts.Node[] {
  if (ts.isStringLiteral(expression) || ts.isNoSubstitutionTemplateLiteral(expression) || ts.isTemplateExpression(expression)) return [expression];
  if (ts.isParenthesizedExpression(expression)) return branches(expression.expression);
  if (ts.isConditionalExpression(expression)) return [...branches(expression.whenTrue), ...branches(expression.whenFalse)];
  return ts.isBinaryExpression(expression) ? [...branches(expression.left), ...branches(expression.right)] : [];
}
