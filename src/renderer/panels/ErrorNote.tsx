/** An error with its next step, and a button where trying again may help. */
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { ErrorReport } from '../../contract/error.ts';
import { useSaid } from '../i18n/said.ts';
import { Icon } from '../ui/Icon.tsx';
import { safeText } from '../ui/safeText.ts';

export interface ErrorNoteProps {
  readonly error: ErrorReport;
  /** Buttons. */
  readonly children?: ReactNode;
  /** Where it stands in a list and must not interrupt a screen reader. */
  readonly silent?: boolean;
}

export function ErrorNote({ error, children, silent = false }: ErrorNoteProps) {
  const { t } = useTranslation();
  const said = useSaid();
  return (
    <div className="error-note" role={silent ? undefined : 'alert'}>
      <Icon name="warning" />
      <div>
        <p className="error-message">{safeText(said(error.message))}</p>
        {error.remedy === undefined ? undefined : <p>{safeText(said(error.remedy))}</p>}
        <p className="note mono">
          {error.code}
          {error.requestId === undefined ? '' : ` · ${t('window.request', { id: safeText(error.requestId) })}`}
        </p>
        {children === undefined ? undefined : <div className="row-buttons">{children}</div>}
      </div>
    </div>
  );
}
