/** Key pairs in the keychain, the keychain itself, and the host keys a person has confirmed. */
import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Instance } from '../../contract/instance.ts';
import type { GenerateKey, HostKey, ImportKey, KeyPair, SecretStoreStatus } from '../../contract/key.ts';
import type { Settings } from '../../contract/settings.ts';
import { ageText, momentText } from '../ui/age.ts';
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
  const [dialog, setDialog] = useState<OpenDialog>();
  const close = (): void => setDialog(undefined);
  return (
    <div className="keys-view">
      <header>
        <h1>Keys</h1>
        <span className="spacer" />
        <Button look="primary" disabled={secrets !== undefined && secrets.state !== 'ready'} onClick={() => setDialog({ name: 'generate' })}>
          Generate…
        </Button>
        <Button disabled={secrets !== undefined && secrets.state !== 'ready'} onClick={() => setDialog({ name: 'import' })}>
          Import…
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
          title={`Delete the key ${safeText(dialog.key.keyName)}?`}
          onClose={close}
          footer={
            <>
              <Button data-autofocus onClick={close}>
                Cancel
              </Button>
              <Button
                look="danger"
                onClick={() => {
                  props.onRemove(dialog.key.keyPairId);
                  close();
                }}
              >
                Delete key
              </Button>
            </>
          }
        >
          <p>Its private half is deleted and cannot be brought back. Hosts that know only this key can then be reached by Session Manager or another key only.</p>
        </Dialog>
      ) : undefined}
    </div>
  );
}

const origins: Readonly<Record<KeyPair['origin'], string>> = { generated: 'generated here', imported: 'imported', lent: 'demo, in memory', agent: 'SSH agent' };

export interface KeyTableProps {
  readonly keys: readonly KeyPair[];
  readonly nowMs: number;
  readonly onRemove: (key: KeyPair) => void;
}

export function KeyTable({ keys, nowMs, onRemove }: KeyTableProps) {
  const { t } = useTranslation();
  if (keys.length === 0) return <p className="note padded">No key yet. Generate one, or import the private half of an EC2 key pair you downloaded.</p>;
  return (
    <div className="table-scroll">
      <table className="table" aria-label="Key pairs">
        <thead>
          <tr>
            <th scope="col">Name</th>
            <th scope="col">Type</th>
            <th scope="col">Fingerprint</th>
            <th scope="col">EC2 key pairs</th>
            <th scope="col">Added</th>
            <th scope="col">
              <span className="visually-hidden">Actions</span>
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
                <Copyable value={key.fingerprint} mono label="the fingerprint" />
              </td>
              <td>
                {key.ec2KeyPairs.length === 0 ? (
                  <span className="note">none seen</span>
                ) : (
                  key.ec2KeyPairs.map(({ keyName, scopeKey }) => (
                    <div key={`${scopeKey}/${keyName}`}>
                      {safeText(keyName)} <span className="note">{safeText(scopeKey)}</span>
                    </div>
                  ))
                )}
              </td>
              <td title={key.createTime === undefined ? undefined : momentText(key.createTime)}>
                {key.createTime === undefined ? '' : ageText(key.createTime, nowMs)} <span className="note">{origins[key.origin]}</span>
              </td>
              <td>
                <div className="row-buttons">
                  <Copyable value={key.publicKey} asButton label="the public key">
                    Copy public key
                  </Copyable>
                  {key.origin === 'lent' || key.origin === 'agent' ? undefined : (
                    <Button look="quiet" onClick={() => onRemove(key)} aria-label={`Delete ${safeText(key.keyName)}`}>
                      Delete
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
