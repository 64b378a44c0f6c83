/** The filter field of the hosts list, with what may come next below it: Tab takes the first, the arrows stay with the list. */
import { useDeferredValue, useMemo, useRef, useState, type KeyboardEvent } from 'react';
import { useTranslation } from 'react-i18next';
import type { Instance } from '../../contract/instance.ts';
import { completions, type Completion } from '../../query/completions.ts';
import type { FilterContext } from '../../query/hostFilter.ts';
import { numberText } from '../i18n/locale.ts';
import { safeText } from '../ui/safeText.ts';

export interface HostFilterProps {
  readonly query: string;
  readonly instances: ReadonlyMap<string, Instance>;
  readonly context: FilterContext;
  /** What the filter means nothing by, in sentences. */
  readonly problems: readonly string[];
  readonly count: string;
  /** Id of the list's row where Enter goes. */
  readonly activeRowId: string | undefined;
  readonly onChange: (query: string) => void;
  /** Keys for the list. */
  readonly onKeyDown: (event: KeyboardEvent) => void;
}

export function HostFilter({ query, instances, context, problems, count, activeRowId, onChange, onKeyDown }: HostFilterProps) {
  const { t } = useTranslation();
  const input = useRef<HTMLInputElement>(null);
  // Absent: no suggestions are wanted, until the next character.
  const [caret, setCaret] = useState<number>();
  // The values of 50,000 hosts are counted for it: what was typed is on the screen before.
  const asked = useMemo(() => ({ query, caret, instances, context }), [query, caret, instances, context]);
  const calm = useDeferredValue(asked);
  const offered = useMemo(() => completionsOf(calm), [calm]);

  const take = ({ query: next, caret: at }: Completion): void => {
    onChange(next);
    setCaret(next.slice(0, at).endsWith(' ') ? undefined : at);
    input.current?.focus();
    // Once React has written the new text.
    requestAnimationFrame(() => input.current?.setSelectionRange(at, at));
  };

  const handleKeyDown = (event: KeyboardEvent): void => {
    const [first] = calm === asked ? offered : event.key === 'Tab' ? completionsOf(asked) : offered;
    if (!event.nativeEvent.isComposing && first !== undefined) {
      if (event.key === 'Tab' && !event.shiftKey) {
        take(first);
        event.preventDefault();
        return;
      }
      if (event.key === 'Escape') {
        setCaret(undefined);
        event.preventDefault();
        return;
      }
    }
    onKeyDown(event);
  };

  return (
    <div className="filter-field">
      <input
        ref={input}
        id="host-filter"
        type="text"
        role="combobox"
        aria-expanded="true"
        aria-controls="host-list"
        aria-activedescendant={activeRowId}
        aria-label={t('hosts.filterLabel')}
        aria-describedby={problems.length > 0 ? 'host-filter-problems' : undefined}
        placeholder={t('hosts.filterPlaceholder')}
        spellCheck={false}
        autoComplete="off"
        value={query}
        onFocus={(event) => event.target.select()}
        onBlur={() => setCaret(undefined)}
        onChange={(event) => {
          onChange(event.target.value);
          setCaret(event.target.selectionStart ?? undefined);
        }}
        onKeyDown={handleKeyDown}
      />
      <span className="note" role="status">
        {count}
      </span>
      {problems.length === 0 ? undefined : (
        <p id="host-filter-problems" className="filter-problems" role="alert">
          {safeText(problems.join('. '))}.
        </p>
      )}
      {offered.length === 0 ? undefined : (
        <ul className="completions" aria-label={t('hosts.completions')}>
          {offered.map((completion) => (
            // Before the field loses the focus.
            <li key={completion.label} onMouseDown={(event) => { event.preventDefault(); take(completion); }}>
              <span className="mono">{safeText(completion.label)}</span>
              {completion.count === undefined || completion.count === 0 ? undefined : <span className="count">{numberText(completion.count)}</span>}
            </li>
          ))}
          <li className="hint" aria-hidden="true">
            {t('hosts.completionHint')}
          </li>
        </ul>
      )}
    </div>
  );
}

function completionsOf({ query, caret, instances, context }: Pick<HostFilterProps, 'query' | 'instances' | 'context'> & { readonly caret: number | undefined }): Completion[] {
  return caret === undefined ? [] : completions(query, caret, instances, context);
}
