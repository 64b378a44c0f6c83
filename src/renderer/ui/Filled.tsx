/** A sentence of a language in which elements stand: `[peer]` in the text is the part of that name. */
import { Fragment, type ReactNode } from 'react';

export function Filled({ text, parts }: { readonly text: string; readonly parts: Readonly<Record<string, ReactNode>> }) {
  return text.split(/\[(\w+)\]/).map((piece, index) => <Fragment key={index}>{index % 2 === 0 ? piece : parts[piece]}</Fragment>);
}
