/** A snippet as the fields of its form, and back. Pure. */
import { Snippet } from '../../contract/snippet.ts';
import { parametersOf } from './snippetText.ts';

export interface SnippetForm {
  readonly name: string;
  readonly text: string;
  readonly description: string;
  /** One a line, by parameter. */
  readonly choices: Readonly<Record<string, string>>;
  /** One a line. */
  readonly tags: string;
  readonly accounts: string;
  readonly hosts: string;
  readonly enter: boolean;
  readonly confirm: boolean;
}

/** Those that can be wrong. */
export type SnippetField = Exclude<keyof SnippetForm, 'enter' | 'confirm'>;
export interface FormProblem {
  readonly field: SnippetField;
  readonly problem: 'invalid' | 'taken';
}

export const emptyForm: SnippetForm = { name: '', text: '', description: '', choices: {}, tags: '', accounts: '', hosts: '', enter: true, confirm: false };

export function toForm({ name, text, description = '', choices = {}, tags = [], accounts = [], hosts = [], enter, confirm }: Snippet): SnippetForm {
  const asLines = (values: readonly string[]): string => values.join('\n');
  return { name, text, description, choices: Object.fromEntries(Object.entries(choices).map(([parameter, values]) => [parameter, asLines(values)])), tags: asLines(tags), accounts: asLines(accounts), hosts: asLines(hosts), enter, confirm };
}

/** @param others names that are taken */
export function fromForm(form: SnippetForm, others: readonly string[]): { readonly snippet: Snippet } | FormProblem {
  const name = form.name.trim();
  if (others.includes(name)) return { field: 'name', problem: 'taken' };
  const choices = Object.fromEntries(parametersOf({ text: form.text }).flatMap((parameter) => {
    const values = lines(Object.hasOwn(form.choices, parameter.name) ? (form.choices[parameter.name] ?? '') : '');
    return values.length === 0 ? [] : [[parameter.name, values] as const];
  }));
  const [tags, accounts, hosts, description] = [lines(form.tags), lines(form.accounts), lines(form.hosts), form.description.trim()];
  const parsed = Snippet.safeParse({
    name,
    text: form.text,
    ...(description === '' ? {} : { description }),
    ...(Object.keys(choices).length === 0 ? {} : { choices }),
    ...(tags.length === 0 ? {} : { tags }),
    ...(accounts.length === 0 ? {} : { accounts }),
    ...(hosts.length === 0 ? {} : { hosts }),
    enter: form.enter,
    confirm: form.confirm,
  });
  if (parsed.success) return { snippet: parsed.data };
  const [field] = parsed.error.issues[0]?.path ?? [];
  return { field: isField(field) ? field : 'text', problem: 'invalid' };
}

function isField(field: unknown): field is SnippetField {
  return typeof field === 'string' && field !== 'enter' && field !== 'confirm' && Object.hasOwn(emptyForm, field);
}

function lines(text: string): string[] {
  return [...new Set(text.split(/[\n,]/).map((line) => line.trim()))].filter((line) => line !== '');
}
