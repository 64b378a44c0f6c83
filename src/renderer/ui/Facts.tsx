/** A list of names and values; what has no value is not shown. */
import type { ReactNode } from 'react';
import { Copyable } from './Copyable.tsx';

export interface FactProps {
  readonly name: string;
  /** Undefined: the fact is left out. */
  readonly value: string | undefined;
  readonly mono?: boolean;
  /** Shown after the value, not copied. */
  readonly note?: ReactNode;
}

export function Facts({ children }: { readonly children: ReactNode }) {
  return <dl className="facts">{children}</dl>;
}

export function Fact({ name, value, mono = false, note }: FactProps) {
  if (value === undefined || value === '') return undefined;
  return (
    <div className="fact">
      <dt>{name}</dt>
      <dd>
        <Copyable value={value} mono={mono} label={`${name}: ${value}`} />
        {note === undefined ? undefined : <span className="note">{note}</span>}
      </dd>
    </div>
  );
}
