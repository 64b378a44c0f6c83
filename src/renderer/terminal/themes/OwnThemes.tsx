/** Themes of the person's own: brought in from files of other terminals, saved to a file again, taken away. */
import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { TerminalTheme } from '../../../contract/terminalTheme.ts';
import { listText } from '../../i18n/locale.ts';
import { Button } from '../../ui/Button.tsx';
import { safeText } from '../../ui/safeText.ts';
import { importThemes, THEME_FILE_BYTES, type ImportProblem } from './importThemes.ts';
import { writeWindowsTerminalScheme } from './windowsTerminalSchemes.ts';

interface ImportReport {
  readonly file: string;
  readonly names: readonly string[];
  readonly problems: readonly ImportProblem[];
}

export function OwnThemes({ themes, onChange }: { readonly themes: readonly TerminalTheme[]; readonly onChange: (themes: readonly TerminalTheme[]) => void }) {
  const { t } = useTranslation();
  const input = useRef<HTMLInputElement>(null);
  const [reports, setReports] = useState<readonly ImportReport[]>([]);

  const read = async (files: readonly File[]): Promise<void> => {
    const imported = await Promise.all(files.map(async (file) => ({ file: file.name, ...(file.size > THEME_FILE_BYTES ? importThemes('', file.name) : importThemes(await file.text(), file.name)) })));
    const added = imported.flatMap((one) => one.themes);
    // One under a name that is there already takes its place.
    if (added.length > 0) onChange([...new Map([...themes, ...added].map((theme) => [theme.name, theme])).values()]);
    setReports(imported.map(({ file, themes: ofFile, problems }) => ({ file, names: ofFile.map(({ name }) => name), problems })));
  };
  const problemText = (problem: ImportProblem): string => (problem.kind === 'no-theme' ? t('terminalThemes.noTheme') : t('terminalThemes.badColours', { theme: safeText(problem.theme), colours: listText(problem.keys.map((key) => (isColourKey(key) ? t(`terminalThemes.colours.${key}`) : safeText(key)))) }));

  return (
    <div className="theme-part">
      <h4>{t('terminalThemes.own')}</h4>
      <p className="note">{t('terminalThemes.ownHint')}</p>
      <ul className="setting-list">
        {themes.map((theme) => (
          <li key={theme.name}>
            <span className="note">{safeText(theme.name)}</span>
            <Button look="quiet" aria-label={t('terminalThemes.exportOne', { theme: safeText(theme.name) })} onClick={() => saveTheme(theme)}>
              {t('terminalThemes.export')}
            </Button>
            <Button look="quiet" aria-label={t('terminalThemes.removeOne', { theme: safeText(theme.name) })} onClick={() => onChange(themes.filter((one) => one !== theme))}>
              {t('settings.remove')}
            </Button>
          </li>
        ))}
      </ul>
      <div>
        <Button onClick={() => input.current?.click()}>{t('terminalThemes.import')}</Button>
        <input
          ref={input}
          type="file"
          hidden
          multiple
          aria-label={t('terminalThemes.import')}
          accept=".itermcolors,.json,.jsonc"
          onChange={(event) => {
            void read([...(event.target.files ?? [])]);
            event.target.value = '';
          }}
        />
      </div>
      {reports.map(({ file, names, problems }) => (
        <div key={file} role="status">
          {names.length === 0 ? undefined : <p className="note">{t('terminalThemes.imported', { file: safeText(file), names: names.map(safeText).join(', ') })}</p>}
          {problems.map((problem) => (
            <p key={JSON.stringify(problem)} className="setting-problem">
              {safeText(file)}: {problemText(problem)}
            </p>
          ))}
        </div>
      ))}
    </div>
  );
}

const colourKeys = ['background', 'foreground', 'black', 'red', 'green', 'yellow', 'blue', 'magenta', 'cyan', 'white', 'brightBlack', 'brightRed', 'brightGreen', 'brightYellow', 'brightBlue', 'brightMagenta', 'brightCyan', 'brightWhite', 'cursor', 'cursorAccent', 'selectionBackground', 'selectionForeground'] as const;

function isColourKey(key: string): key is (typeof colourKeys)[number] {
  return colourKeys.some((one) => one === key);
}

function saveTheme(theme: TerminalTheme): void {
  const url = URL.createObjectURL(new Blob([writeWindowsTerminalScheme(theme)], { type: 'application/json' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = `${theme.name.replace(/[^\p{L}\p{N} ._-]/gu, '_')}.json`;
  link.click();
  // The download has read it by then.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
