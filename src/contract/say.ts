/**
 * Sentences for people, which stay plain English strings wherever they go, and can still be shown in another language.
 *
 * say`The instance ${name} is not running.` is that string. Its template (`The instance {0} is not running.`) and its values
 * are remembered by the text itself, so that nothing that carries, keeps or compares a sentence has to know of it: the command
 * line, the logs and the history are English. Where a field of the contract is a `Sentence`, the link sends the template along,
 * and the window looks it up in its catalogue. What was forgotten, or has no entry, is shown in English.
 *
 * A value that is a sentence itself is one in the other language, too. All other values are text: never a template, never markup.
 */
export type SaidValue = string | { readonly time: string } | Term | Said;

/** A word of AWS that the window says in its own language wherever it stands: an instance's state, an action on it. */
export interface Term {
  readonly term: 'state' | 'action';
  readonly word: string;
}

/** What a sentence was made of. */
export interface Said {
  /** English, with `{0}`, `{1}`… where values go. */
  readonly template: string;
  readonly values: readonly SaidValue[];
}

/** How many sentences are remembered at a time: a few MiB at most, and far more than a window shows. */
export const MAX_REMEMBERED = 4000;

const remembered = new Map<string, Said>();
/** Sentences without values, which are templates themselves: as many as the source has. */
const whole = new Set<string>();
const templates = new WeakMap<TemplateStringsArray, string>();

/** A moment, by its ISO 8601 time; in another language as people there write it. */
export function atTime(time: string): { readonly time: string } {
  return { time };
}

/** The state of an instance, as EC2 calls it. */
export function inState(state: string): Term {
  return { term: 'state', word: state };
}

/** An action on an instance, by its kind in the contract. */
export function toDo(kind: string): Term {
  return { term: 'action', word: kind };
}

/** The sentence in English. A value that is a sentence must be one exactly, as `say` returned it. */
export function say(strings: TemplateStringsArray, ...values: readonly (string | number | { readonly time: string } | Term)[]): string {
  let template = templates.get(strings);
  if (template === undefined) {
    template = strings.reduce((before, piece, index) => `${before}{${index - 1}}${piece}`);
    templates.set(strings, template);
  }
  if (values.length === 0) {
    whole.add(template);
    return template;
  }
  const text = strings.reduce((before, piece, index) => `${before}${textOf(values[index - 1])}${piece}`);
  remember(text, { template, values: values.map((value) => (typeof value === 'object' ? value : nested(String(value)))) });
  return text;
}

/** Sentences behind each other. */
export function sayAll(sentences: readonly string[], between = ' '): string {
  const text = sentences.join(between);
  if (sentences.length > 1) remember(text, { template: sentences.map((_, index) => `{${index}}`).join(between), values: sentences.map(nested) });
  return text;
}

/** What a text was made of; undefined for one that has no values, that `say` did not make, or that was forgotten. */
export function saidOf(text: string): Said | undefined {
  return remembered.get(text);
}

/** Keeps what the other end of a link, or a thread, said. */
export function remember(text: string, said: Said): void {
  // Anew at the end: the one that was said longest ago is forgotten first.
  remembered.delete(text);
  remembered.set(text, said);
  if (remembered.size <= MAX_REMEMBERED) return;
  for (const oldest of remembered.keys()) {
    remembered.delete(oldest);
    return;
  }
}

function textOf(value: string | number | { readonly time: string } | Term | undefined): string {
  if (typeof value !== 'object') return String(value);
  return 'time' in value ? value.time : value.word;
}

function nested(value: string): SaidValue {
  return remembered.get(value) ?? (whole.has(value) ? { template: value, values: [] } : value);
}
