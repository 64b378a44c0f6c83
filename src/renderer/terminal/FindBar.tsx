/** Finds text in a terminal's scrollback. */
import type { ISearchOptions, SearchAddon } from '@xterm/addon-search';
import { useEffect, useState } from 'react';
import { Button } from '../ui/Button.tsx';
import { Icon } from '../ui/Icon.tsx';

export interface FindBarProps {
  readonly search: SearchAddon;
  readonly onClose: () => void;
}

const decorations = { matchBackground: '#5a4a00', matchOverviewRuler: '#b08800', activeMatchBackground: '#b35900', activeMatchColorOverviewRuler: '#b35900' };

export function FindBar({ search, onClose }: FindBarProps) {
  const [text, setText] = useState('');
  const [results, setResults] = useState<{ readonly index: number; readonly count: number }>();
  const [caseSensitive, setCaseSensitive] = useState(false);
  const [regex, setRegex] = useState(false);

  useEffect(() => {
    const listening = search.onDidChangeResults(({ resultIndex, resultCount }) => setResults({ index: resultIndex, count: resultCount }));
    return () => {
      listening.dispose();
      search.clearDecorations();
    };
  }, [search]);

  const options: ISearchOptions = { caseSensitive, regex, decorations };
  useEffect(() => {
    if (text === '') {
      search.clearDecorations();
      setResults(undefined);
    } else find(() => search.findNext(text, { caseSensitive, regex, decorations, incremental: true }));
  }, [search, text, caseSensitive, regex]);

  return (
    <div className="find-bar" role="search" aria-label="Find in this terminal">
      <input
        autoFocus
        aria-label="Find"
        placeholder="Find"
        value={text}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === 'Escape') onClose();
          if (event.key === 'Enter') find(() => (event.shiftKey ? search.findPrevious(text, options) : search.findNext(text, options)));
        }}
      />
      <span className="note" role="status">
        {text === '' || results === undefined ? '' : results.count === 0 ? 'none' : results.index < 0 ? `${results.count}` : `${results.index + 1} of ${results.count}`}
      </span>
      <label title="Match upper and lower case">
        <input type="checkbox" checked={caseSensitive} onChange={(event) => setCaseSensitive(event.target.checked)} /> Aa
      </label>
      <label title="Regular expression">
        <input type="checkbox" checked={regex} onChange={(event) => setRegex(event.target.checked)} /> .*
      </label>
      <Button look="quiet" aria-label="Previous" onClick={() => find(() => search.findPrevious(text, options))}>
        <Icon name="up" />
      </Button>
      <Button look="quiet" aria-label="Next" onClick={() => find(() => search.findNext(text, options))}>
        <Icon name="down" />
      </Button>
      <Button look="quiet" aria-label="Close find" onClick={onClose}>
        <Icon name="close" />
      </Button>
    </div>
  );
}

/** A half-typed regular expression is no error to speak of. */
function find(search: () => boolean): void {
  try {
    search();
  } catch (thrown) {
    if (!(thrown instanceof SyntaxError)) throw thrown;
  }
}
