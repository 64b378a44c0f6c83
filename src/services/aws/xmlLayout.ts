/** Remembers which elements an answer's rows are made of, and in which order, so that the next row is read by comparing. */
import type { FieldsShape, ListShape, Shape } from './xmlShape.ts';

/** An answer of an endpoint that makes up names must not be remembered for ever. */
const MAX_NAMES_A_SHAPE = 200;

export class KnownElement {
  /** `<name>`, `<name/>` and `</name>`. */
  readonly open: string;
  readonly openEmpty: string;
  readonly close: string;
  /** `<name`: how every form of it begins. */
  readonly beginning: string;
  /** What is wanted of it; absent: nothing. */
  readonly field: { readonly name: string; readonly shape: Shape } | undefined;
  /** Its start tag, as read in the two forms. */
  readonly opened: { readonly name: string; readonly empty: boolean; readonly known: KnownElement };
  readonly closed: { readonly name: string; readonly empty: boolean; readonly known: KnownElement };
  /** What followed it last, and before that. */
  next: KnownElement | undefined;
  otherNext: KnownElement | undefined;

  constructor(name: string, field: KnownElement['field']) {
    this.field = field;
    this.beginning = `<${name}`;
    this.open = `<${name}>`;
    this.openEmpty = `<${name}/>`;
    this.close = `</${name}>`;
    this.opened = { name, empty: false, known: this };
    this.closed = { name, empty: true, known: this };
    this.next = undefined;
    this.otherNext = undefined;
  }
}

export interface Layout {
  first: KnownElement | undefined;
  /** Absent once a shape has met too many names. */
  know(name: string): KnownElement | undefined;
}

const layouts = new WeakMap<ListShape | FieldsShape, Layout>();

export function layoutOf(shape: ListShape | FieldsShape): Layout {
  let layout = layouts.get(shape);
  if (layout === undefined) {
    layout = createLayout(shape.kind === 'fields' ? shape.byElement : undefined);
    layouts.set(shape, layout);
  }
  return layout;
}

function createLayout(wanted: FieldsShape['byElement'] | undefined): Layout {
  const byName = new Map<string, KnownElement>();
  return {
    first: undefined,
    know(name) {
      const known = byName.get(name);
      if (known !== undefined || byName.size >= MAX_NAMES_A_SHAPE) return known;
      // A copy of its own: a part of the answer's text would keep all of it in memory.
      const own = Buffer.from(name, 'utf8').toString('utf8');
      const element = new KnownElement(own, wanted?.get(own));
      byName.set(own, element);
      return element;
    },
  };
}
