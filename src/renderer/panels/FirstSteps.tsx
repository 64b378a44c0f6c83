/** What the window shows before there is anything to list: how to add a profile, or the demo cloud in one click. */
import { useTranslation } from 'react-i18next';
import { listText } from '../i18n/locale.ts';
import { Button } from '../ui/Button.tsx';
import { Filled } from '../ui/Filled.tsx';
import { safeText } from '../ui/safeText.ts';

export interface FirstStepsProps {
  readonly demoAvailable: boolean;
  /** Profiles exist, but no region is chosen for any of them. */
  readonly profilesWithoutRegion: readonly string[];
  readonly onStartDemo: () => void;
  readonly onChooseScopes: () => void;
}

export function FirstSteps({ demoAvailable, profilesWithoutRegion, onStartDemo, onChooseScopes }: FirstStepsProps) {
  const { t } = useTranslation();
  return (
    <div className="empty-state">
      {profilesWithoutRegion.length > 0 ? (
        <>
          <h2>{t('window.chooseRegion')}</h2>
          <p>{t('window.noRegion', { count: profilesWithoutRegion.length, names: listText(profilesWithoutRegion.slice(0, 5).map(safeText)) })}</p>
          <Button look="primary" onClick={onChooseScopes}>
            {t('window.chooseScopes')}
          </Button>
        </>
      ) : (
        <>
          <h2>{t('window.noProfile')}</h2>
          <p>
            <Filled text={t('window.noProfileText')} parts={{ config: <code>~/.aws/config</code>, credentials: <code>~/.aws/credentials</code> }} />
          </p>
          <pre className="example">aws configure sso</pre>
          <p>{t('window.forIdentityCenter')}</p>
          <pre className="example">aws configure</pre>
          <p>{t('window.forAccessKey')}</p>
        </>
      )}
      {demoAvailable ? (
        <>
          <hr />
          <h2>{t('window.justLooking')}</h2>
          <p>{t('window.demoText')}</p>
          <Button look={profilesWithoutRegion.length > 0 ? 'normal' : 'primary'} onClick={onStartDemo}>
            {t('window.startDemo')}
          </Button>
        </>
      ) : undefined}
    </div>
  );
}
