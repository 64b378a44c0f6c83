/** An instance's row in its place in the list. Made anew only when something of it changes: a key or a scroll leaves the others alone. */
import { memo } from 'react';
import { useTranslation } from 'react-i18next';
import type { AccountMark } from '../../contract/account.ts';
import type { Instance } from '../../contract/instance.ts';
import { ageText } from '../ui/age.ts';
import { InstanceRow, instanceRowTitle } from './HostRowView.tsx';

export interface HostListRowProps {
  readonly id: string;
  readonly index: number;
  /** From the top of the list, in CSS pixels. */
  readonly startPx: number;
  readonly level: number;
  readonly instance: Instance;
  readonly mark: AccountMark | undefined;
  readonly isCursor: boolean;
  readonly isMarked: boolean;
  readonly isOpen: boolean;
  /** Of a host that an earlier run knew and AWS has not confirmed yet: when it was seen, and now. */
  readonly seenAt: string | undefined;
  readonly nowMs: number | undefined;
}

export const HostListRow = memo(function HostListRow({ id, index, startPx, level, instance, mark, isCursor, isMarked, isOpen, seenAt, nowMs }: HostListRowProps) {
  const { t } = useTranslation();
  const seen = seenAt === undefined || nowMs === undefined ? undefined : t('estate.seenRow', { age: ageText(seenAt, nowMs) });
  return (
    <div
      id={id}
      data-index={index}
      className={`host-row instance${seenAt === undefined ? '' : ' remembered'}${isCursor ? ' cursor' : ''}${isMarked ? ' marked' : ''}${isOpen ? ' open' : ''} level-${level}`}
      style={{ transform: `translateY(${startPx}px)` }}
      role="option"
      aria-selected={isCursor || isMarked}
      title={instanceRowTitle(instance, seen)}
      data-instance-id={instance.instanceId}
      data-state={instance.state}
    >
      <InstanceRow instance={instance} mark={mark} />
    </div>
  );
});
