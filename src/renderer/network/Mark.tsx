/** Yes, no or not certain: a shape, a colour and a word. */
import type { ReactNode } from 'react';
import type { Judgement } from '../../contract/networkReach.ts';

const marks = { yes: '●', no: '✕', unknown: '◐' } as const;

export function Mark({ result, children }: { readonly result: Judgement; readonly children: ReactNode }) {
  return (
    <span className={`usable ${result}`}>
      <span aria-hidden="true">{marks[result]}</span> {children}
    </span>
  );
}
