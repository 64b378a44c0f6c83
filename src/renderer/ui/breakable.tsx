/** Text whose IPv6 addresses break after a colon where a line is too short for them, not in the middle of a group. */
import { Fragment, type ReactNode } from 'react';

/** From the first group to the last. What is shorter, such as times and hardware addresses, fits anywhere. */
const IPV6 = /(?<![\w:.-])((?=[\da-f:]*(?:::|[\da-f]{3}))[\da-f]{0,4}(?::[\da-f]{0,4}){2,})(?![\w:-])/giu;

/** The same text: what breaks is no character, so that it is copied, searched and read aloud as it was. */
export function breakable(text: string): ReactNode {
  if (!text.includes(':')) return text;
  // Every second part is an address.
  const parts = text.split(IPV6);
  if (parts.length === 1) return text;
  return parts.map((part, at) => (at % 2 === 0 ? part : part.split(/(?<=:)(?![:/])/).map((group, index) => <Fragment key={`${at}:${index}`}>{index === 0 ? undefined : <wbr />}{group}</Fragment>)));
}
