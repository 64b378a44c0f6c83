/** A theme at a glance: lines as a shell writes them, all sixteen colours, and which of them are hard to see. */
import { useTranslation } from 'react-i18next';
import { ansiNames, type TerminalTheme } from '../../../contract/terminalTheme.ts';
import { numberText } from '../../i18n/locale.ts';
import { safeText } from '../../ui/safeText.ts';
import { LOW_CONTRAST, lowContrasts } from './contrast.ts';

export function ThemePreview({ theme, fontFamily }: { readonly theme: TerminalTheme; readonly fontFamily: string }) {
  const { t } = useTranslation();
  const low = lowContrasts(theme);
  const selection = { background: theme.selectionBackground ?? `${theme.foreground}44`, ...(theme.selectionForeground === undefined ? {} : { color: theme.selectionForeground }) };
  return (
    <figure className="theme-preview">
      <div role="img" aria-label={t('terminalThemes.preview', { theme: safeText(theme.name) })} style={{ background: theme.background, color: theme.foreground, fontFamily }}>
        <p>
          <span style={{ color: theme.green }}>ec2-user@web-1</span>:<span style={{ color: theme.blue }}>~/app</span>$ git status <span style={{ background: theme.cursor ?? theme.foreground }}> </span>
        </p>
        <p>
          <span style={{ color: theme.red }}>deleted</span> <span style={{ color: theme.yellow }}>modified</span> <span style={{ color: theme.cyan }}>lib.so</span> <span style={{ color: theme.magenta }}>photo.png</span> <span style={selection}>selected</span>
        </p>
        {[ansiNames.slice(0, 8), ansiNames.slice(8)].map((names) => (
          <p key={names[0]} className="swatches">
            {names.map((name) => (
              <span key={name} style={{ background: theme[name] }} />
            ))}
          </p>
        ))}
      </div>
      {low.length === 0 ? undefined : (
        <figcaption className="note">
          {t('terminalThemes.lowContrast', { limit: LOW_CONTRAST, colours: low.map(({ name, ratio }) => `${t(`terminalThemes.colours.${name}`)} ${numberText(ratio, { minimumFractionDigits: 1, maximumFractionDigits: 1 })}`).join(', ') })}
        </figcaption>
      )}
    </figure>
  );
}
