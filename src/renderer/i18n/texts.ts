/** The shape every language has: English's keys, without the plural form that some languages do not have. */
import type { en } from './en.ts';

type SameKeys<T> = { readonly [K in keyof T as K extends `${string}_one` ? never : K]: T[K] extends string ? string : SameKeys<T[K]> };

export type Texts = SameKeys<typeof en>;
