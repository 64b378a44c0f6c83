/** Key pairs in the keychain, the keychain itself, and the host keys a person has confirmed. */
import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Instance } from '../../contract/instance.ts';
import type { GenerateKey, HostKey, ImportKey, KeyPair, SecretStoreStatus } from '../../contract/key.ts';
import type { Settings } from '../../contract/settings.ts';
import { ageText, momentTitle } from '../ui/age.ts';
import { Button } from '../ui/Button.tsx';
import { Copyable } from '../ui/Copyable.tsx';
import { Dialog } from '../ui/Dialog.tsx';
import { safeText } from '../ui/safeText.ts';
import { GenerateKeyDialog } from './GenerateKeyDialog.tsx';
import { ImportKeyDialog } from './ImportKeyDialog.tsx';
import { KnownHosts } from './KnownHosts.tsx';
import type { KeptPassphrasesProps } from './KeptPassphrases.tsx';
import { KeptPassphrases } from './KeptPassphrases.tsx';
import { SecretStorePanel } from './SecretStorePanel.tsx';

export interface KeysViewProps {
  /** What EC2 has of key pairs, as a section. */
  readonly ec2?: ReactNode;
  readonly keys: readonly KeyPair[];
  readonly secrets: SecretStoreStatus | undefined;
  readonly hostKeys: readonly HostKey[];
  readonly instances: ReadonlyMap<string, Instance>;
  readonly nowMs: number;
  readonly onGenerate: (input: GenerateKey) => Promise<unknown>;
  readonly onImport: (input: ImportKey) => Promise<unknown>;
  readonly onRemove: (keyPairId: string) => void;
  readonly onUseFile: (passphrase: string) => Promise<unknown>;
  readonly onListPassphrases: KeptPassphrasesProps['onList'];
  readonly onForgetPassphrase: KeptPassphrasesProps['onForget'];
  /** Who was lent the person's agent, as a section. */
  readonly lentAgents?: ReactNode;
  readonly onForgetHostKey: (hostKey: HostKey) => void;
  readonly firstContactProof: Settings['firstContactProof'];
  readonly onFirstContactProof: (proof: Settings['firstContactProof']) => void;
}

type OpenDialog = { readonly name: 'generate' | 'import' } | { readonly name: 'remove'; readonly key: KeyPair };

export function KeysView(props: KeysViewProps) {
  const { keys, secrets, hostKeys, instances, nowMs } = props;
  const { t } = useTranslation();
  const [dialog, setDialog] = useState<OpenDialog>();
  const close = (): void => setDialog(undefined);
  return (
    <div className="keys-view">
      <header>
        <h1>{t('keys.title')}</h1>
        <span className="spacer" />
        <Button look="primary" disabled={secrets !== undefined && secrets.state !== 'ready'} onClick={() => setDialog({ name: 'generate' })}>
          {t('keys.generate')}
        </Button>
        <Button disabled={secrets !== undefined && secrets.state !== 'ready'} onClick={() => setDialog({ name: 'import' })}>
          {t('keys.import')}
        </Button>
      </header>
      {secrets === undefined ? undefined : <SecretStorePanel status={secrets} onUseFile={props.onUseFile} />}
      <KeyTable keys={keys} nowMs={nowMs} onRemove={(key) => setDialog({ name: 'remove', key })} />
      {props.ec2}
      <KeptPassphrases onList={props.onListPassphrases} onForget={props.onForgetPassphrase} />
      {props.lentAgents}
      <KnownHosts hostKeys={hostKeys} instances={instances} proof={props.firstContactProof} nowMs={nowMs} onForget={props.onForgetHostKey} onProof={props.onFirstContactProof} />
      {dialog?.name === 'generate' ? <GenerateKeyDialog onGenerate={props.onGenerate} onClose={close} /> : undefined}
      {dialog?.name === 'import' ? <ImportKeyDialog onImport={props.onImport} onClose={close} /> : undefined}
      {dialog?.name === 'remove' ? (
        <Dialog
          title={t('keys.deleteTitle', { name: safeText(dialog.key.keyName) })}
          onClose={close}
          footer={
            <>
              <Button data-autofocus onClick={close}>
                {t('common.cancel')}
              </Button>
              <Button
                look="danger"
                onClick={() => {
                  props.onRemove(dialog.key.keyPairId);
                  close();
                }}
              >
                {t('keys.deleteKey')}
              </Button>
            </>
          }
        >
          <p>{t('keys.deleteText')}</p>
        </Dialog>
      ) : undefined}
    </div>
  );
}

export interface KeyTableProps {
  readonly keys: readonly KeyPair[];
  readonly nowMs: number;
  readonly onRemove: (key: KeyPair) => void;
}

export function KeyTable({ keys, nowMs, onRemove }: KeyTableProps) {
  const { t } = useTranslation();
  if (keys.length === 0) return <p className="note padded">{t('keys.none')}</p>;
  return (
    <div className="table-scroll">
      <table className="table" aria-label={t('keys.table')}>
        <thead>
          <tr>
            <th scope="col">{t('keys.name')}</th>
            <th scope="col">{t('keys.type')}</th>
            <th scope="col">{t('keys.fingerprint')}</th>
            <th scope="col">{t('keys.ec2')}</th>
            <th scope="col">{t('keys.added')}</th>
            <th scope="col">
              <span className="visually-hidden">{t('keys.actions')}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {keys.map((key) => (
            <tr key={key.keyPairId} data-key-pair-id={key.keyPairId}>
              <th scope="row">
                <Copyable value={key.keyName} />
              </th>
              <td>
                {key.keyType}
                {key.bits === undefined || key.keyType.startsWith('ed25519') ? '' : ` ${key.bits}`}
                {key.certificate === undefined ? undefined : <span className="note"> {t('signIn.certificate', { keyId: safeText(key.certificate.keyId) })}</span>}
              </td>
              <td>
                <Copyable value={key.fingerprint} mono label={t('keys.theFingerprint')} />
              </td>
              <td>
                {key.ec2KeyPairs.length === 0 ? (
                  <span className="note">{t('keys.noEc2')}</span>
                ) : (
                  key.ec2KeyPairs.map(({ keyName, scopeKey }) => (
                    <div key={`${scopeKey}/${keyName}`}>
                      {safeText(keyName)} <span className="note">{safeText(scopeKey)}</span>
                    </div>
                  ))
                )}
              </td>
              <td title={key.createTime === undefined ? undefined : momentTitle(key.createTime)}>
                {key.createTime === undefined ? '' : ageText(key.createTime, nowMs)} <span className="note">{t(`keys.origin.${key.origin}`)}</span>
              </td>
              <td>
                <div className="row-buttons">
                  <Copyable value={key.publicKey} asButton label={t('keys.thePublicKey')}>
                    {t('keys.copyPublicKey')}
                  </Copyable>
                  {key.origin === 'lent' || key.origin === 'agent' ? undefined : (
                    <Button look="quiet" onClick={() => onRemove(key)} aria-label={t('keys.deleteNamed', { name: safeText(key.keyName) })}>
                      {t('keys.delete')}
                    </Button>
                  )}
                </div>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
