/** The two protections of an instance, as EC2 says them now, each to be switched. */
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Protection } from '../../../contract/action.ts';
import { toPosternError, type ErrorReport } from '../../../contract/error.ts';
import type { Part } from '../../../contract/part.ts';
import type { HostActionCalls } from '../../state/hostActionCalls.ts';
import { Button } from '../../ui/Button.tsx';
import { ErrorNote } from '../ErrorNote.tsx';

export interface ProtectionSectionProps {
  readonly instanceId: string;
  readonly calls: Pick<HostActionCalls, 'protection' | 'protect'>;
}

const both = ['termination', 'stop'] as const satisfies readonly (keyof Protection)[];

/** Give it the instance id as its key: what was read is of that one. */
export function ProtectionSection({ instanceId, calls }: ProtectionSectionProps) {
  const { t } = useTranslation();
  const [protection, setProtection] = useState<Part<Protection>>();
  const [error, setError] = useState<ErrorReport>();
  const [busy, setBusy] = useState(false);
  useEffect(() => {
    let shown = true;
    calls.protection(instanceId).then(
      (answer) => {
        if (shown) setProtection(answer);
      },
      (thrown: unknown) => {
        if (shown) setError(toPosternError(thrown).toReport());
      },
    );
    return () => {
      shown = false;
    };
  }, [instanceId, calls]);
  const change = (which: keyof Protection, on: boolean): void => {
    setBusy(true);
    setError(undefined);
    calls.protect(instanceId, which, on).then(
      (answer) => {
        setProtection(answer);
        setBusy(false);
      },
      (thrown: unknown) => {
        setError(toPosternError(thrown).toReport());
        setBusy(false);
      },
    );
  };
  return (
    <>
      {protection === undefined && error === undefined ? <p className="note">{t('common.opening')}</p> : undefined}
      {protection === undefined ? undefined : <ProtectionView protection={protection} busy={busy} onChange={change} />}
      {error === undefined ? undefined : <ErrorNote error={error} />}
    </>
  );
}

export interface ProtectionViewProps {
  readonly protection: Part<Protection>;
  readonly busy: boolean;
  readonly onChange: (which: keyof Protection, on: boolean) => void;
}

export function ProtectionView({ protection, busy, onChange }: ProtectionViewProps) {
  const { t } = useTranslation();
  if (!protection.known) return <p className="note">{protection.denied ? t('hostActions.protectionHidden', { permission: protection.permission }) : t('hostActions.protectionUnread')}</p>;
  return both.map((which) => {
    const on = protection.value[which];
    const name = t(which === 'termination' ? 'hostActions.terminationProtection' : 'hostActions.stopProtection');
    return (
      <p key={which} className="protection-row">
        <span>{name}</span> <strong>{t(on ? 'hostActions.on' : 'hostActions.off')}</strong>
        <Button look="quiet" disabled={busy} aria-label={`${name}: ${t(on ? 'hostActions.switchOff' : 'hostActions.switchOn')}`} onClick={() => onChange(which, !on)}>
          {t(on ? 'hostActions.switchOff' : 'hostActions.switchOn')}
        </Button>
      </p>
    );
  });
}
