/** Key pairs in the keychain, the keychain itself, and the host keys a person has confirmed. */
import { useState } from 'react';
import type { Instance } from '../../contract/instance.ts';
import type { GenerateKey, HostKey, ImportKey, KeyPair, SecretStoreStatus } from '../../contract/key.ts';
import { ageText, momentText } from '../ui/age.ts';
import { Button } from '../ui/Button.tsx';
import { Copyable } from '../ui/Copyable.tsx';
import { Dialog } from '../ui/Dialog.tsx';
import { safeText } from '../ui/safeText.ts';
import { GenerateKeyDialog } from './GenerateKeyDialog.tsx';
import { ImportKeyDialog } from './ImportKeyDialog.tsx';
import { SecretStorePanel } from './SecretStorePanel.tsx';

export interface KeysViewProps {
  readonly keys: readonly KeyPair[];
  readonly secrets: SecretStoreStatus | undefined;
  readonly hostKeys: readonly HostKey[];
  readonly instances: ReadonlyMap<string, Instance>;
  readonly nowMs: number;
  readonly onGenerate: (input: GenerateKey) => Promise<unknown>;
  readonly onImport: (input: ImportKey) => Promise<unknown>;
  readonly onRemove: (keyPairId: string) => void;
  readonly onUseFile: (passphrase: string) => Promise<unknown>;
  readonly onForgetHostKey: (hostKey: HostKey) => void;
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
      <h2>Known hosts</h2>
      <HostKeyTable hostKeys={hostKeys} instances={instances} nowMs={nowMs} onForget={props.onForgetHostKey} />
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

const origins: Readonly<Record<KeyPair['origin'], string>> = { generated: 'generated here', imported: 'imported', lent: 'demo, in memory' };

export interface KeyTableProps {
  readonly keys: readonly KeyPair[];
  readonly nowMs: number;
  readonly onRemove: (key: KeyPair) => void;
}

export function KeyTable({ keys, nowMs, onRemove }: KeyTableProps) {
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
                {key.bits === undefined || key.keyType === 'ed25519' ? '' : ` ${key.bits}`}
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
              <td title={momentText(key.createTime)}>
                {ageText(key.createTime, nowMs)} <span className="note">{origins[key.origin]}</span>
              </td>
              <td>
                <div className="row-buttons">
                  <Copyable value={key.publicKey} asButton label="the public key">
                    Copy public key
                  </Copyable>
                  {key.origin === 'lent' ? undefined : (
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

export interface HostKeyTableProps {
  readonly hostKeys: readonly HostKey[];
  readonly instances: ReadonlyMap<string, Instance>;
  readonly nowMs: number;
  readonly onForget: (hostKey: HostKey) => void;
}

export function HostKeyTable({ hostKeys, instances, nowMs, onForget }: HostKeyTableProps) {
  if (hostKeys.length === 0) return <p className="note padded">None yet. A host’s key is asked about once and kept by instance, because addresses move.</p>;
  return (
    <div className="table-scroll">
      <table className="table" aria-label="Known hosts">
        <thead>
          <tr>
            <th scope="col">Host</th>
            <th scope="col">Type</th>
            <th scope="col">Fingerprint</th>
            <th scope="col">First seen</th>
            <th scope="col">
              <span className="visually-hidden">Actions</span>
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
                <Copyable value={hostKey.fingerprint} mono label="the fingerprint" />
              </td>
              <td title={momentText(hostKey.firstSeen)}>
                {ageText(hostKey.firstSeen, nowMs)} <span className="note">{hostKey.confirmedBy === 'demo' ? 'demo cloud' : 'confirmed by you'}</span>
              </td>
              <td>
                <Button look="quiet" onClick={() => onForget(hostKey)} aria-label={`Forget the key of ${hostKey.instanceId}`}>
                  Forget
                </Button>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
