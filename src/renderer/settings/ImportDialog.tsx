/** What an import would change, before it does. */
import { useTranslation } from 'react-i18next';
import type { SettingsPreview } from '../../contract/settingsFile.ts';
import { useSaid } from '../i18n/said.ts';
import { Button } from '../ui/Button.tsx';
import { Dialog } from '../ui/Dialog.tsx';
import { safeText } from '../ui/safeText.ts';

export interface ImportDialogProps {
  readonly preview: SettingsPreview;
  readonly onTake: () => void;
  readonly onClose: () => void;
}

/** Characters of a value that are shown. */
const SHOWN_LENGTH = 160;

export function ImportDialog({ preview: { changes, problems }, onTake, onClose }: ImportDialogProps) {
  const { t } = useTranslation();
  const said = useSaid();
  const shown = (value: unknown): string => {
    if (value === undefined) return t('settings.notSet');
    const text = typeof value === 'string' ? value : JSON.stringify(value);
    return safeText(text.length > SHOWN_LENGTH ? `${text.slice(0, SHOWN_LENGTH)}…` : text);
  };
  return (
    <Dialog
      title={t('settings.import')}
      wide
      onClose={onClose}
      footer={
        <>
          <Button data-autofocus={changes.length === 0 ? true : undefined} onClick={onClose}>
            {t('common.cancel')}
          </Button>
          {changes.length === 0 ? undefined : (
            <Button look="primary" data-autofocus onClick={onTake}>
              {t('settings.importButton', { count: changes.length })}
            </Button>
          )}
        </>
      }
    >
      <p>{changes.length === 0 ? t('settings.importNothing') : t('settings.importChanges', { count: changes.length })}</p>
      {changes.length === 0 ? undefined : (
        <div className="table-scroll">
          <table className="table import-changes">
            <thead>
              <tr>
                <th scope="col">{t('settings.setting')}</th>
                <th scope="col">{t('settings.now')}</th>
                <th scope="col">{t('settings.afterwards')}</th>
              </tr>
            </thead>
            <tbody>
              {changes.map(({ path, value, before }) => (
                <tr key={path.join('.')}>
                  <th scope="row" className="mono">
                    {safeText(path.join('.'))}
                  </th>
                  <td>{shown(before)}</td>
                  <td>{shown(value)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {problems.length === 0 ? undefined : (
        <>
          <p>{t('settings.importProblems', { count: problems.length })}</p>
          <ul className="setting-list">
            {problems.map(({ path, name, line, reason }) => (
              <li key={`${path} ${line}`}>
                {name === undefined ? undefined : <strong>{safeText(name)}</strong>}
                <span className="mono">{safeText(path)}</span>
                <span className="note">{t('settings.fileProblem', { line, reason: safeText(said(reason)) })}</span>
              </li>
            ))}
          </ul>
        </>
      )}
    </Dialog>
  );
}
