/** Finds text in a terminal's scrollback: all matches are marked, in the text and in the scroll bar. */
import type { Terminal } from '@xterm/xterm';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { TerminalTheme } from '../../contract/terminalTheme.ts';
import { numberText } from '../i18n/locale.ts';
import { Button } from '../ui/Button.tsx';
import { Icon } from '../ui/Icon.tsx';
import { safeText } from '../ui/safeText.ts';
import { MATCHES_MAX } from './finder.ts';
import type { FindColours } from './findHighlights.ts';
import { problemOf } from './findQuery.ts';
import { isDark } from './themes/contrast.ts';
import { useFind } from './useFind.ts';

export interface FindBarProps {
  readonly terminal: Terminal;
  readonly colours: TerminalTheme;
  readonly onClose: () => void;
}

const onDark: FindColours = { match: '#5a4a00', matchInScrollBar: '#d8a200', active: '#a34700', activeBorder: '#ffd08a', activeInScrollBar: '#ff8c1a' };
const onLight: FindColours = { match: '#ffe89a', matchInScrollBar: '#b08800', active: '#ffb64d', activeBorder: '#7a3b00', activeInScrollBar: '#b35900' };

export function FindBar({ terminal, colours, onClose }: FindBarProps) {
  const { t } = useTranslation();
  const [text, setText] = useState('');
  const [caseSensitive, setCaseSensitive] = useState(false);
  const [wholeWord, setWholeWord] = useState(false);
  const [regex, setRegex] = useState(false);
  const query = { text, caseSensitive, wholeWord, regex };
  const problem = problemOf(query);
  const { results, step } = useFind(terminal, query, isDark(colours.background) ? onDark : onLight);

  const found = (): string => {
    if (problem !== undefined) return t('terminal.badRegex', { reason: safeText(problem) });
    if (text === '' || results === undefined) return '';
    if (results.phase === 'too-slow') return t('outputSearch.tooSlow');
    if (results.phase === 'failed') return t('outputSearch.failed');
    const count = results.more ? t('terminal.manyMatches', { number: numberText(MATCHES_MAX) }) : numberText(results.count);
    if (results.phase === 'searching') return t('terminal.matchesSoFar', { number: count });
    if (results.count === 0) return t('terminal.noMatch');
    return results.index === undefined ? count : t('terminal.matchOf', { index: numberText(results.index + 1), total: count });
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
          if (event.key === 'Enter') step(event.shiftKey ? 'down' : 'up');
        }}
      />
      <span id="find-results" className={problem === undefined && results?.phase !== 'too-slow' && results?.phase !== 'failed' ? 'note' : 'setting-problem'} role="status">
        {found()}
      </span>
      <Choice label={t('terminal.matchCase')} shown="Aa" checked={caseSensitive} onChange={setCaseSensitive} />
      <Choice label={t('terminal.wholeWord')} shown="|ab|" checked={wholeWord} onChange={setWholeWord} />
      <Choice label={t('terminal.regex')} shown=".*" checked={regex} onChange={setRegex} />
      <Button look="quiet" aria-label={t('terminal.previousMatch')} title={t('terminal.previousMatch')} onClick={() => step('up')}>
        <Icon name="up" />
      </Button>
      <Button look="quiet" aria-label={t('terminal.nextMatch')} title={t('terminal.nextMatch')} onClick={() => step('down')}>
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
