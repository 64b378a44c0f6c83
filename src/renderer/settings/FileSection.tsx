/** The file that keeps the settings: where it is, what in it is ignored, and how settings leave, come in and are all reset. */
import { useId, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { PosternError, toPosternError, type ErrorReport } from '../../contract/error.ts';
import { MAX_IMPORT_LENGTH, type SettingsPreview } from '../../contract/settingsFile.ts';
import { useSaid } from '../i18n/said.ts';
import { ErrorNote } from '../panels/ErrorNote.tsx';
import { announce } from '../ui/announce.tsx';
import { Button } from '../ui/Button.tsx';
import { Copyable } from '../ui/Copyable.tsx';
import { Dialog } from '../ui/Dialog.tsx';
import { safeText } from '../ui/safeText.ts';
import { saveText } from '../ui/saveText.ts';
import { exportSettings } from './exportSettings.ts';
import { ImportDialog } from './ImportDialog.tsx';
import { SettingsSection } from './SettingsSection.tsx';
import type { SettingSectionProps } from './settingSection.ts';

export function FileSection({ mirror, actions, file }: SettingSectionProps) {
  const { t } = useTranslation();
  const said = useSaid();
  const id = useId();
  const chooser = useRef<HTMLInputElement>(null);
  const [withPrivate, setWithPrivate] = useState(false);
  const [preview, setPreview] = useState<SettingsPreview>();
  const [error, setError] = useState<ErrorReport>();
  const [resetting, setResetting] = useState(false);
  const exported = exportSettings(mirror.settings, withPrivate);

  const readFile = async (chosen: File | undefined): Promise<void> => {
    setError(undefined);
    if (chosen === undefined) return;
    try {
      if (chosen.size > MAX_IMPORT_LENGTH) throw new PosternError({ code: 'input.invalid', message: t('settings.importTooLong') });
      setPreview(await actions.previewSettings(await chosen.text()));
    } catch (thrown) {
      setError(toPosternError(thrown).toReport());
    }
  };

  return (
    <SettingsSection id="file">
      {file === undefined ? undefined : (
        <>
          <p>
            <Copyable value={file.path} label={t('settings.filePath')} />
          </p>
          {file.syntax === undefined ? undefined : (
            <p className="setting-problem" role="alert">
              {t('settings.fileBroken', { line: file.syntax.line, reason: safeText(said(file.syntax.reason)) })}
            </p>
          )}
          {file.problems.length === 0 ? undefined : (
            <>
              <p>{t('settings.fileProblems', { count: file.problems.length })}</p>
              <ul className="setting-list">
                {file.problems.map(({ path, name, line, reason }) => (
                  <li key={`${path} ${line}`}>
                    {name === undefined ? undefined : <strong>{safeText(name)}</strong>}
                    <span className="mono">{safeText(path)}</span>
                    <span className="note">{t('settings.fileProblem', { line, reason: safeText(said(reason)) })}</span>
                  </li>
                ))}
              </ul>
            </>
          )}
        </>
      )}
      <h4>{t('settings.export')}</h4>
      <p className="note">{t('settings.exportHint')}</p>
      <label className="choice">
        <input type="checkbox" checked={withPrivate} onChange={(event) => setWithPrivate(event.target.checked)} />
        <span>{t('settings.exportPrivate')}</span>
      </label>
      {exported.leftOut.length === 0 ? undefined : <p className="note">{t('settings.leftOut', { names: exported.leftOut.join(', ') })}</p>}
      <div className="row-buttons">
        <Button
          onClick={() => {
            saveText(`postern-settings-${new Date().toISOString().slice(0, 10)}.json`, exported.text);
            announce(t('settings.exported'));
          }}
        >
          {t('settings.exportButton')}
        </Button>
      </div>
      <h4>{t('settings.import')}</h4>
      <p className="note" id={`${id}-import`}>
        {t('settings.importHint')}
      </p>
      <div className="row-buttons">
        <Button aria-describedby={`${id}-import`} onClick={() => chooser.current?.click()}>
          {t('settings.chooseFile')}
        </Button>
      </div>
      <input
        ref={chooser}
        hidden
        type="file"
        accept=".json,.jsonc,application/json"
        aria-label={t('settings.importFile')}
        onChange={(event) => {
          const [chosen] = event.target.files ?? [];
          // The same file can be chosen again once it was mended.
          void readFile(chosen);
          event.target.value = '';
        }}
      />
      {error === undefined ? undefined : <ErrorNote error={error} />}
      <h4>{t('settings.resetAll')}</h4>
      <p className="note">{t('settings.resetAllHint')}</p>
      <div className="row-buttons">
        <Button onClick={() => setResetting(true)}>{t('settings.resetAllButton')}</Button>
      </div>
      {preview === undefined ? undefined : (
        <ImportDialog
          preview={preview}
          onTake={() => {
            setPreview(undefined);
            void actions.sendSettings(preview.changes.map(({ path, value }) => ({ path, value }))).then((kept) => (kept ? announce(t('settings.imported')) : undefined));
          }}
          onClose={() => setPreview(undefined)}
        />
      )}
      {resetting ? (
        <Dialog
          title={t('settings.resetAll')}
          onClose={() => setResetting(false)}
          footer={
            <>
              <Button data-autofocus onClick={() => setResetting(false)}>
                {t('common.cancel')}
              </Button>
              <Button
                look="danger"
                onClick={() => {
                  setResetting(false);
                  void actions.resetSettings().then((copy) => (copy === undefined ? undefined : announce(t('settings.resetDone', { copy }))));
                }}
              >
                {t('settings.resetAllConfirm')}
              </Button>
            </>
          }
        >
          <p>{t('settings.resetAllQuestion')}</p>
        </Dialog>
      ) : undefined}
    </SettingsSection>
  );
}
