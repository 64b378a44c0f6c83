/** Where private halves are kept and whether that works; without a keychain, the offer of a passphrase-encrypted file. */
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { SecretStoreStatus } from '../../contract/key.ts';
import { Button } from '../ui/Button.tsx';
import { Filled } from '../ui/Filled.tsx';
import { safeText } from '../ui/safeText.ts';
import { ErrorNote } from './ErrorNote.tsx';
import { useSubmit } from './useSubmit.ts';

/** The contract's own limit. */
const MIN_PASSPHRASE_CHARACTERS = 8;

export interface SecretStorePanelProps {
  readonly status: SecretStoreStatus;
  readonly onUseFile: (passphrase: string) => Promise<unknown>;
}

export function SecretStorePanel({ status, onUseFile }: SecretStorePanelProps) {
  const { t } = useTranslation();
  return (
    <section className={`secret-store ${status.state}`} aria-label={t('keys.store')} data-testid="secret-store" data-state={status.state}>
      {status.state === 'ready' ? (
        <p>
          <span className="usable yes">
            <span aria-hidden="true">●</span> {t('keys.ready')}
          </span>{' '}
          <Filled text={t(`keys.kept.${status.kind}`)} parts={{ label: <span className="note">{safeText(status.label)}</span> }} />
        </p>
      ) : (
        <p>
          <span className="usable no">
            <span aria-hidden="true">▲</span> {t(status.state === 'locked' ? 'keys.locked' : 'keys.notAvailable')}
          </span>{' '}
          {t(status.state === 'locked' ? 'keys.storeLocked' : 'keys.storeBroken', { label: safeText(status.label) })}
        </p>
      )}
      {status.error === undefined ? undefined : <ErrorNote error={status.error} />}
      {status.state === 'ready' && status.kind !== 'memory' ? undefined : <FileOffer status={status} onUseFile={onUseFile} />}
    </section>
  );
}

function FileOffer({ status, onUseFile }: SecretStorePanelProps) {
  const { t } = useTranslation();
  const [passphrase, setPassphrase] = useState('');
  const [again, setAgain] = useState('');
  const submit = useSubmit();
  const opening = status.fileExists;
  const differs = !opening && again !== '' && again !== passphrase;
  return (
    <form
      className="stack file-offer"
      onSubmit={(event) => {
        event.preventDefault();
        if (!opening && again !== passphrase) return;
        submit.run(
          () => onUseFile(passphrase),
          () => {
            setPassphrase('');
            setAgain('');
          },
        );
      }}
    >
      <p>{t(opening ? 'keys.fileOpenText' : 'keys.fileUseText')}</p>
      <label className="field">
        {t('keys.passphrase')}
        <input type="password" required minLength={MIN_PASSPHRASE_CHARACTERS} autoComplete="off" value={passphrase} onChange={(event) => setPassphrase(event.target.value)} />
      </label>
      {opening ? undefined : (
        <label className="field">
          {t('keys.again')}
          <input type="password" required autoComplete="off" aria-invalid={differs} value={again} onChange={(event) => setAgain(event.target.value)} />
        </label>
      )}
      {differs ? <p role="alert">{t('keys.differs')}</p> : undefined}
      {submit.error === undefined ? undefined : <ErrorNote error={submit.error} />}
      <div className="row-buttons">
        <Button type="submit" disabled={submit.busy || differs}>
          {t(opening ? 'keys.fileOpen' : 'keys.fileUse')}
        </Button>
      </div>
    </form>
  );
}
