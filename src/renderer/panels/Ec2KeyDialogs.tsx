/** Makes a key pair in EC2, imports one of the keychain, and deletes one once it is seen who uses it. */
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Ec2KeyUse } from '../../contract/ec2Key.ts';
import { toPosternError, type ErrorReport } from '../../contract/error.ts';
import type { KeyPair } from '../../contract/key.ts';
import type { Ec2KeyPair } from '../../contract/network.ts';
import { scopeKey, type Scope } from '../../contract/scope.ts';
import { useSaid } from '../i18n/said.ts';
import type { HostActionCalls } from '../state/hostActionCalls.ts';
import { Button } from '../ui/Button.tsx';
import { Dialog } from '../ui/Dialog.tsx';
import { safeText } from '../ui/safeText.ts';
import { ErrorNote } from './ErrorNote.tsx';
import { stateWord } from './StateDot.tsx';
import { useSubmit } from './useSubmit.ts';

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

export function Ec2KeyCreateDialog({ scopes, calls, onClose }: DialogProps & { readonly scopes: readonly Scope[] }) {
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

export function Ec2KeyImportDialog({ scopes, keys, calls, onClose }: DialogProps & { readonly scopes: readonly Scope[]; readonly keys: readonly KeyPair[] }) {
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

export function Ec2KeyDeleteDialog({ pair: { scope, keyName }, calls, onClose }: DialogProps & { readonly pair: Ec2KeyPair }) {
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
  const said = useSaid();
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
        <p className="note">{launchTemplates.denied ? t('ec2Keys.templatesHidden', { permission: launchTemplates.permission }) : t('ec2Keys.templatesUnread', { reason: safeText(said(launchTemplates.error.message)) })}</p>
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
