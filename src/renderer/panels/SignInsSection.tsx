/** The Identity Centers that can be signed in to, the accounts they give, and one more. */
import type { TFunction } from 'i18next';
import { useState, type FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import type { AccountPrompt, Accounts, OfferedAccount, SignIn } from '../../contract/account.ts';
import type { AccountActions } from '../state/accountActions.ts';
import { momentText } from '../ui/age.ts';
import { Button } from '../ui/Button.tsx';
import { safeText } from '../ui/safeText.ts';
import { ErrorNote } from './ErrorNote.tsx';
import { useSubmit } from './useSubmit.ts';

export interface SignInsSectionProps {
  readonly accounts: Accounts;
  /** A sign-in that is asked for already has its buttons there. */
  readonly prompts: readonly AccountPrompt[];
  readonly actions: AccountActions;
}

export function SignInsSection({ accounts, prompts, actions }: SignInsSectionProps) {
  const { t } = useTranslation();
  const [found, setFound] = useState<{ readonly signIn: SignIn; readonly offered: readonly OfferedAccount[] }>();
  const finding = useSubmit();
  const find = (signIn: SignIn): void =>
    finding.run(
      async () => setFound({ signIn, offered: await actions.offered(signIn.signIn) }),
      () => undefined,
    );
  if (found !== undefined) return <OfferedAccounts {...found} known={accounts} actions={actions} onClose={() => setFound(undefined)} />;
  return (
    <section aria-label={t('accounts.signIns')}>
      <h3>{t('accounts.signIns')}</h3>
      {accounts.signIns.length === 0 ? <p className="note">{t('accounts.noSignIns')}</p> : undefined}
      <ul className="plain-list">
        {accounts.signIns.map((signIn) => (
          <li key={signIn.signIn} className="account-row" data-sign-in={signIn.signIn} data-state={signIn.state}>
            <span>
              <strong>{safeText(signIn.signIn)}</strong> <span className="note">{safeText(signIn.region)}</span>
              <br />
              <span className="note">
                <span aria-hidden="true">{signIn.state === 'signed-in' ? '●' : signIn.state === 'renewable' ? '◐' : '○'}</span> {signInStateText(signIn, t)}
              </span>
            </span>
            <span className="row-buttons">
              {prompts.some((prompt) => prompt.kind === 'sign-in' && prompt.signIn === signIn.signIn) ? undefined : signIn.state === 'signed-out' ? (
                <Button onClick={() => void actions.signIn(signIn.signIn, 'browser')}>{t('accounts.inBrowser')}</Button>
              ) : (
                <Button disabled={finding.busy} onClick={() => find(signIn)}>
                  {t('accounts.findAccounts')}
                </Button>
              )}
              {signIn.state === 'signed-out' && !prompts.some((prompt) => prompt.kind === 'sign-in' && prompt.signIn === signIn.signIn) ? <Button onClick={() => void actions.signIn(signIn.signIn, 'code')}>{t('accounts.withCode')}</Button> : undefined}
            </span>
          </li>
        ))}
      </ul>
      {finding.error === undefined ? undefined : <ErrorNote error={finding.error} />}
      <AddSignIn actions={actions} />
    </section>
  );
}

function signInStateText(signIn: SignIn, t: TFunction): string {
  switch (signIn.state) {
    case 'signed-in':
      return t('accounts.signedIn', { moment: signIn.expiresAt === undefined ? '' : momentText(signIn.expiresAt) });
    case 'renewable':
      return t('accounts.renewable');
    case 'signed-out':
      return t('accounts.signedOut');
  }
}

interface OfferedAccountsProps {
  readonly signIn: SignIn;
  readonly offered: readonly OfferedAccount[];
  readonly known: Accounts;
  readonly actions: AccountActions;
  readonly onClose: () => void;
}

function OfferedAccounts({ signIn, offered, known, actions, onClose }: OfferedAccountsProps) {
  const { t } = useTranslation();
  const [region, setRegion] = useState(signIn.region);
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const submit = useSubmit();
  const have = new Set(known.profiles.map(({ profile }) => profile));
  const roles = offered.flatMap(({ accountId, accountName, roles: names }) => names.map((roleName) => ({ profile: `${accountName ?? accountId}/${roleName}`, signIn: signIn.signIn, accountId, roleName })));
  const handleSubmit = (event: FormEvent): void => {
    event.preventDefault();
    submit.run(() => actions.add(roles.filter(({ profile }) => chosen.has(profile)).map((role) => ({ ...role, region }))), onClose);
  };
  return (
    <form aria-label={t('accounts.offeredTitle', { name: signIn.signIn })} onSubmit={handleSubmit} className="stack">
      <h3>{t('accounts.offeredTitle', { name: safeText(signIn.signIn) })}</h3>
      <p className="note">{t('accounts.offeredHint')}</p>
      {roles.length === 0 ? <p>{t('accounts.offeredNone')}</p> : undefined}
      {offered.map(({ accountId, accountName, roles: names }) => (
        <fieldset key={accountId}>
          <legend>
            {safeText(accountName ?? accountId)} <span className="note mono">{accountId}</span>
          </legend>
          {names.map((roleName) => {
            const profile = `${accountName ?? accountId}/${roleName}`;
            return (
              <label key={roleName} className="choice">
                <input
                  type="checkbox"
                  disabled={have.has(profile)}
                  checked={have.has(profile) || chosen.has(profile)}
                  onChange={(event) => setChosen(event.target.checked ? new Set([...chosen, profile]) : new Set([...chosen].filter((one) => one !== profile)))}
                />
                <span>{safeText(roleName)}</span>
              </label>
            );
          })}
        </fieldset>
      ))}
      <label className="field">
        {t('accounts.offeredRegion')}
        <input list="known-regions" required value={region} onChange={(event) => setRegion(event.target.value.trim())} />
      </label>
      {submit.error === undefined ? undefined : <ErrorNote error={submit.error} />}
      <div className="row-buttons">
        <Button type="submit" look="primary" disabled={submit.busy || chosen.size === 0}>
          {t('accounts.addChosen', { count: chosen.size })}
        </Button>
        <Button onClick={onClose}>{t('accounts.back')}</Button>
      </div>
    </form>
  );
}

function AddSignIn({ actions }: { readonly actions: AccountActions }) {
  const { t } = useTranslation();
  const [signIn, setSignIn] = useState('');
  const [startUrl, setStartUrl] = useState('');
  const [region, setRegion] = useState('');
  const submit = useSubmit();
  const handleSubmit = (event: FormEvent): void => {
    event.preventDefault();
    submit.run(
      () => actions.addSignIn({ signIn: signIn.trim(), startUrl: startUrl.trim(), region: region.trim() }),
      () => {
        setSignIn('');
        setStartUrl('');
        setRegion('');
      },
    );
  };
  return (
    <details>
      <summary>{t('accounts.addSignIn')}</summary>
      <form className="stack" aria-label={t('accounts.addSignIn')} onSubmit={handleSubmit}>
        <label className="field">
          {t('accounts.signInName')}
          <input required pattern="[A-Za-z0-9_.\-]+" maxLength={64} value={signIn} onChange={(event) => setSignIn(event.target.value)} />
        </label>
        <label className="field">
          {t('accounts.startUrl')}
          <input required type="url" placeholder="https://example.awsapps.com/start" value={startUrl} onChange={(event) => setStartUrl(event.target.value)} />
        </label>
        <label className="field">
          {t('accounts.signInRegion')}
          <input required list="known-regions" value={region} onChange={(event) => setRegion(event.target.value)} />
        </label>
        {submit.error === undefined ? undefined : <ErrorNote error={submit.error} />}
        <div className="row-buttons">
          <Button type="submit" disabled={submit.busy}>
            {t('accounts.add')}
          </Button>
        </div>
      </form>
    </details>
  );
}
