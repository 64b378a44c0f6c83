/** The schemas of what `say` makes. Apart from it: a command that lists hosts says sentences, and loads no schemas for that. */
import * as z from 'zod';
import type { Said as SaidType } from './say.ts';

/** A field for a sentence that `say` made, as it is (a check like `.max()` would make another type of it): the link finds it in the types of the contract by its identity. */
export const Sentence = z.string();

/** For one that was kept with its text, in a file or by a thread. */
export const Said: z.ZodType<SaidType> = z.object({ template: z.string(), values: z.array(z.union([z.string(), z.object({ time: z.string() }), z.object({ term: z.enum(['state', 'action']), word: z.string() }), z.lazy(() => Said)])) });
