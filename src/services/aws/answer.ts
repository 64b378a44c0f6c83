/** One line of the table of EC2 answers: where the rows are, what is wanted of each, and what it becomes. */
import type { Scope } from '../../contract/scope.ts';
import type { Scanned, Shape } from './xmlShape.ts';

export interface Answer<S extends Shape, R> { readonly rows: string; readonly row: S; readonly toRows: (scanned: Scanned<S>, scope: Scope) => R[] }

export function answer<S extends Shape, R>(rows: string, row: S, toRows: (scanned: Scanned<S>, scope: Scope) => R[]): Answer<S, R> {
  return { rows, row, toRows };
}
