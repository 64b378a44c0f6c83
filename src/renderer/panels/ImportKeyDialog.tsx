/** Imports a private key by paste or file. The text leaves this dialog inward only and is dropped when it closes. */
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ImportKey } from '../../contract/key.ts';
import { numberText } from '../i18n/locale.ts';
import { Button } from '../ui/Button.tsx';
import { Dialog } from '../ui/Dialog.tsx';
import { safeText } from '../ui/safeText.ts';
import { ErrorNote } from './ErrorNote.tsx';
import { useSubmit } from './useSubmit.ts';

/** The contract's own limit for a private key's text. */
const MAX_KEY_BYTES = 64 * 1024;

export interface ImportKeyDialogProps {
  readonly onImport: (input: ImportKey) => Promise<unknown>;
  readonly onClose: () => void;
}

/** `web.pem` is the key `web`. */
function nameFromFile(fileName: string): string {
  return fileName.replace(/\.(pem|key|txt)$/i, '');
}

export function ImportKeyDialog({ onImport, onClose }: ImportKeyDialogProps) {
  const { t } = useTranslation();
  const [keyName, setKeyName] = useState('');
  const [privateKey, setPrivateKey] = useState('');
  const [passphrase, setPassphrase] = useState('');
  const [fileName, setFileName] = useState('');
  const [fileProblem, setFileProblem] = useState<string>();
  const submit = useSubmit();

  const readFile = async (file: File | undefined): Promise<void> => {
    if (file === undefined) return;
    setFileName(file.name);
    if (file.size > MAX_KEY_BYTES) {
      setFileProblem(t('keys.fileTooLarge', { name: safeText(file.name), size: numberText(file.size) }));
      return;
    }
    setFileProblem(undefined);
    setPrivateKey(await file.text());
    if (keyName === '') setKeyName(nameFromFile(file.name));
  };

  return (
    <Dialog
      title={t('keys.importTitle')}
      wide
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>{t('common.cancel')}</Button>
          <Button type="submit" form="import-form" look="primary" disabled={submit.busy}>
            {t(submit.busy ? 'keys.importing' : 'keys.importGo')}
          </Button>
        </>
      }
    >
      <form
        id="import-form"
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          submit.run(() => onImport({ keyName: keyName.trim(), privateKey, ...(passphrase === '' ? {} : { passphrase }) }), onClose);
        }}
      >
        {/* The browser's own field speaks the browser's language, not the window's. */}
        <label className="field file-field">
          {t('keys.file')}
          <input type="file" className="visually-hidden" data-autofocus onChange={(event) => void readFile(event.target.files?.[0])} />
          <span className="row-buttons">
            <span className="button" aria-hidden="true">
              {t('settings.chooseFile')}
            </span>
            <span className="note">{safeText(fileName)}</span>
          </span>
        </label>
        {fileProblem === undefined ? undefined : <p role="alert">{fileProblem}</p>}
        <label className="field">
          {t('keys.text')}
          <textarea
            rows={6}
            required
            maxLength={MAX_KEY_BYTES}
            spellCheck={false}
            autoComplete="off"
            className="mono"
            placeholder="-----BEGIN …"
            value={privateKey}
            onChange={(event) => setPrivateKey(event.target.value)}
          />
        </label>
        <label className="field">
          {t('keys.name')}
          <input required maxLength={255} spellCheck={false} autoComplete="off" value={keyName} onChange={(event) => setKeyName(event.target.value)} />
        </label>
        <label className="field">
          {t('keys.passphraseIfAny')}
          <input type="password" autoComplete="off" value={passphrase} onChange={(event) => setPassphrase(event.target.value)} />
        </label>
        {submit.error === undefined ? undefined : <ErrorNote error={submit.error} />}
      </form>
    </Dialog>
  );
}
