/** The key files whose passphrases are kept in the keychain, each to be forgotten. Nothing is shown where there are none. */
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '../ui/Button.tsx';
import { safeText } from '../ui/safeText.ts';

export interface KeptPassphrasesProps {
  readonly onList: () => Promise<readonly string[]>;
  readonly onForget: (path: string) => Promise<unknown>;
}

export function KeptPassphrases({ onList, onForget }: KeptPassphrasesProps) {
  const { t } = useTranslation();
  const [paths, setPaths] = useState<readonly string[]>([]);
  const [times, setTimes] = useState(0);
  useEffect(() => {
    let shown = true;
    void onList().then((found) => {
      if (shown) setPaths(found);
    });
    return () => void (shown = false);
  }, [onList, times]);
  if (paths.length === 0) return undefined;
  return (
    <section aria-label={t('signIn.keptTitle')}>
      <h2>{t('signIn.keptTitle')}</h2>
      <ul className="plain">
        {paths.map((path) => (
          <li key={path}>
            <code>{safeText(path)}</code>{' '}
            <Button look="quiet" onClick={() => void onForget(path).then(() => setTimes(times + 1))} aria-label={t('signIn.forgetLabel', { path: safeText(path) })}>
              {t('signIn.forget')}
            </Button>
          </li>
        ))}
      </ul>
    </section>
  );
}
