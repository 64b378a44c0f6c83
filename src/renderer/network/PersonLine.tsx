/** The person's public address, looked up when they ask for it and agree to whom it is asked of. */
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { toPosternError, type ErrorReport } from '../../contract/error.ts';
import type { PersonAddress } from '../../contract/networkReach.ts';
import { ErrorNote } from '../panels/ErrorNote.tsx';
import { momentTitle } from '../ui/age.ts';
import { Button } from '../ui/Button.tsx';
import { Copyable } from '../ui/Copyable.tsx';
import { safeText } from '../ui/safeText.ts';
import { Filled } from '../ui/Filled.tsx';

export interface PersonLineProps {
  readonly person: PersonAddress | undefined;
  /** Whom it is asked of. */
  readonly source: string;
  readonly onLookUp: () => Promise<void>;
}

type Asking = { readonly name: 'not' | 'asking' | 'waiting' } | { readonly name: 'failed'; readonly error: ErrorReport };

export function PersonLine({ person, source, onLookUp }: PersonLineProps) {
  const { t } = useTranslation();
  const [asking, setAsking] = useState<Asking>({ name: 'not' });
  const handleGo = (): void => {
    setAsking({ name: 'waiting' });
    onLookUp().then(
      () => setAsking({ name: 'not' }),
      (thrown: unknown) => setAsking({ name: 'failed', error: toPosternError(thrown).toReport() }),
    );
  };
  return (
    <div className="person-line">
      {person === undefined ? (
        <p className="note">{t('network.personUnknown')}</p>
      ) : (
        <p title={momentTitle(person.lookedUpAt)}>
          <Filled text={t('network.person')} parts={{ address: <Copyable value={person.address} mono /> }} />
        </p>
      )}
      {asking.name === 'failed' ? <ErrorNote error={asking.error} /> : undefined}
      {asking.name === 'asking' || asking.name === 'waiting' ? (
        <>
          <p className="note">{t('network.lookUpAsk', { source: safeText(source) })}</p>
          <div className="row-buttons">
            <Button look="primary" disabled={asking.name === 'waiting'} onClick={handleGo}>
              {t('network.lookUpGo', { source: safeText(source) })}
            </Button>
            <Button onClick={() => setAsking({ name: 'not' })}>{t('common.cancel')}</Button>
          </div>
        </>
      ) : (
        <div className="row-buttons">
          <Button look="quiet" onClick={() => setAsking({ name: 'asking' })}>
            {t(person === undefined ? 'network.lookUp' : 'network.lookUpAgain')}
          </Button>
        </div>
      )}
    </div>
  );
}
