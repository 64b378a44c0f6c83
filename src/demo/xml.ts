/**
 * Writes plain values as AWS writes XML: an object's keys are elements, a list's entries are `<item>`s (EC2) or `<member>`s (the
 * others), what is undefined is absent.
 */
export type XmlValue = string | number | boolean | undefined | readonly XmlValue[] | { readonly [element: string]: XmlValue };
export type XmlElements = { readonly [element: string]: XmlValue };

export type ListItem = 'item' | 'member';

export function toXml(elements: XmlElements, listItem: ListItem = 'item'): string {
  let xml = '';
  for (const name in elements) xml += toElement(name, elements[name], listItem);
  return xml;
}

function toElement(name: string, value: XmlValue, listItem: ListItem): string {
  if (value === undefined) return '';
  if (typeof value === 'string') return value === '' ? `<${name}/>` : `<${name}>${escapeXml(value)}</${name}>`;
  if (typeof value !== 'object') return `<${name}>${String(value)}</${name}>`;
  if (!Array.isArray(value)) return `<${name}>${toXml(value as XmlElements, listItem)}</${name}>`;
  if (value.length === 0) return `<${name}/>`;
  let items = '';
  for (const item of value) items += toElement(listItem, item, listItem);
  return `<${name}>${items}</${name}>`;
}

/** Tags may hold any character; XML wants these as references. */
const SPECIAL = /[&<>"']|(?![\t\n])\p{Cc}/gu;
const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&apos;' };

export function escapeXml(text: string): string {
  return text.replace(SPECIAL, (character) => ENTITIES[character] ?? `&#x${character.charCodeAt(0).toString(16)};`);
}
