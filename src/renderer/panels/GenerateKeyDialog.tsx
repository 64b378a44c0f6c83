/** Makes a key pair; its private half goes straight into the keychain and never comes here. */
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { GenerateKey } from '../../contract/key.ts';
import { Button } from '../ui/Button.tsx';
import { Dialog } from '../ui/Dialog.tsx';
import { ErrorNote } from './ErrorNote.tsx';
import { useSubmit } from './useSubmit.ts';

export interface GenerateKeyDialogProps {
  readonly onGenerate: (input: GenerateKey) => Promise<unknown>;
  readonly onClose: () => void;
}

type KeyShape = 'ed25519' | 'rsa-3072' | 'rsa-4096';

const shapes: readonly { readonly shape: KeyShape; readonly label: string }[] = [
  { shape: 'ed25519', label: 'ED25519' },
  { shape: 'rsa-3072', label: 'RSA 3072' },
  { shape: 'rsa-4096', label: 'RSA 4096' },
];

function toGenerateKey(keyName: string, shape: KeyShape): GenerateKey {
  switch (shape) {
    case 'ed25519':
      return { keyName, keyType: 'ed25519' };
    case 'rsa-3072':
      return { keyName, keyType: 'rsa', bits: 3072 };
    case 'rsa-4096':
      return { keyName, keyType: 'rsa', bits: 4096 };
  }
}

export function GenerateKeyDialog({ onGenerate, onClose }: GenerateKeyDialogProps) {
  const { t } = useTranslation();
  const [keyName, setKeyName] = useState('');
  const [shape, setShape] = useState<KeyShape>('ed25519');
  const submit = useSubmit();
  return (
    <Dialog
      title={t('keys.generateTitle')}
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>{t('common.cancel')}</Button>
          <Button type="submit" form="generate-form" look="primary" disabled={submit.busy}>
            {t(submit.busy ? 'keys.generating' : 'keys.generateGo')}
          </Button>
        </>
      }
    >
      <form
        id="generate-form"
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          submit.run(() => onGenerate(toGenerateKey(keyName.trim(), shape)), onClose);
        }}
      >
        <label className="field">
          {t('keys.name')}
          <input data-autofocus required maxLength={255} spellCheck={false} autoComplete="off" value={keyName} onChange={(event) => setKeyName(event.target.value)} />
        </label>
        <fieldset>
          <legend>{t('keys.type')}</legend>
          {shapes.map(({ shape: value, label }) => (
            <label key={value} className="choice">
              <input type="radio" name="shape" checked={shape === value} onChange={() => setShape(value)} />
              <span>
                {label} <span className="note">{t(`keys.shape.${value}`)}</span>
              </span>
            </label>
          ))}
        </fieldset>
        {submit.error === undefined ? undefined : <ErrorNote error={submit.error} />}
      </form>
    </Dialog>
  );
}
