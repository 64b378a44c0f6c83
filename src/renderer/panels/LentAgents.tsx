/** The hosts that may use the person's SSH agent, with the keys lent to each, to be taken back. Nothing is shown where there are none. */
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Instance } from '../../contract/instance.ts';
import type { KeyPair, LentAgent } from '../../contract/key.ts';
import { configHostName } from '../../contract/sshConfig.ts';
import { listText } from '../i18n/locale.ts';
import { Button } from '../ui/Button.tsx';
import { safeText } from '../ui/safeText.ts';

export interface LentAgentsProps {
  readonly keys: readonly KeyPair[];
  readonly instances: ReadonlyMap<string, Instance>;
  readonly onList: () => Promise<readonly LentAgent[]>;
  readonly onRevoke: (hostId: string) => Promise<unknown>;
}

export function LentAgents({ keys, instances, onList, onRevoke }: LentAgentsProps) {
  const { t } = useTranslation();
  const [lent, setLent] = useState<readonly LentAgent[]>([]);
  const [times, setTimes] = useState(0);
  useEffect(() => {
    let shown = true;
    void onList().then((found) => {
      if (shown) setLent(found);
    });
    return () => void (shown = false);
  }, [onList, times]);
  if (lent.length === 0) return undefined;
  const nameOf = (hostId: string): string => {
    const id = hostId.split(' ').at(-1) ?? hostId;
    return safeText(configHostName(hostId) ?? instances.get(id)?.name ?? id);
  };
  const keyNames = (ids: readonly string[]): string => listText(ids.map((id) => safeText(keys.find(({ keyPairId }) => keyPairId === id)?.keyName ?? t('signIn.lentKeyGone'))));
  return (
    <section aria-label={t('signIn.lentTitle')}>
      <h2>{t('signIn.lentTitle')}</h2>
      <ul className="plain">
        {lent.map(({ hostId, keyPairIds }) => (
          <li key={hostId}>
            {nameOf(hostId)} <span className="note">{keyNames(keyPairIds)}</span>{' '}
            <Button look="quiet" onClick={() => void onRevoke(hostId).then(() => setTimes(times + 1))} aria-label={t('signIn.revokeLabel', { host: nameOf(hostId) })}>
              {t('signIn.revoke')}
            </Button>
          </li>
        ))}
      </ul>
    </section>
  );
}
