/** What is shown of a machine outside EC2 where an instance has EC2's facts. */
import { useTranslation } from 'react-i18next';
import type { Instance, ManagedNode } from '../../contract/instance.ts';
import { ageText, momentText } from '../ui/age.ts';
import { Copyable } from '../ui/Copyable.tsx';
import { Fact, Facts } from '../ui/Facts.tsx';

/** @param short two letters, for a row of the list: the whole words are its tooltip */
export function ManagedNodeMark({ short = false }: { readonly short?: boolean }) {
  const { t } = useTranslation();
  return (
    <span className="managed-node-mark" {...(short ? { role: 'img', 'aria-label': t('managedNode.mark') } : {})} title={t('managedNode.markTitle')}>
      {short ? 'MI' : t('managedNode.mark')}
    </span>
  );
}

/** Why ways, and sections, that only EC2 has are not there. */
export function ManagedNodeNote({ about }: { readonly about: 'routes' | 'noInterfaces' }) {
  const { t } = useTranslation();
  return <p className="note">{t(`managedNode.${about}`)}</p>;
}

export function ManagedNodeAddress({ instance: { privateIpAddress } }: { readonly instance: Instance }) {
  const { t } = useTranslation();
  if (privateIpAddress === undefined) return <p className="note">{t('managedNode.noAddress')}</p>;
  return (
    <ul className="addresses">
      <li data-address-kind="managed-node">
        <div className="address-line">
          <Copyable value={privateIpAddress} mono label={`${t('managedNode.address')} ${privateIpAddress}`} />
          <span className="address-label">{t('managedNode.address')}</span>
        </div>
        <p className="note">{t('managedNode.addressMeaning')}</p>
      </li>
    </ul>
  );
}

export function ManagedNodeStatus({ state, node, nowMs }: { readonly state: string; readonly node: ManagedNode; readonly nowMs: number }) {
  const { t } = useTranslation();
  const { resourceType, iamRole, registrationDate } = node;
  return (
    <Facts>
      <Fact name={t('managedNode.state')} value={state} note={t('managedNode.stateNote')} />
      <Fact name={t('managedNode.resourceType')} value={resourceType} />
      <Fact name={t('managedNode.iamRole')} value={iamRole} />
      <Fact name={t('managedNode.registered')} value={registrationDate === undefined ? undefined : momentText(registrationDate)} note={registrationDate === undefined ? undefined : ageText(registrationDate, nowMs)} />
    </Facts>
  );
}
