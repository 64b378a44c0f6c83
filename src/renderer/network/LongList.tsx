/** A list that shows its beginning, and the rest on request: a group may have a thousand rules. */
import { useState, type ReactNode } from 'react';
import { ShowRest } from '../ui/ShowRest.tsx';

const SHOWN_AT_FIRST = 30;

/** @param items list items, with keys */
export function LongList({ items, label, className }: { readonly items: readonly ReactNode[]; readonly label: string; readonly className: string }) {
  const [whole, setWhole] = useState(false);
  const shown = whole || items.length <= SHOWN_AT_FIRST + 1 ? items : items.slice(0, SHOWN_AT_FIRST);
  return (
    <>
      <ul className={className} aria-label={label}>
        {shown}
      </ul>
      {shown.length === items.length ? undefined : (
        <ShowRest count={items.length - shown.length} onShow={() => setWhole(true)} />
      )}
    </>
  );
}
