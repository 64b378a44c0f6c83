/** What is wanted of an XML answer, said as a value from which both the reading and the TypeScript type follow. */

interface Text { readonly kind: 'text' }
interface Note { readonly kind: 'note' }
interface Integer { readonly kind: 'integer' }
interface Flag { readonly kind: 'flag' }
interface List<I extends Shape = Shape> { readonly kind: 'list'; readonly item: I }
interface Fields<F extends Readonly<Record<string, Field>> = Readonly<Record<string, Field>>> { readonly kind: 'fields'; readonly byElement: ReadonlyMap<string, { readonly name: string; readonly shape: Shape }>; readonly of?: F }
interface Named<N extends string = string, S extends Shape = Shape> { readonly kind: 'named'; readonly name: N; readonly shape: S }

export type Shape = Text | Note | Integer | Flag | ListShape | FieldsShape;
export type ListShape = { readonly kind: 'list'; readonly item: Shape };
export type FieldsShape = { readonly kind: 'fields'; readonly byElement: ReadonlyMap<string, { readonly name: string; readonly shape: Shape }> };
type Field = Shape | Named;

/** Text; an empty element is absent. */
export const text: Text = { kind: 'text' };
/** Text that may be empty and still means something, e.g. the value of a tag. */
export const note: Note = { kind: 'note' };
/** A whole number; anything else is absent. */
export const integer: Integer = { kind: 'integer' };
/** `true` or `false`; anything else is absent. */
export const flag: Flag = { kind: 'flag' };

/** The children of an element, whatever they are called (`item` at EC2). */
export function list<I extends Shape>(item: I): List<I> {
  return { kind: 'list', item };
}

/** The wanted children of an element, by element name. */
export function fields<F extends Readonly<Record<string, Field>>>(wanted: F): Fields<F> {
  const byElement = new Map(
    Object.entries(wanted).map(([element, field]) => [element, field.kind === 'named' ? { name: field.name, shape: field.shape } : { name: element, shape: field }]),
  );
  return { kind: 'fields', byElement };
}

/** A field that is called otherwise with us than in the answer. */
export function named<N extends string, S extends Shape>(name: N, shape: S): Named<N, S> {
  return { kind: 'named', name, shape };
}

/** What a shape yields. Every field may be absent. */
export type Scanned<S> = S extends Text | Note
  ? string
  : S extends Integer
    ? number
    : S extends Flag
      ? boolean
      : S extends List<infer I>
        ? readonly Scanned<I>[]
        : S extends Fields<infer F>
          ? { readonly [K in keyof F as F[K] extends Named<infer N> ? N : K]?: F[K] extends Named<string, infer T> ? Scanned<T> : Scanned<F[K]> }
          : never;
