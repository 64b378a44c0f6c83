/** What the account has set for Session Manager sessions: limits, user, shell profile, encryption, recording. */
import { useTranslation } from 'react-i18next';
import type { Instance } from '../../contract/instance.ts';
import { isWindows } from '../../contract/instance.ts';
import type { SessionPreferences } from '../../contract/sessionPreferences.ts';
import { useSaid } from '../i18n/said.ts';
import { useSessionPreferences } from '../state/useSessionPreferences.ts';
import { Fact, Facts } from '../ui/Facts.tsx';
import { safeLines } from '../ui/safeText.ts';
import { ErrorNote } from './ErrorNote.tsx';

/** Who the agent makes for sessions. */
const DEFAULT_USER = 'ssm-user';

export interface SessionManagerSectionProps {
  readonly instance: Instance;
  readonly onRead: (instanceId: string) => Promise<SessionPreferences>;
}

export function SessionManagerSection({ instance, onRead }: SessionManagerSectionProps) {
  const { t } = useTranslation();
  const state = useSessionPreferences(onRead, instance.instanceId);
  switch (state.name) {
    case 'loading':
      return <p className="note">{t('sessionManager.reading')}</p>;
    case 'failed':
      return <ErrorNote error={state.error} />;
    case 'ready':
      return <PreferenceFacts preferences={state.preferences} windows={isWindows(instance)} />;
  }
}

export function PreferenceFacts({ preferences, windows }: { readonly preferences: SessionPreferences; readonly windows: boolean }) {
  const { t } = useTranslation();
  const said = useSaid();
  const { documentName, idleMinutes, maxMinutes, runAsUser, shellProfile, kmsKeyId, recordedTo } = preferences;
  const profile = windows ? shellProfile.windows : shellProfile.linux;
  return (
    <>
      {documentName === undefined ? <p className="note">{t('sessionManager.defaults')}</p> : undefined}
      <Facts>
        <Fact name={t('sessionManager.idleLimit')} value={t('sessionManager.minutes', { count: idleMinutes })} note={t('sessionManager.idleNote')} />
        <Fact name={t('sessionManager.longest')} value={maxMinutes === undefined ? t('sessionManager.noLimit') : t('sessionManager.minutes', { count: maxMinutes })} />
        {windows ? undefined : <Fact name={t('sessionManager.runsAs')} value={runAsUser ?? DEFAULT_USER} note={runAsUser === undefined ? undefined : t('sessionManager.runsAsNote')} />}
        <Fact name={t('sessionManager.encryption')} value={kmsKeyId === undefined ? t('sessionManager.onlyTls') : t('sessionManager.kms', { keyId: kmsKeyId })} />
        {recordedTo.map((place) => (
          <Fact key={place} name={t('sessionManager.recorded')} value={said(place)} />
        ))}
        <Fact name={t('sessionManager.document')} value={documentName} mono />
      </Facts>
      {profile === undefined ? undefined : (
        <div className="shell-profile">
          <h4>{t('sessionManager.profile')}</h4>
          <pre className="mono">{safeLines(profile)}</pre>
        </div>
      )}
    </>
  );
}
