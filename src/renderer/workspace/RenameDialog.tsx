/** Asks what a tab is to be called. */
import { useId, useState, type FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import type { Tab } from '../state/tabs.ts';
import { Button } from '../ui/Button.tsx';
import { Dialog } from '../ui/Dialog.tsx';

const MAX_TITLE_CHARACTERS = 60;

export interface RenameDialogProps {
  readonly tab: Tab;
  readonly onRename: (title: string) => void;
  readonly onClose: () => void;
}

export function RenameDialog({ tab, onRename, onClose }: RenameDialogProps) {
  const { t } = useTranslation();
  const id = useId();
  const [title, setTitle] = useState(tab.title ?? '');
  const handleSubmit = (event: FormEvent): void => {
    event.preventDefault();
    onRename(title);
    onClose();
  };
  return (
    <Dialog
      title={t('workspace.renameTitle')}
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>{t('common.cancel')}</Button>
          <Button look="primary" type="submit" form={id}>
            {t('workspace.renameSave')}
          </Button>
        </>
      }
    >
      <form id={id} onSubmit={handleSubmit}>
        <label className="field">
          <span className="label">{t('workspace.renameLabel')}</span>
          <input data-autofocus value={title} maxLength={MAX_TITLE_CHARACTERS} spellCheck={false} autoComplete="off" onChange={(event) => setTitle(event.target.value)} />
          <span className="note">{t('workspace.renameNote')}</span>
        </label>
      </form>
    </Dialog>
  );
}
