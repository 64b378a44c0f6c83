/** The frame of a section that is asked of AWS: reading, failed, or the answer with its age and a way to ask again. */
import { useTranslation } from 'react-i18next';
import type { ReactNode } from 'react';
import { ageText, momentTitle } from '../../ui/age.ts';
import { Button } from '../../ui/Button.tsx';
import { ErrorNote } from '../ErrorNote.tsx';
import type { Asked } from './useAsked.ts';

export interface AskedSectionProps<T extends { readonly readAt: string }> {
  readonly asked: Asked<T> & { again(): void };
  readonly nowMs: number;
  readonly children: (value: T) => ReactNode;
}

export function AskedSection<T extends { readonly readAt: string }>({ asked, nowMs, children }: AskedSectionProps<T>) {
  const { t } = useTranslation();
  const { value, error, asking, again } = asked;
  return (
    <div className="asked-section" aria-busy={asking}>
      {error === undefined ? undefined : <ErrorNote error={error} silent />}
      {value === undefined ? (error === undefined ? <p className="note">{t('hostDetail.reading')}</p> : undefined) : children(value)}
      <p className="asked-foot">
        {value === undefined ? undefined : (
          <span className="note" title={momentTitle(value.readAt)}>
            {t('hostDetail.readAt', { age: ageText(value.readAt, nowMs) })}
          </span>
        )}
        <Button look="quiet" disabled={asking} onClick={again}>
          {t('hostDetail.again')}
        </Button>
      </p>
    </div>
  );
}
