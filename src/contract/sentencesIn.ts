/**
 * Which sentences a value of the contract holds, by its type: only there `say` is looked up, and a list of 50,000 instances,
 * which has none, costs nothing.
 */
import * as z from 'zod';
import type { Said } from './say.ts';
import { saidOf } from './say.ts';
import { Sentence } from './sentence.ts';

type Visit = (text: string) => void;
/** Visits the sentences in a value; undefined: no value of this type has any. */
type Finder = ((value: unknown, visit: Visit) => void) | undefined;

const finders = new Map<z.core.$ZodType, Finder>();

/** The sentences of a value with what they were made of; undefined where there is nothing to tell. */
export function sentencesIn(type: z.core.$ZodType, value: unknown): readonly (readonly [string, Said])[] | undefined {
  const find = finderOf(type);
  if (find === undefined) return undefined;
  const found = new Map<string, Said>();
  find(value, (text) => {
    const said = saidOf(text);
    if (said !== undefined) found.set(text, said);
  });
  return found.size === 0 ? undefined : [...found];
}

function finderOf(type: z.core.$ZodType): Finder {
  if (!finders.has(type)) finders.set(type, createFinder(type));
  return finders.get(type);
}

function createFinder(type: z.core.$ZodType): Finder {
  if (type === Sentence) return (value, visit) => (typeof value === 'string' ? visit(value) : undefined);
  if (type instanceof z.ZodOptional || type instanceof z.ZodDefault || type instanceof z.ZodPrefault || type instanceof z.ZodReadonly || type instanceof z.ZodCatch || type instanceof z.ZodNullable) return finderOf(type.def.innerType);
  if (type instanceof z.ZodArray) {
    const element = finderOf(type.def.element);
    return element && ((value, visit) => (Array.isArray(value) ? value.forEach((each) => element(each, visit)) : undefined));
  }
  if (type instanceof z.ZodRecord) {
    const element = finderOf(type.def.valueType);
    return element && ((value, visit) => (isObject(value) ? Object.values(value).forEach((each) => element(each, visit)) : undefined));
  }
  if (type instanceof z.ZodUnion) return all(type.def.options.map(finderOf));
  if (type instanceof z.ZodObject) {
    return all(
      Object.entries(type.def.shape).map(([key, field]) => {
        const find = finderOf(field);
        return find && ((value, visit) => (isObject(value) ? find(value[key], visit) : undefined));
      }),
    );
  }
  return undefined;
}

/** Of a union every member is asked: what a value does not have is not there to be found. */
function all(every: readonly Finder[]): Finder {
  const some = every.filter((each) => each !== undefined);
  return some.length === 0 ? undefined : (value, visit) => some.forEach((find) => find(value, visit));
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
