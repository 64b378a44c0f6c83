/** Key pairs in EC2: made here, imported from the keychain, deleted once it is seen who uses them. */
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Ec2KeyUse } from '../../contract/ec2Key.ts';
import { toPosternError, type ErrorReport } from '../../contract/error.ts';
import type { Instance } from '../../contract/instance.ts';
import type { KeyPair } from '../../contract/key.ts';
import type { Ec2KeyPair, NetworkFacts } from '../../contract/network.ts';
import { scopeKey, type Scope, type DeniedPermission } from '../../contract/scope.ts';
import { listText } from '../i18n/locale.ts';
import type { HostActionCalls } from '../state/hostActionCalls.ts';
import { Button } from '../ui/Button.tsx';
import { Dialog } from '../ui/Dialog.tsx';
import { safeText } from '../ui/safeText.ts';
import { DeniedNote } from './DeniedNote.tsx';
import { ErrorNote } from './ErrorNote.tsx';
import { stateWord } from './StateDot.tsx';
import { useSubmit } from './useSubmit.ts';

const PAIRS = 'ec2:DescribeKeyPairs';

export interface Ec2KeysSectionProps {
  readonly network: ReadonlyMap<string, NetworkFacts>;
  readonly instances: ReadonlyMap<string, Instance>;
  readonly keys: readonly KeyPair[];
  readonly calls: HostActionCalls;
  /** What policies hide, of all scopes. */
  readonly denied?: readonly DeniedPermission[];
}

type OpenDialog = { readonly name: 'create' | 'import' } | { readonly name: 'delete'; readonly pair: Ec2KeyPair };

export function Ec2KeysSection({ network, instances, keys, calls, denied = [] }: Ec2KeysSectionProps) {
  const { t } = useTranslation();
  const [dialog, setDialog] = useState<OpenDialog>();
  const close = (): void => setDialog(undefined);
  const scopes = [...network.values()].map(({ scope }) => scope);
  const pairs = [...network.values()].flatMap(({ ec2KeyPairs }) => ec2KeyPairs ?? []);
  const unread = [...network.values()].flatMap(({ scope, ec2KeyPairs }) => (ec2KeyPairs === undefined ? [safeText(scopeKey(scope))] : []));
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
      <DeniedNote denied={denied} permissions={[PAIRS]} />
      {unread.length === 0 ? undefined : <p className="note">{t('ec2Keys.unread', { places: listText(unread) })}</p>}
      {pairs.length === 0 ? (
        // Where they were not read, that there is none is not known.
        unread.length > 0 || denied.some(({ permission }) => permission === PAIRS) ? undefined : <p className="note">{t('ec2Keys.none')}</p>
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
      {dialog?.name === 'create' ? <CreateDialog scopes={scopes} calls={calls} onClose={close} /> : undefined}
      {dialog?.name === 'import' ? <ImportDialog scopes={scopes} keys={importable} calls={calls} onClose={close} /> : undefined}
      {dialog?.name === 'delete' ? <DeleteDialog pair={dialog.pair} calls={calls} onClose={close} /> : undefined}
    </section>
  );
}

interface DialogProps {
  readonly calls: HostActionCalls;
  readonly onClose: () => void;
}

function ScopeField({ scopes, value, onChange }: { readonly scopes: readonly Scope[]; readonly value: string; readonly onChange: (key: string) => void }) {
  const { t } = useTranslation();
  return (
    <label className="field">
      {t('ec2Keys.place')}
      <select value={value} onChange={(event) => onChange(event.target.value)}>
        {scopes.map((scope) => (
          <option key={scopeKey(scope)} value={scopeKey(scope)}>
            {safeText(scopeKey(scope))}
          </option>
        ))}
      </select>
    </label>
  );
}

function NameField({ value, onChange }: { readonly value: string; readonly onChange: (name: string) => void }) {
  const { t } = useTranslation();
  return (
    <label className="field">
      {t('ec2Keys.name')}
      <input data-autofocus required maxLength={255} pattern="[!-~]([ -~]*[!-~])?" spellCheck={false} autoComplete="off" value={value} onChange={(event) => onChange(event.target.value)} />
    </label>
  );
}

function CreateDialog({ scopes, calls, onClose }: DialogProps & { readonly scopes: readonly Scope[] }) {
  const { t } = useTranslation();
  const [keyName, setKeyName] = useState('');
  const [keyType, setKeyType] = useState<'ed25519' | 'rsa'>('ed25519');
  const [place, setPlace] = useState(scopes[0] === undefined ? '' : scopeKey(scopes[0]));
  const submit = useSubmit();
  const scope = scopes.find((one) => scopeKey(one) === place);
  return (
    <Dialog
      title={t('ec2Keys.createTitle')}
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>{t('common.cancel')}</Button>
          <Button type="submit" form="create-ec2-key" look="primary" disabled={submit.busy || scope === undefined}>
            {t(submit.busy ? 'ec2Keys.creating' : 'ec2Keys.doCreate')}
          </Button>
        </>
      }
    >
      <form
        id="create-ec2-key"
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          if (scope !== undefined) submit.run(() => calls.createEc2Key({ scope, keyName, keyType }), onClose);
        }}
      >
        <p>{t('ec2Keys.createHint')}</p>
        <NameField value={keyName} onChange={setKeyName} />
        <ScopeField scopes={scopes} value={place} onChange={setPlace} />
        <fieldset>
          <legend>{t('ec2Keys.type')}</legend>
          {(['ed25519', 'rsa'] as const).map((type) => (
            <label key={type} className="choice">
              <input type="radio" name="ec2-key-type" checked={keyType === type} onChange={() => setKeyType(type)} />
              <span>{t(`ec2Keys.${type}`)}</span>
            </label>
          ))}
        </fieldset>
        {submit.error === undefined ? undefined : <ErrorNote error={submit.error} />}
      </form>
    </Dialog>
  );
}

function ImportDialog({ scopes, keys, calls, onClose }: DialogProps & { readonly scopes: readonly Scope[]; readonly keys: readonly KeyPair[] }) {
  const { t } = useTranslation();
  const [keyPairId, setKeyPairId] = useState(keys[0]?.keyPairId ?? '');
  const [keyName, setKeyName] = useState(keys[0]?.keyName ?? '');
  const [place, setPlace] = useState(scopes[0] === undefined ? '' : scopeKey(scopes[0]));
  const submit = useSubmit();
  const scope = scopes.find((one) => scopeKey(one) === place);
  return (
    <Dialog
      title={t('ec2Keys.importTitle')}
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>{t('common.cancel')}</Button>
          <Button type="submit" form="import-ec2-key" look="primary" disabled={submit.busy || scope === undefined}>
            {t(submit.busy ? 'ec2Keys.importing' : 'ec2Keys.doImport')}
          </Button>
        </>
      }
    >
      <form
        id="import-ec2-key"
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          if (scope !== undefined) submit.run(() => calls.importEc2Key({ scope, keyName, keyPairId }), onClose);
        }}
      >
        <label className="field">
          {t('ec2Keys.key')}
          <select
            value={keyPairId}
            onChange={(event) => {
              setKeyPairId(event.target.value);
              setKeyName(keys.find((key) => key.keyPairId === event.target.value)?.keyName ?? '');
            }}
          >
            {keys.map((key) => (
              <option key={key.keyPairId} value={key.keyPairId}>
                {safeText(key.keyName)} ({key.keyType})
              </option>
            ))}
          </select>
        </label>
        <NameField value={keyName} onChange={setKeyName} />
        <ScopeField scopes={scopes} value={place} onChange={setPlace} />
        {submit.error === undefined ? undefined : <ErrorNote error={submit.error} />}
      </form>
    </Dialog>
  );
}

function DeleteDialog({ pair: { scope, keyName }, calls, onClose }: DialogProps & { readonly pair: Ec2KeyPair }) {
  const { t } = useTranslation();
  const [use, setUse] = useState<Ec2KeyUse>();
  const [unread, setUnread] = useState<ErrorReport>();
  const [typed, setTyped] = useState('');
  const submit = useSubmit();
  const { profile, region } = scope;
  useEffect(() => {
    let shown = true;
    calls.ec2KeyUse({ scope: { profile, region }, keyName }).then(
      (answer) => {
        if (shown) setUse(answer);
      },
      (thrown: unknown) => {
        if (shown) setUnread(toPosternError(thrown).toReport());
      },
    );
    return () => {
      shown = false;
    };
  }, [calls, profile, region, keyName]);
  return (
    <Dialog
      title={t('ec2Keys.deleteTitle', { name: safeText(keyName) })}
      onClose={onClose}
      footer={
        <>
          <Button data-autofocus onClick={onClose}>
            {t('common.cancel')}
          </Button>
          <Button type="submit" form="delete-ec2-key" look="danger" disabled={submit.busy || typed.trim() !== keyName}>
            {t(submit.busy ? 'ec2Keys.deleting' : 'ec2Keys.doDelete')}
          </Button>
        </>
      }
    >
      <form
        id="delete-ec2-key"
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          submit.run(() => calls.deleteEc2Key({ scope, keyName, typedName: typed }), onClose);
        }}
      >
        <p>{t('ec2Keys.deleteHint')}</p>
        {use === undefined ? unread === undefined ? <p role="status">{t('ec2Keys.reading')}</p> : <ErrorNote error={unread} /> : <KeyUse use={use} />}
        <label className="field">
          {t('ec2Keys.typeName', { name: safeText(keyName) })}
          <input spellCheck={false} autoComplete="off" value={typed} onChange={(event) => setTyped(event.target.value)} />
        </label>
        {submit.error === undefined ? undefined : <ErrorNote error={submit.error} />}
      </form>
    </Dialog>
  );
}

function KeyUse({ use: { instances, launchTemplates } }: { readonly use: Ec2KeyUse }) {
  const { t } = useTranslation();
  return (
    <>
      {instances.length === 0 ? <p className="note">{t('ec2Keys.unusedHosts')}</p> : <p>{t('ec2Keys.usedByHosts')}</p>}
      {instances.length === 0 ? undefined : (
        <ul className="key-users" tabIndex={0} aria-label={t('ec2Keys.usedByHosts')}>
          {instances.map(({ instanceId, instanceName, state }) => (
            <li key={instanceId}>
              {safeText(instanceName ?? instanceId)} <span className="note">{stateWord(state)}</span>
            </li>
          ))}
        </ul>
      )}
      {!launchTemplates.known ? (
        <p className="note">{launchTemplates.denied ? t('ec2Keys.templatesHidden', { permission: launchTemplates.permission }) : t('ec2Keys.templatesUnread')}</p>
      ) : launchTemplates.value.length === 0 ? (
        <p className="note">{t('ec2Keys.unusedTemplates')}</p>
      ) : (
        <>
          <p>{t('ec2Keys.usedByTemplates')}</p>
          <ul className="key-users" tabIndex={0} aria-label={t('ec2Keys.usedByTemplates')}>
            {launchTemplates.value.map(({ launchTemplateId, launchTemplateName, version }) => (
              <li key={`${launchTemplateId} ${version}`}>{t('ec2Keys.template', { name: safeText(launchTemplateName), version })}</li>
            ))}
          </ul>
        </>
      )}
    </>
  );
}
