/** Key pairs in EC2: made here, imported from the keychain, deleted once it is seen who uses them. */
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Instance } from '../../contract/instance.ts';
import type { KeyPair } from '../../contract/key.ts';
import type { Ec2KeyPair, NetworkFacts } from '../../contract/network.ts';
import { scopeKey, type ScopeStatus } from '../../contract/scope.ts';
import type { HostActionCalls } from '../state/hostActionCalls.ts';
import { Button } from '../ui/Button.tsx';
import { safeText } from '../ui/safeText.ts';
import { Ec2KeyCreateDialog, Ec2KeyDeleteDialog, Ec2KeyImportDialog } from './Ec2KeyDialogs.tsx';
import { UnreadPlaces } from './UnreadPlaces.tsx';

const PAIRS = 'ec2:DescribeKeyPairs';

export interface Ec2KeysSectionProps {
  readonly network: ReadonlyMap<string, NetworkFacts>;
  readonly instances: ReadonlyMap<string, Instance>;
  readonly keys: readonly KeyPair[];
  readonly calls: HostActionCalls;
  /** They tell why a place was not read. */
  readonly statuses?: readonly ScopeStatus[];
}

type OpenDialog = { readonly name: 'create' | 'import' } | { readonly name: 'delete'; readonly pair: Ec2KeyPair };

export function Ec2KeysSection({ network, instances, keys, calls, statuses = [] }: Ec2KeysSectionProps) {
  const { t } = useTranslation();
  const [dialog, setDialog] = useState<OpenDialog>();
  const close = (): void => setDialog(undefined);
  const scopes = [...network.values()].map(({ scope }) => scope);
  const pairs = [...network.values()].flatMap(({ ec2KeyPairs }) => ec2KeyPairs ?? []);
  const read = new Set([...network.values()].flatMap(({ scope, ec2KeyPairs }) => (ec2KeyPairs === undefined ? [] : [scopeKey(scope)])));
  const unread = [...new Set([...scopes, ...statuses.map(({ scope }) => scope)].map(scopeKey))].filter((place) => !read.has(place));
  const users = new Map<string, number>();
  for (const { keyName, scope, state } of instances.values()) if (keyName !== undefined && state !== 'terminated') users.set(`${scopeKey(scope)} ${keyName}`, (users.get(`${scopeKey(scope)} ${keyName}`) ?? 0) + 1);
  const importable = keys.filter(({ keyType }) => keyType === 'ed25519' || keyType === 'rsa');
  return (
    <section className="stack" aria-label={t('ec2Keys.title')}>
      <header className="row-buttons">
        <h2>{t('ec2Keys.title')}</h2>
        <span className="spacer" />
        <Button disabled={scopes.length === 0} onClick={() => setDialog({ name: 'create' })}>
          {t('ec2Keys.create')}
        </Button>
        <Button disabled={scopes.length === 0 || importable.length === 0} onClick={() => setDialog({ name: 'import' })}>
          {t('ec2Keys.import')}
        </Button>
      </header>
      <p className="note">{t('ec2Keys.hint')}</p>
      <UnreadPlaces places={unread} action={PAIRS} statuses={statuses} />
      {pairs.length === 0 ? (
        // Where they were not read, that there is none is not known.
        unread.length > 0 ? undefined : <p className="note">{t('ec2Keys.none')}</p>
      ) : (
        <div className="table-scroll">
          <table className="table" aria-label={t('ec2Keys.title')}>
            <thead>
              <tr>
                <th scope="col">{t('ec2Keys.name')}</th>
                <th scope="col">{t('ec2Keys.type')}</th>
                <th scope="col">{t('ec2Keys.place')}</th>
                <th scope="col">{t('ec2Keys.here')}</th>
                <th scope="col">{t('ec2Keys.usedBy')}</th>
                <th scope="col">
                  <span className="visually-hidden">{t('ec2Keys.actions')}</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {pairs.map((pair) => {
                const place = scopeKey(pair.scope);
                const own = keys.find(({ ec2KeyPairs }) => ec2KeyPairs.some((one) => one.keyName === pair.keyName && one.scopeKey === place));
                const count = users.get(`${place} ${pair.keyName}`) ?? 0;
                return (
                  <tr key={`${place} ${pair.keyName}`} data-key-name={pair.keyName}>
                    <th scope="row">{safeText(pair.keyName)}</th>
                    <td>{pair.keyType ?? ''}</td>
                    <td>{safeText(place)}</td>
                    <td>{own === undefined ? <span className="note">{t('ec2Keys.notHere')}</span> : safeText(own.keyName)}</td>
                    <td>{count === 0 ? <span className="note">{t('ec2Keys.noHosts')}</span> : t('ec2Keys.hosts', { count })}</td>
                    <td>
                      <div className="row-buttons">
                        <Button look="quiet" aria-label={t('ec2Keys.deleteNamed', { name: safeText(pair.keyName) })} onClick={() => setDialog({ name: 'delete', pair })}>
                          {t('ec2Keys.delete')}
                        </Button>
                      </div>
                    </td>
                  </tr>
                );
              })}
            </tbody>
          </table>
        </div>
      )}
      {dialog?.name === 'create' ? <Ec2KeyCreateDialog scopes={scopes} calls={calls} onClose={close} /> : undefined}
      {dialog?.name === 'import' ? <Ec2KeyImportDialog scopes={scopes} keys={importable} calls={calls} onClose={close} /> : undefined}
      {dialog?.name === 'delete' ? <Ec2KeyDeleteDialog pair={dialog.pair} calls={calls} onClose={close} /> : undefined}
    </section>
  );
}
