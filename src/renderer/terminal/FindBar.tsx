/** Finds text in a terminal's scrollback: all matches are marked, in the text and in the scroll bar. */
import type { ISearchOptions, SearchAddon } from '@xterm/addon-search';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { TerminalTheme } from '../../contract/terminalTheme.ts';
import { numberText } from '../i18n/locale.ts';
import { Button } from '../ui/Button.tsx';
import { Icon } from '../ui/Icon.tsx';
import { safeText } from '../ui/safeText.ts';
import { problemOf } from './findQuery.ts';
import { isDark } from './themes/contrast.ts';

export interface FindBarProps {
  readonly search: SearchAddon;
  readonly colours: TerminalTheme;
  readonly onClose: () => void;
}

/** The add-on marks no more, and so counts no more. */
export const MATCHES_MAX = 1000;

const onDark = { matchBackground: '#5a4a00', matchOverviewRuler: '#d8a200', activeMatchBackground: '#a34700', activeMatchBorder: '#ffd08a', activeMatchColorOverviewRuler: '#ff8c1a' };
const onLight = { matchBackground: '#ffe89a', matchOverviewRuler: '#b08800', activeMatchBackground: '#ffb64d', activeMatchBorder: '#7a3b00', activeMatchColorOverviewRuler: '#b35900' };

export function FindBar({ search, colours, onClose }: FindBarProps) {
  const { t } = useTranslation();
  const [text, setText] = useState('');
  const [results, setResults] = useState<{ readonly index: number; readonly count: number }>();
  const [caseSensitive, setCaseSensitive] = useState(false);
  const [wholeWord, setWholeWord] = useState(false);
  const [regex, setRegex] = useState(false);
  const decorations = isDark(colours.background) ? onDark : onLight;
  const problem = problemOf({ text, caseSensitive, wholeWord, regex });

  useEffect(() => {
    const listening = search.onDidChangeResults(({ resultIndex, resultCount }) => setResults({ index: resultIndex, count: resultCount }));
    return () => {
      listening.dispose();
      search.clearDecorations();
    };
  }, [search]);

  useEffect(() => {
    // Also takes back what the add-on would look for again with the next output.
    search.clearDecorations();
    setResults(undefined);
    // The nearest one above: what is looked for in a terminal was mostly said last.
    if (text !== '' && problem === undefined) search.findPrevious(text, { caseSensitive, wholeWord, regex, decorations, incremental: true });
  }, [search, text, caseSensitive, wholeWord, regex, decorations, problem]);

  const options: ISearchOptions = { caseSensitive, wholeWord, regex, decorations };
  const step = (direction: 'next' | 'previous'): void => {
    if (text === '' || problem !== undefined) return;
    if (direction === 'next') search.findNext(text, options);
    else search.findPrevious(text, options);
  };
  const found = (): string => {
    if (problem !== undefined) return t('terminal.badRegex', { reason: safeText(problem) });
    if (text === '' || results === undefined) return '';
    const count = results.count >= MATCHES_MAX ? t('terminal.manyMatches', { number: numberText(MATCHES_MAX) }) : numberText(results.count);
    if (results.count === 0) return t('terminal.noMatch');
    return results.index < 0 ? count : t('terminal.matchOf', { index: numberText(results.index + 1), total: count });
  };

  return (
    <div className="find-bar" role="search" aria-label={t('terminal.findLabel')}>
      <input
        autoFocus
        aria-label={t('terminal.find')}
        aria-invalid={problem !== undefined}
        aria-describedby="find-results"
        placeholder={t('terminal.find')}
        spellCheck={false}
        value={text}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={(event) => {
          if (event.nativeEvent.isComposing) return;
          if (event.key === 'Escape') onClose();
          if (event.key === 'Enter') step(event.shiftKey ? 'next' : 'previous');
        }}
      />
      <span id="find-results" className={problem === undefined ? 'note' : 'setting-problem'} role="status">
        {found()}
      </span>
      <Choice label={t('terminal.matchCase')} shown="Aa" checked={caseSensitive} onChange={setCaseSensitive} />
      <Choice label={t('terminal.wholeWord')} shown="|ab|" checked={wholeWord} onChange={setWholeWord} />
      <Choice label={t('terminal.regex')} shown=".*" checked={regex} onChange={setRegex} />
      <Button look="quiet" aria-label={t('terminal.previousMatch')} title={t('terminal.previousMatch')} onClick={() => step('previous')}>
        <Icon name="up" />
      </Button>
      <Button look="quiet" aria-label={t('terminal.nextMatch')} title={t('terminal.nextMatch')} onClick={() => step('next')}>
        <Icon name="down" />
      </Button>
      <Button look="quiet" aria-label={t('terminal.closeFind')} onClick={onClose}>
        <Icon name="close" />
      </Button>
    </div>
  );
}

function Choice({ label, shown, checked, onChange }: { readonly label: string; readonly shown: string; readonly checked: boolean; readonly onChange: (checked: boolean) => void }) {
  return (
    <label title={label}>
      <input type="checkbox" aria-label={label} checked={checked} onChange={(event) => onChange(event.target.checked)} />
      <span className="mono" aria-hidden="true">{shown}</span>
    </label>
  );
}
