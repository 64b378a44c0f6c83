/** The control of one simple setting. What cannot be is named beside it and not kept. */
import { useState } from 'react';
import { numberText } from '../i18n/locale.ts';
import { useSaid } from '../i18n/said.ts';
import { useTranslation } from 'react-i18next';
import type { Settings } from '../../contract/settings.ts';
import { checkChanges } from '../../contract/settingsChange.ts';
import { FontSetting } from '../terminal/FontSetting.tsx';
import type { SettingField } from './settingFields.ts';
import { rangeOf } from './settingRange.ts';

export interface SettingControlProps {
  readonly id: string;
  readonly field: SettingField;
  readonly value: unknown;
  readonly settings: Settings;
  readonly onChange: (value: unknown) => void;
}

export function SettingControl(props: SettingControlProps) {
  const { id, field, value, onChange } = props;
  const { t } = useTranslation();
  switch (field.control) {
    case 'switch':
      return <input id={id} type="checkbox" role="switch" aria-describedby={`${id}-hint`} checked={value === true} onChange={(event) => onChange(event.target.checked)} />;
    case 'choice':
      return (
        <select id={id} aria-describedby={`${id}-hint`} value={String(value)} onChange={(event) => onChange(event.target.value)}>
          {field.choices.map(([choice, text]) => (
            <option key={choice} value={choice}>
              {t(`settings.choices.${text}`)}
            </option>
          ))}
        </select>
      );
    case 'font':
      return <FontSetting id={id} value={String(value)} onChange={onChange} />;
    case 'number':
    case 'text':
      return <TypedSetting {...props} />;
  }
}

/** Kept when it is left or confirmed: half a number is another number, and fewer lines of scrollback cannot be taken back. */
function TypedSetting({ id, field, value, settings, onChange }: SettingControlProps) {
  const { t } = useTranslation();
  const said = useSaid();
  const isNumber = field.control === 'number';
  const [text, setText] = useState(String(value));
  const [last, setLast] = useState(value);
  if (last !== value) {
    // A value that changed elsewhere takes the place of what was being typed.
    setLast(value);
    setText(String(value));
  }
  const range = isNumber ? rangeOf(field.path) : undefined;
  const read = (typed: string): { readonly good: unknown } | { readonly problem: string } => {
    const wished: unknown = isNumber ? (typed.trim() === '' ? Number.NaN : Number(typed)) : typed;
    const checked = checkChanges(settings, [{ path: field.path.split('.'), value: wished }]);
    if ('settings' in checked) return { good: wished };
    if (range === undefined) return { problem: t('settings.sentence', { text: said(checked.reason) }) };
    return { problem: t(range.whole ? 'settings.wholeNumberRange' : 'settings.numberRange', { minimum: range.minimum === undefined ? '-∞' : numberText(range.minimum), maximum: range.maximum === undefined ? '∞' : numberText(range.maximum) }) };
  };
  const result = read(text);
  const keep = (typed: string): void => {
    const typedResult = read(typed);
    if ('good' in typedResult && typedResult.good !== value) onChange(typedResult.good);
  };
  const problem = 'problem' in result ? result.problem : undefined;
  return (
    <span className="typed-setting">
      <input
        id={id}
        type={isNumber ? 'number' : 'text'}
        className={isNumber ? 'number' : 'wide'}
        spellCheck={false}
        autoComplete="off"
        min={range?.minimum}
        max={range?.maximum}
        step={range?.whole === false ? 'any' : 1}
        aria-describedby={`${id}-hint ${id}-problem`}
        aria-invalid={problem !== undefined}
        value={text}
        onChange={(event) => {
          setText(event.target.value);
          // The arrows of a number field give whole values, typing gives parts of one.
          if (isNumber && !(event.nativeEvent instanceof InputEvent && event.nativeEvent.inputType !== '')) keep(event.target.value);
        }}
        onBlur={() => keep(text)}
        onKeyDown={(event) => {
          if (event.nativeEvent.isComposing) return;
          if (event.key === 'Enter') keep(text);
          if (event.key === 'Escape') setText(String(value));
        }}
      />
      <span id={`${id}-problem`} className="setting-problem" role="alert">
        {problem === undefined ? '' : t('settings.notSaved', { problem })}
      </span>
    </span>
  );
}
