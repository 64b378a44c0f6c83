/** A fact of a part that may be missing: then it is grey, and names the permission it needs. */
import { useTranslation } from 'react-i18next';
import type { ReactNode } from 'react';
import type { MissingPart, Part } from '../../../contract/part.ts';
import { useSaid } from '../../i18n/said.ts';
import { safeText } from '../../ui/safeText.ts';

export interface PartFactProps<T> {
  readonly name: string;
  readonly part: Part<T>;
  /** The facts, once known. */
  readonly children: (value: T) => ReactNode;
}

export function PartFact<T>({ name, part, children }: PartFactProps<T>) {
  return part.known ? children(part.value) : <MissingFact name={name} missing={part} />;
}

export function MissingFact({ name, missing }: { readonly name: string; readonly missing: MissingPart }) {
  return (
    <div className="fact missing" data-permission={safeText(missing.permission)}>
      <dt>{name}</dt>
      <dd>
        <MissingText missing={missing} />
      </dd>
    </div>
  );
}

/** For what is no list of facts. */
export function MissingText({ missing }: { readonly missing: MissingPart }) {
  const { t } = useTranslation();
  const said = useSaid();
  const { permission, denied, error } = missing;
  return (
    <span className="note" title={safeText(said(error.remedy ?? error.message))}>
      {denied ? t('hostDetail.needs', { permission: safeText(permission) }) : t('hostDetail.failed', { reason: safeText(said(error.message)) })}
    </span>
  );
}

/** A fact that is shown even when there is nothing: a dim word instead of a value. */
export function PlainFact({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <div className="fact">
      <dt>{name}</dt>
      <dd>
        <span className="note">{children}</span>
      </dd>
    </div>
  );
}
