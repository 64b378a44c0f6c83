/** One simple setting: its name, what it does, its control, and the way back to the default where it differs from it. */
import { useTranslation } from 'react-i18next';
import type { Settings } from '../../contract/settings.ts';
import { sameValue, valueAt } from '../../contract/settingsChange.ts';
import { numberText } from '../i18n/locale.ts';
import { Button } from '../ui/Button.tsx';
import { safeText } from '../ui/safeText.ts';
import { SettingControl } from './SettingControl.tsx';
import type { SettingField } from './settingFields.ts';
import { defaultOf } from './settingRange.ts';

export interface SettingRowProps {
  readonly field: SettingField;
  readonly settings: Settings;
  /** Why the file's value is ignored, if it is. */
  readonly fileProblem: string | undefined;
  readonly onChange: (path: string, value: unknown) => void;
}

export function SettingRow({ field, settings, fileProblem, onChange }: SettingRowProps) {
  const { t } = useTranslation();
  const id = `setting-${field.path.replaceAll('.', '-')}`;
  const name = t(`settings.fields.${field.text}.name`);
  const value = valueAt(settings, field.path.split('.'));
  const standard = defaultOf(field.path);
  const differs = !sameValue(value, standard);
  const shown = (one: unknown): string => {
    if (field.control === 'switch') return t(one === true ? 'settings.on' : 'settings.off');
    const text = field.control === 'choice' ? field.choices.find(([choice]) => choice === one)?.[1] : undefined;
    if (text !== undefined) return t(`settings.choices.${text}`);
    return typeof one === 'number' ? numberText(one) : safeText(String(one));
  };
  return (
    <div className={`setting-row${differs ? ' differs' : ''}`} data-setting={field.path}>
      <div className="setting-name">
        <label htmlFor={id}>{name}</label>
        {differs ? (
          <Button look="quiet" title={t('settings.resetTo', { value: shown(standard) })} aria-label={t('settings.resetOne', { name, value: shown(standard) })} onClick={() => onChange(field.path, undefined)}>
            {t('settings.reset')}
          </Button>
        ) : undefined}
      </div>
      <SettingControl id={id} field={field} value={value} settings={settings} onChange={(next) => onChange(field.path, next)} />
      <p id={`${id}-hint`} className="note">
        {t(`settings.fields.${field.text}.hint`)}
      </p>
      {fileProblem === undefined ? undefined : <p className="setting-problem">{safeText(fileProblem)}</p>}
    </div>
  );
}
