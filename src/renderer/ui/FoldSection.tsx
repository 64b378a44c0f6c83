/** A section with a heading that folds it; whoever renders it remembers what is folded. */
import { useId, type ReactNode } from 'react';
import { Icon } from './Icon.tsx';

export interface FoldSectionProps {
  readonly title: string;
  /** A short word beside the heading, e.g. a count. */
  readonly note?: string | undefined;
  readonly folded: boolean;
  readonly onFold: (folded: boolean) => void;
  readonly children: ReactNode;
}

export function FoldSection({ title, note, folded, onFold, children }: FoldSectionProps) {
  const bodyId = useId();
  return (
    <section className="fold-section" aria-label={title}>
      <h3>
        <button type="button" aria-expanded={!folded} aria-controls={bodyId} onClick={() => onFold(!folded)}>
          <Icon name={folded ? 'chevron-right' : 'chevron-down'} />
          <span>{title}</span>
          {note === undefined ? undefined : <span className="note">{note}</span>}
        </button>
      </h3>
      <div id={bodyId} className="fold-body" hidden={folded}>
        {folded ? undefined : children}
      </div>
    </section>
  );
}
