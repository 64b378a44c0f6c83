/** The host keys that are trusted, on whose word, and what may vouch for the next one. */
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Instance } from '../../contract/instance.ts';
import type { HostKey } from '../../contract/key.ts';
import type { Settings } from '../../contract/settings.ts';
import { ageText, momentTitle } from '../ui/age.ts';
import { Button } from '../ui/Button.tsx';
import { Copyable } from '../ui/Copyable.tsx';
import { Dialog } from '../ui/Dialog.tsx';
import { safeText } from '../ui/safeText.ts';

export interface KnownHostsProps {
  readonly hostKeys: readonly HostKey[];
  readonly instances: ReadonlyMap<string, Instance>;
  readonly proof: Settings['firstContactProof'];
  readonly nowMs: number;
  readonly onForget: (hostKey: HostKey) => void;
  readonly onProof: (proof: Settings['firstContactProof']) => void;
}

const proofs: readonly Settings['firstContactProof'][] = ['console', 'console-and-session-manager', 'off'];

export function KnownHosts({ hostKeys, instances, proof, nowMs, onForget, onProof }: KnownHostsProps) {
  const { t } = useTranslation();
  const [forgetting, setForgetting] = useState<HostKey>();
  return (
    <>
      <h2>{t('knownHosts.title')}</h2>
      <label className="field first-contact">
        {t('knownHosts.proof')}
        <select value={proof} onChange={(event) => onProof(proofs.find((one) => one === event.target.value) ?? 'console')}>
          {proofs.map((one) => (
            <option key={one} value={one}>
              {t(`knownHosts.proofs.${one}`)}
            </option>
          ))}
        </select>
      </label>
      <HostKeyTable hostKeys={hostKeys} instances={instances} nowMs={nowMs} onForget={setForgetting} />
      {forgetting === undefined ? undefined : (
        <ForgetDialog
          hostKey={forgetting}
          name={instances.get(forgetting.instanceId)?.name ?? forgetting.instanceId}
          onClose={() => setForgetting(undefined)}
          onForget={() => {
            onForget(forgetting);
            setForgetting(undefined);
          }}
        />
      )}
    </>
  );
}

/** On whose word a key is trusted. */
export function useVoucherText(): (hostKey: Pick<HostKey, 'confirmedBy'>) => string {
  const { t } = useTranslation();
  return ({ confirmedBy }) => t(`knownHosts.vouchers.${confirmedBy}`);
}

export interface HostKeyTableProps {
  readonly hostKeys: readonly HostKey[];
  readonly instances: ReadonlyMap<string, Instance>;
  readonly nowMs: number;
  readonly onForget: (hostKey: HostKey) => void;
}

export function HostKeyTable({ hostKeys, instances, nowMs, onForget }: HostKeyTableProps) {
  const { t } = useTranslation();
  const voucherText = useVoucherText();
  if (hostKeys.length === 0) return <p className="note padded">{t('knownHosts.none')}</p>;
  return (
    <div className="table-scroll">
      <table className="table" aria-label={t('knownHosts.title')}>
        <thead>
          <tr>
            <th scope="col">{t('knownHosts.host')}</th>
            <th scope="col">{t('knownHosts.type')}</th>
            <th scope="col">{t('knownHosts.fingerprint')}</th>
            <th scope="col">{t('knownHosts.firstSeen')}</th>
            <th scope="col">
              <span className="visually-hidden">{t('knownHosts.actions')}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {hostKeys.map((hostKey) => (
            <tr key={`${hostKey.scopeKey}/${hostKey.instanceId}/${hostKey.keyType}`}>
              <th scope="row">
                {safeText(instances.get(hostKey.instanceId)?.name ?? hostKey.instanceId)} <span className="note mono">{hostKey.instanceId}</span>
              </th>
              <td>{safeText(hostKey.keyType)}</td>
              <td>
                <Copyable value={hostKey.fingerprint} mono label={t('hostKey.fingerprint')} />
              </td>
              <td title={momentTitle(hostKey.firstSeen)}>
                {ageText(hostKey.firstSeen, nowMs)} <span className="note">{voucherText(hostKey)}</span>
              </td>
              <td>
                <Button look="quiet" onClick={() => onForget(hostKey)} aria-label={t('knownHosts.forgetKeyOf', { instanceId: hostKey.instanceId })}>
                  {t('knownHosts.forget')}
                </Button>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

interface ForgetDialogProps {
  readonly hostKey: HostKey;
  readonly name: string;
  readonly onClose: () => void;
  readonly onForget: () => void;
}

/** The one way to another key for a host: no single click, since whoever is in the middle hopes for one. */
function ForgetDialog({ hostKey, name, onClose, onForget }: ForgetDialogProps) {
  const { t } = useTranslation();
  const [typed, setTyped] = useState('');
  const shown = safeText(name);
  return (
    <Dialog
      title={t('knownHosts.forgetTitle', { name: shown })}
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>{t('common.cancel')}</Button>
          <Button look="danger" disabled={typed !== shown} onClick={onForget}>
            {t('knownHosts.forget')}
          </Button>
        </>
      }
    >
      <p>{t('knownHosts.forgetWhy', { fingerprint: hostKey.fingerprint })}</p>
      <label className="field">
        {t('knownHosts.typeName', { name: shown })}
        <input data-autofocus value={typed} spellCheck={false} autoComplete="off" onChange={(event) => setTyped(event.target.value)} />
      </label>
    </Dialog>
  );
}
