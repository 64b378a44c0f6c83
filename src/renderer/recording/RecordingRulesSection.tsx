/** Which hosts are always recorded: the rules, each of which can be taken away, and a new one. */
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { RecordingRule } from '../../contract/recording.ts';
import { SettingsSection } from '../settings/SettingsSection.tsx';
import type { SettingSectionProps } from '../settings/settingSection.ts';
import { Button } from '../ui/Button.tsx';
import { safeText } from '../ui/safeText.ts';
import { toRecordingRule } from './toRecordingRule.ts';

export function RecordingRulesSection({ mirror, actions }: SettingSectionProps) {
  const { t } = useTranslation();
  const [where, setWhere] = useState('');
  const { recording } = mirror.settings;
  const change = (rules: readonly RecordingRule[]): void => void actions.sendSettings([{ path: ['recording', 'rules'], value: [...rules] }]);
  const textOf = ({ instanceId, name, tag, accountId }: RecordingRule): string =>
    [name, instanceId, tag === undefined ? undefined : `${tag.key}=${tag.value}`, accountId === undefined ? undefined : t('recording.account', { accountId })].filter((part) => part !== undefined).map(safeText).join(' · ') || t('recording.rulesEvery');
  const rule = toRecordingRule(where);
  return (
    <SettingsSection id="recordingRules">
      <div className="recording-rules">
        {recording.rules.length === 0 ? (
          <p className="note">{t('recording.rulesNone')}</p>
        ) : (
          <ol className="setting-list">
            {recording.rules.map((one) => (
              <li key={JSON.stringify(one)}>
                <span>{textOf(one)}</span>
                <span className="note">{[one.format, one.kept].filter((part) => part !== undefined).join(' · ')}</span>
                <Button look="quiet" aria-label={t('recording.rulesRemove', { where: textOf(one) })} onClick={() => change(recording.rules.filter((other) => other !== one))}>
                  {t('settings.remove')}
                </Button>
              </li>
            ))}
          </ol>
        )}
        <form
          onSubmit={(event) => {
            event.preventDefault();
            if (rule === undefined) return;
            change([...recording.rules, rule]);
            setWhere('');
          }}
        >
          <input aria-label={t('recording.rulesWhere')} placeholder={t('recording.rulesPlaceholder')} spellCheck={false} maxLength={400} value={where} onChange={(event) => setWhere(event.target.value)} />
          <Button type="submit" disabled={rule === undefined}>
            {t('recording.rulesAdd')}
          </Button>
        </form>
      </div>
    </SettingsSection>
  );
}
