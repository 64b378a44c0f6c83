/** Where private halves are kept and whether that works; without a keychain, the offer of a passphrase-encrypted file. */
import { useState } from 'react';
import type { SecretStoreStatus } from '../../contract/key.ts';
import { Button } from '../ui/Button.tsx';
import { safeText } from '../ui/safeText.ts';
import { ErrorNote } from './ErrorNote.tsx';
import { useSubmit } from './useSubmit.ts';

/** The contract's own limit. */
const MIN_PASSPHRASE_CHARACTERS = 8;

export interface SecretStorePanelProps {
  readonly status: SecretStoreStatus;
  readonly onUseFile: (passphrase: string) => Promise<unknown>;
}

const kinds: Readonly<Record<SecretStoreStatus['kind'], string>> = { keychain: 'in the keychain of this system', file: 'in a passphrase-encrypted file', memory: 'in memory only, gone when Postern ends' };

export function SecretStorePanel({ status, onUseFile }: SecretStorePanelProps) {
  return (
    <section className={`secret-store ${status.state}`} aria-label="Where private keys are kept" data-testid="secret-store" data-state={status.state}>
      {status.state === 'ready' ? (
        <p>
          <span className="usable yes">
            <span aria-hidden="true">●</span> ready
          </span>{' '}
          Private keys are kept {kinds[status.kind]} <span className="note">({safeText(status.label)})</span>.
        </p>
      ) : (
        <p>
          <span className="usable no">
            <span aria-hidden="true">▲</span> {status.state === 'locked' ? 'locked' : 'not available'}
          </span>{' '}
          {status.state === 'locked' ? `${safeText(status.label)} is locked: unlock it to use your keys.` : `${safeText(status.label)} cannot be used: Postern keeps no private key in plain text instead.`}
        </p>
      )}
      {status.error === undefined ? undefined : <ErrorNote error={status.error} />}
      {status.state === 'ready' && status.kind !== 'memory' ? undefined : <FileOffer status={status} onUseFile={onUseFile} />}
    </section>
  );
}

function FileOffer({ status, onUseFile }: SecretStorePanelProps) {
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
      <p>{opening ? 'Open the encrypted key file with its passphrase:' : 'Or keep keys in a file encrypted with a passphrase. Without the passphrase nobody can open it, not even you.'}</p>
      <label className="field">
        Passphrase
        <input type="password" required minLength={MIN_PASSPHRASE_CHARACTERS} autoComplete="off" value={passphrase} onChange={(event) => setPassphrase(event.target.value)} />
      </label>
      {opening ? undefined : (
        <label className="field">
          The same again
          <input type="password" required autoComplete="off" aria-invalid={differs} value={again} onChange={(event) => setAgain(event.target.value)} />
        </label>
      )}
      {differs ? <p role="alert">The two are not the same.</p> : undefined}
      {submit.error === undefined ? undefined : <ErrorNote error={submit.error} />}
      <div className="row-buttons">
        <Button type="submit" disabled={submit.busy || differs}>
          {opening ? 'Open the file' : 'Use an encrypted file'}
        </Button>
      </div>
    </form>
  );
}
