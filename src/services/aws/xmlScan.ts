/**
 * Reads the wanted fields of an XML answer straight into typed objects, and skips the rest without looking at it.
 *
 * EC2 answers in XML of about 5 KB an instance. The SDK builds a tree of all of it and then maps the tree; this walks the text
 * once and keeps what a shape names, which takes a tenth of the time. Depth-aware, so a tag value that looks like markup is text.
 * A DTD is never read: entities are the five of XML and the numeric ones.
 *
 * Rows of one answer look alike: which element follows which is remembered (xmlLayout.ts), and a tag that comes as expected is
 * compared in place instead of being cut out and looked up. What comes otherwise takes the long way, with the same result.
 */

import { layoutOf, type KnownElement } from './xmlLayout.ts';
import type { FieldsShape, ListShape, Scanned, Shape } from './xmlShape.ts';

/** The answer is not the XML that was asked for. */
export class XmlScanError extends Error {
  override readonly name = 'XmlScanError';
}

type Value = string | number | boolean | undefined | readonly Value[] | { readonly [name: string]: Value };

/**
 * Walk an answer `<root>...<rows><item/>...</rows>...<nextToken/></root>`, yielding each row as it is read.
 *
 * @returns the text of the root's `nextToken`, absent on the last page
 * @throws XmlScanError when the text is not well-formed where it was read, or its root is another one
 */
export function* scanRows<S extends Shape>(xml: string, root: string, rows: string, row: S): Generator<Scanned<S>, string | undefined> {
  const scan = new Scan(xml);
  const start = scan.root();
  if (start.name !== root) throw new XmlScanError(`the answer is <${start.name.slice(0, 40)}>, not <${root}>`);
  let nextToken: string | undefined;
  if (!start.empty) {
    for (let child = scan.child(root); child !== undefined; child = scan.child(root)) {
      if (child.empty) continue;
      if (child.name === rows) {
        for (let item = scan.child(rows); item !== undefined; item = scan.child(rows)) {
          // The cast says once what every shape promises: see `Scanned`.
          yield (item.empty ? emptyValue(row) : scan.value(row, item.name)) as Scanned<S>;
        }
      } else if (child.name === 'nextToken') {
        const value = scan.text(child.name);
        if (value !== '') nextToken = value;
      } else {
        scan.skip(child.name);
      }
    }
  }
  scan.end();
  return nextToken;
}

interface StartTag { readonly name: string; readonly empty: boolean }
interface ChildTag extends StartTag { readonly known?: KnownElement | undefined }
interface KnownTag extends StartTag { readonly known: KnownElement }

const LESS_THAN = 0x3c;
const GREATER_THAN = 0x3e;
const SLASH = 0x2f;
const BANG = 0x21;
const QUESTION = 0x3f;
const DOUBLE_QUOTE = 0x22;
const SINGLE_QUOTE = 0x27;

class Scan {
  readonly #xml: string;
  #at = 0;
  /** Where the next comment or CDATA begins, as far as it was looked for. */
  #nextAside = -1;

  constructor(xml: string) {
    this.#xml = xml;
  }

  /** The document's start tag, after a prolog. */
  root(): StartTag {
    const xml = this.#xml;
    if (xml.charCodeAt(0) === 0xfeff) this.#at = 1;
    for (;;) {
      const start = xml.indexOf('<', this.#at);
      if (start === -1 || !isBlank(xml, this.#at, start)) throw new XmlScanError(xml.trim() === '' ? 'the answer is empty' : 'the answer is not XML');
      const next = xml.charCodeAt(start + 1);
      if (next === QUESTION) this.#at = this.#after('?>', start + 2);
      else if (next === BANG) this.#at = xml.startsWith('<!--', start) ? this.#after('-->', start + 4) : this.#after('>', start + 2);
      else {
        this.#at = start;
        return this.#startTag();
      }
    }
  }

  /** Nothing but white space, comments and instructions may follow the root. */
  end(): void {
    const xml = this.#xml;
    for (;;) {
      const start = xml.indexOf('<', this.#at);
      if (!isBlank(xml, this.#at, start === -1 ? xml.length : start)) throw new XmlScanError('text after the end of the answer');
      if (start === -1) return;
      if (xml.startsWith('<!--', start)) this.#at = this.#after('-->', start + 4);
      else if (xml.charCodeAt(start + 1) === QUESTION) this.#at = this.#after('?>', start + 2);
      else throw new XmlScanError('an element after the end of the answer');
    }
  }

  /** The next child's start tag, or undefined once the parent's end tag was read. Text between children is passed over. */
  child(parent: string): StartTag | undefined {
    const xml = this.#xml;
    for (;;) {
      const start = xml.indexOf('<', this.#at);
      if (start === -1) throw new XmlScanError(`the answer ends inside <${parent}>`);
      this.#at = start;
      const next = xml.charCodeAt(start + 1);
      if (next === SLASH) {
        this.#endTag(parent);
        return undefined;
      }
      if (next !== BANG && next !== QUESTION) return this.#startTag();
      this.#aside();
    }
  }

  value(shape: Shape, element: string): Value {
    switch (shape.kind) {
      case 'text':
      case 'note':
      case 'integer':
      case 'flag':
        return toValue(shape.kind, this.text(element));
      case 'list':
        return this.#list(shape, element);
      case 'fields':
        return this.#fields(shape, element);
    }
  }

  #list(shape: ListShape, element: string): readonly Value[] {
    const items: Value[] = [];
    const layout = layoutOf(shape);
    for (let child = this.#expected(layout.first) ?? this.child(element); child !== undefined; child = this.#expected(layout.first) ?? this.child(element)) {
      layout.first = layout.know(child.name) ?? layout.first;
      const value = child.empty ? emptyValue(shape.item) : this.#wanted(shape.item, child);
      if (value !== undefined) items.push(value);
    }
    return items;
  }

  #fields(shape: FieldsShape, element: string): { readonly [name: string]: Value } {
    const found: { [name: string]: Value } = {};
    const layout = layoutOf(shape);
    let last: KnownElement | undefined;
    for (;;) {
      let child: ChildTag | undefined = this.#expected(last === undefined ? layout.first : last.next) ?? this.#expected(last?.otherNext);
      if (child === undefined) {
        const start = this.child(element);
        if (start === undefined) return found;
        const known = layout.know(start.name);
        child = { ...start, known };
        if (last === undefined) layout.first = known;
        else if (known !== undefined) {
          last.otherNext = last.next;
          last.next = known;
        }
      }
      last = child.known;
      const field = child.known === undefined ? shape.byElement.get(child.name) : child.known.field;
      if (field === undefined) {
        if (!child.empty && !this.#skipKnown(child.known)) this.skip(child.name);
        continue;
      }
      const value = child.empty ? emptyValue(field.shape) : this.#wanted(field.shape, child);
      if (value !== undefined) found[field.name] = value;
    }
  }

  /** The next tag where it is the one that usually comes here. */
  #expected(known: KnownElement | undefined): KnownTag | undefined {
    if (known === undefined) return undefined;
    const xml = this.#xml;
    const start = xml.charCodeAt(this.#at) === LESS_THAN ? this.#at : xml.indexOf('<', this.#at);
    if (start === -1) return undefined;
    if (xml.startsWith(known.open, start)) {
      this.#at = start + known.open.length;
      return known.opened;
    }
    if (!xml.startsWith(known.openEmpty, start)) return undefined;
    this.#at = start + known.openEmpty.length;
    return known.closed;
  }

  #wanted(shape: Shape, { name, known }: ChildTag): Value {
    if (known === undefined || shape.kind === 'list' || shape.kind === 'fields') return this.value(shape, name);
    const xml = this.#xml;
    const end = xml.indexOf('<', this.#at);
    if (end === -1 || !xml.startsWith(known.close, end)) return this.value(shape, name);
    const text = xml.slice(this.#at, end);
    this.#at = end + known.close.length;
    return toValue(shape.kind, decode(text));
  }

  /**
   * Pass over an element whose plain start tag was just read, without looking at what is inside.
   *
   * @returns false where that cannot be told from the text: it holds one of its own name, or a comment or CDATA is near
   */
  #skipKnown(known: KnownElement | undefined): boolean {
    if (known === undefined) return false;
    const xml = this.#xml;
    const start = this.#at;
    if (this.#nextAside < start) {
      const found = xml.indexOf('<!', start);
      this.#nextAside = found === -1 ? Number.POSITIVE_INFINITY : found;
    }
    const text = xml.indexOf('<', start);
    const end = xml.startsWith(known.close, text) ? text : xml.indexOf(known.close, text);
    if (end === -1 || this.#nextAside < end) return false;
    if (end !== text && (!xml.startsWith(known.open, start - known.open.length) || xml.lastIndexOf(known.beginning, end) > start - known.open.length)) return false;
    this.#at = end + known.close.length;
    return true;
  }

  /** The text of an element up to its end tag: character data and CDATA, without comments and without what children hold. */
  text(element: string): string {
    const xml = this.#xml;
    let value = '';
    for (;;) {
      const start = xml.indexOf('<', this.#at);
      if (start === -1) throw new XmlScanError(`the answer ends inside <${element}>`);
      if (start > this.#at) value += decode(xml.slice(this.#at, start));
      this.#at = start;
      const next = xml.charCodeAt(start + 1);
      if (next === SLASH) {
        this.#endTag(element);
        return value;
      }
      if (next === BANG || next === QUESTION) value += this.#aside();
      else {
        const child = this.#startTag();
        if (!child.empty) this.skip(child.name);
      }
    }
  }

  /** Pass over an element whose start tag was read. Counts depth and ignores names: nobody asked what is inside. */
  skip(element: string): void {
    const xml = this.#xml;
    let depth = 1;
    while (depth > 0) {
      const start = xml.indexOf('<', this.#at);
      if (start === -1) throw new XmlScanError(`the answer ends inside <${element}>`);
      this.#at = start;
      const next = xml.charCodeAt(start + 1);
      if (next === SLASH) {
        if (depth === 1) this.#endTag(element);
        else this.#at = this.#after('>', start + 2);
        depth -= 1;
      } else if (next === BANG || next === QUESTION) this.#aside();
      else if (!this.#startTag().empty) depth += 1;
    }
  }

  /** A comment, an instruction or CDATA; the latter is text. */
  #aside(): string {
    const xml = this.#xml;
    const start = this.#at;
    if (xml.startsWith('<![CDATA[', start)) {
      this.#at = this.#after(']]>', start + 9);
      return xml.slice(start + 9, this.#at - 3);
    }
    if (xml.startsWith('<!--', start)) this.#at = this.#after('-->', start + 4);
    else if (xml.charCodeAt(start + 1) === QUESTION) this.#at = this.#after('?>', start + 2);
    else throw new XmlScanError('a declaration inside the answer');
    return '';
  }

  #startTag(): StartTag {
    const xml = this.#xml;
    const nameStart = this.#at + 1;
    let at = nameStart;
    for (;;) {
      const code = xml.charCodeAt(at);
      if (code === GREATER_THAN || code === SLASH || code <= 0x20) break;
      if (code === LESS_THAN || Number.isNaN(code)) throw new XmlScanError('a tag that does not end');
      at += 1;
    }
    if (at === nameStart) throw new XmlScanError('a tag without a name');
    const name = xml.slice(nameStart, at);
    // Attributes: nothing in them is wanted, but a quoted `>` or `/>` must not end the tag.
    for (;;) {
      const code = xml.charCodeAt(at);
      if (code === GREATER_THAN) {
        this.#at = at + 1;
        return { name, empty: xml.charCodeAt(at - 1) === SLASH };
      }
      if (code === LESS_THAN || Number.isNaN(code)) throw new XmlScanError(`<${name.slice(0, 40)}> does not end`);
      at = code === DOUBLE_QUOTE ? this.#after('"', at + 1) : code === SINGLE_QUOTE ? this.#after("'", at + 1) : at + 1;
    }
  }

  #endTag(element: string): void {
    const xml = this.#xml;
    const nameStart = this.#at + 2;
    const nameEnd = nameStart + element.length;
    const end = this.#after('>', nameStart);
    if (!xml.startsWith(element, nameStart) || (nameEnd !== end - 1 && !isBlank(xml, nameEnd, end - 1))) throw new XmlScanError(`<${element.slice(0, 40)}> is closed by another tag`);
    this.#at = end;
  }

  /** Just behind the next `mark`. */
  #after(mark: string, from: number): number {
    const found = this.#xml.indexOf(mark, from);
    if (found === -1) throw new XmlScanError('the answer ends inside a tag');
    return found + mark.length;
  }
}

function toValue(kind: 'text' | 'note' | 'integer' | 'flag', value: string): Value {
  switch (kind) {
    case 'note':
      return value;
    case 'text':
      return value === '' ? undefined : value;
    case 'integer':
      return /^\s*-?\d{1,15}\s*$/.test(value) ? Number(value) : undefined;
    case 'flag': {
      const word = value.trim();
      return word === 'true' ? true : word === 'false' ? false : undefined;
    }
  }
}

/** What `<element/>` means for a shape. */
function emptyValue(shape: Shape): Value {
  return shape.kind === 'note' ? '' : shape.kind === 'list' ? [] : shape.kind === 'fields' ? {} : undefined;
}

function isBlank(xml: string, from: number, to: number): boolean {
  for (let at = from; at < to; at += 1) if (xml.charCodeAt(at) > 0x20) return false;
  return true;
}

const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

/** XML 1.0 sections 4.1, 4.6 and 2.11. An entity nobody declared stays as it came. */
function decode(value: string): string {
  const lines = value.includes('\r') ? value.replace(/\r\n?/g, '\n') : value;
  if (!lines.includes('&')) return lines;
  return lines.replace(/&(?:#x([0-9a-fA-F]{1,6})|#(\d{1,7})|([a-z]{2,4}));/g, (whole, hexadecimal?: string, decimal?: string, name?: string) => {
    if (name !== undefined) return entities[name] ?? whole;
    const point = hexadecimal === undefined ? Number(decimal) : Number.parseInt(hexadecimal, 16);
    return point <= 0x10ffff ? String.fromCodePoint(point) : whole;
  });
}
