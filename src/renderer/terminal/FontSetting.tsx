/** The font of the terminal: typed or picked from those that are on this computer, and what really is shown. */
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { safeText } from '../ui/safeText.ts';
import { createMeasure, presentFonts } from './fonts.ts';
import { useMeasuredFont } from './useMeasuredFont.ts';

export interface FontSettingProps {
  readonly id: string;
  readonly value: string;
  readonly onChange: (fontFamily: string) => void;
}

/** A value that changed elsewhere takes the place of what was being typed. */
export function FontSetting(props: FontSettingProps) {
  return <TypedFont key={props.value} {...props} />;
}

function TypedFont({ id, value, onChange }: FontSettingProps) {
  const { t } = useTranslation();
  const [text, setText] = useState(value);
  const present = useMemo(() => presentFonts(createMeasure()), []);
  const { missing, shown } = useMeasuredFont(text);
  const keep = (): void => {
    if (text.trim() !== '' && text !== value) onChange(text);
  };
  return (
    <span className="typed-setting">
      <input
        id={id}
        className="wide"
        list={`${id}-present`}
        spellCheck={false}
        autoComplete="off"
        maxLength={400}
        aria-describedby={`${id}-hint ${id}-finding`}
        value={text}
        onChange={(event) => setText(event.target.value)}
        onBlur={keep}
        onKeyDown={(event) => {
          if (event.nativeEvent.isComposing) return;
          if (event.key === 'Enter') keep();
          if (event.key === 'Escape') setText(value);
        }}
      />
      <datalist id={`${id}-present`}>
        {present.map((family) => (
          <option key={family} value={family} />
        ))}
      </datalist>
      <span id={`${id}-finding`} className={missing.length > 0 && shown === 'monospace' ? 'setting-problem' : 'note'} role="status">
        {missing.length > 0 && shown === 'monospace' ? t('terminal.fontMissing', { fonts: missing.map(safeText).join(', ') }) : t('terminal.fontShown', { font: safeText(shown) })}
      </span>
    </span>
  );
}
