/** One thing calls wait for: a sign-in, an MFA code, or agreement to a command. Shows what would happen before it does. */
import { useState, type FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import type { AccountPrompt } from '../../contract/account.ts';
import { listText } from '../i18n/locale.ts';
import type { AccountActions } from '../state/accountActions.ts';
import { momentText } from '../ui/age.ts';
import { Button } from '../ui/Button.tsx';
import { Copyable } from '../ui/Copyable.tsx';
import { safeLines, safeText } from '../ui/safeText.ts';
import { ErrorNote } from './ErrorNote.tsx';
import { useSubmit } from './useSubmit.ts';

export interface AccountPromptCardProps {
  readonly prompt: AccountPrompt;
  readonly actions: AccountActions;
}

export function AccountPromptCard({ prompt, actions }: AccountPromptCardProps) {
  switch (prompt.kind) {
    case 'sign-in':
      return <SignInCard prompt={prompt} actions={actions} />;
    case 'mfa':
      return <MfaCard prompt={prompt} actions={actions} />;
    case 'consent':
      return <ConsentCard prompt={prompt} actions={actions} />;
  }
}

type PromptOf<K extends AccountPrompt['kind']> = Extract<AccountPrompt, { kind: K }>;
interface CardProps<K extends AccountPrompt['kind']> {
  readonly prompt: PromptOf<K>;
  readonly actions: AccountActions;
}

function UsedBy({ profiles }: { readonly profiles: readonly string[] }) {
  const { t } = useTranslation();
  return profiles.length === 0 ? undefined : <p className="note">{t('accounts.usedBy', { profiles: listText(profiles.map(safeText)) })}</p>;
}

function SignInCard({ prompt: { signIn, startUrl, profiles, progress }, actions }: CardProps<'sign-in'>) {
  const { t } = useTranslation();
  const title = t('accounts.signInTitle', { name: safeText(signIn) });
  const begin = (
    <>
      <div className="row-buttons">
        <Button look="primary" onClick={() => void actions.signIn(signIn, 'browser')}>
          {t('accounts.inBrowser')}
        </Button>
        <Button onClick={() => void actions.signIn(signIn, 'code')}>{t('accounts.withCode')}</Button>
      </div>
      <p className="note">{t('accounts.inBrowserHint')}</p>
    </>
  );
  return (
    <section className="account-prompt" aria-label={title} data-testid="account-prompt" data-progress={progress.name}>
      <h3>{title}</h3>
      <p className="note">{t('accounts.signInWhere', { url: safeText(startUrl) })}</p>
      <UsedBy profiles={profiles} />
      {progress.name === 'needed' ? begin : undefined}
      {progress.name === 'starting' ? <p role="status">{t('accounts.starting')}</p> : undefined}
      {progress.name === 'failed' ? (
        <>
          <ErrorNote error={progress.error} />
          {begin}
        </>
      ) : undefined}
      {progress.name === 'waiting' ? (
        <div role="status">
          {progress.userCode === undefined ? undefined : (
            <p>
              {t('accounts.compareCode')}{' '}
              <strong className="user-code">
                <Copyable value={progress.userCode} mono label={t('accounts.code')} />
              </strong>
            </p>
          )}
          <p>{t('accounts.lookAtAddress')}</p>
          <p className="sign-in-address">
            <Copyable value={progress.url} mono label={t('accounts.address')} />
          </p>
          <div className="row-buttons">
            <Button look="primary" onClick={() => window.open(progress.url, '_blank', 'noopener,noreferrer')}>
              {t('accounts.openPage')}
            </Button>
            <Button onClick={() => void actions.cancelSignIn(signIn)}>{t('accounts.giveUp')}</Button>
          </div>
          <p className="note">{t('accounts.waitingForPage', { moment: momentText(progress.expiresAt) })}</p>
        </div>
      ) : undefined}
    </section>
  );
}

function MfaCard({ prompt: { promptId, profiles, serial, attempt, declined }, actions }: CardProps<'mfa'>) {
  const { t } = useTranslation();
  const [code, setCode] = useState('');
  const submit = useSubmit();
  const title = t('accounts.mfaTitle', { name: safeText(profiles[0] ?? '') });
  const handleSubmit = (event: FormEvent): void => {
    event.preventDefault();
    submit.run(
      () => actions.reply(promptId, { kind: 'mfa', code }).finally(() => setCode('')),
      () => undefined,
    );
  };
  return (
    <section className="account-prompt" aria-label={title} data-testid="account-prompt">
      <form onSubmit={handleSubmit}>
        <h3>{title}</h3>
        <p className="note">{t('accounts.mfaDevice', { serial: safeText(serial) })}</p>
        <UsedBy profiles={profiles} />
        {attempt > 1 ? <p role="alert">{t('accounts.mfaAgain', { attempt })}</p> : submit.error === undefined ? undefined : <ErrorNote error={submit.error} />}
        <div className="row-buttons">
          <input aria-label={t('accounts.mfaCode')} inputMode="numeric" autoComplete="one-time-code" pattern="\d{6}" maxLength={6} required size={8} className="mono" value={code} onChange={(event) => setCode(event.target.value.replace(/\D/g, ''))} />
          <Button type="submit" look="primary" disabled={submit.busy || code.length !== 6}>
            {t('accounts.mfaSend')}
          </Button>
          {declined ? undefined : <Button onClick={() => void actions.reply(promptId, { kind: 'decline' })}>{t('accounts.notNow')}</Button>}
        </div>
      </form>
    </section>
  );
}

function ConsentCard({ prompt: { promptId, profiles, command, changed, declined }, actions }: CardProps<'consent'>) {
  const { t } = useTranslation();
  const submit = useSubmit();
  const title = t('accounts.consentTitle');
  return (
    <section className="account-prompt" aria-label={title} data-testid="account-prompt">
      <h3>{title}</h3>
      <p>{t('accounts.consentText', { name: safeText(profiles[0] ?? '') })}</p>
      {changed ? <p role="alert">{t('accounts.consentChanged')}</p> : undefined}
      <pre className="paste-preview" tabIndex={0} aria-label={t('accounts.command')}>
        {safeLines(command)}
      </pre>
      {submit.error === undefined ? undefined : <ErrorNote error={submit.error} />}
      <div className="row-buttons">
        <Button
          disabled={submit.busy}
          onClick={() =>
            submit.run(
              () => actions.reply(promptId, { kind: 'agree' }),
              () => undefined,
            )
          }
        >
          {t('accounts.allow')}
        </Button>
        {declined ? undefined : (
          <Button look="primary" onClick={() => void actions.reply(promptId, { kind: 'decline' })}>
            {t('accounts.notNow')}
          </Button>
        )}
      </div>
    </section>
  );
}
