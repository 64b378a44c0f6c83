/** Accounts: what waits for the person, sign-ins, profiles by kind, and how each account is shown. */
import { useTranslation } from 'react-i18next';
import { accountColours, type AccountMark, type AccountProfile, type AccountPrompt, type Accounts } from '../../contract/account.ts';
import type { ScopeStatus } from '../../contract/scope.ts';
import type { Settings } from '../../contract/settings.ts';
import { listText } from '../i18n/locale.ts';
import type { AccountActions } from '../state/accountActions.ts';
import { markStyle } from '../state/accountMark.ts';
import { knownRegions, regionName } from '../state/regionName.ts';
import { Button } from '../ui/Button.tsx';
import { Dialog } from '../ui/Dialog.tsx';
import { safeText } from '../ui/safeText.ts';
import { AccountPromptCard } from './AccountPromptCard.tsx';
import { SignInsSection } from './SignInsSection.tsx';

export interface AccountsDialogProps {
  readonly accounts: Accounts;
  readonly prompts: readonly AccountPrompt[];
  readonly scopes: readonly ScopeStatus[];
  readonly marks: Settings['accounts'];
  readonly actions: AccountActions;
  readonly onMarks: (marks: Settings['accounts']) => void;
  readonly onClose: () => void;
}

export function AccountsDialog({ accounts, prompts, scopes, marks, actions, onMarks, onClose }: AccountsDialogProps) {
  const { t } = useTranslation();
  const accountOf = new Map(scopes.flatMap(({ scope: { profile, accountId } }) => (accountId === undefined ? [] : [[profile, accountId] as const])));
  const accountIds = [...new Set([...accounts.profiles.flatMap(({ profile, accountId }) => accountOf.get(profile) ?? accountId ?? []), ...accountOf.values(), ...Object.keys(marks)])].toSorted();
  return (
    <Dialog title={t('accounts.title')} wide onClose={onClose} footer={<Button onClick={onClose}>{t('common.close')}</Button>}>
      {prompts.length === 0 ? undefined : (
        <section aria-label={t('accounts.waitingTitle')}>
          {prompts.map((prompt) => (
            <AccountPromptCard key={prompt.promptId} prompt={prompt} actions={actions} />
          ))}
        </section>
      )}
      <SignInsSection accounts={accounts} prompts={prompts} actions={actions} />
      <section aria-label={t('accounts.profiles')}>
        <h3>{t('accounts.profiles')}</h3>
        {accounts.profiles.length === 0 ? <p className="note">{t('accounts.noProfiles')}</p> : <ProfilesTable profiles={accounts.profiles} accountOf={accountOf} actions={actions} />}
      </section>
      <section aria-label={t('accounts.looks')}>
        <h3>{t('accounts.looks')}</h3>
        <p className="note">{accountIds.length === 0 ? t('accounts.noAccounts') : t('accounts.looksHint')}</p>
        {accountIds.map((accountId) => (
          <MarkRow
            key={accountId}
            accountId={accountId}
            profiles={[...accountOf].flatMap(([profile, id]) => (id === accountId ? [profile] : []))}
            mark={marks[accountId] ?? {}}
            onChange={(mark) => onMarks({ ...marks, [accountId]: mark })}
          />
        ))}
      </section>
      <datalist id="known-regions">
        {knownRegions.map((region) => (
          <option key={region} value={region} label={regionName(region)} />
        ))}
      </datalist>
    </Dialog>
  );
}

function ProfilesTable({ profiles, accountOf, actions }: { readonly profiles: readonly AccountProfile[]; readonly accountOf: ReadonlyMap<string, string>; readonly actions: AccountActions }) {
  const { t } = useTranslation();
  const kindText = ({ kind, source, signIn }: AccountProfile): string => {
    const from = source ?? signIn;
    const name = t(`accounts.kinds.${kind}`);
    return from === undefined ? name : t('accounts.via', { kind: name, source: safeText(from) });
  };
  return (
    <table className="accounts-table">
      <thead>
        <tr>
          <th scope="col">{t('accounts.profile')}</th>
          <th scope="col">{t('accounts.kind')}</th>
          <th scope="col">{t('accounts.account')}</th>
          <td />
        </tr>
      </thead>
      <tbody>
        {profiles.map((one) => (
          <tr key={one.profile} data-profile={one.profile}>
            <th scope="row">
              {safeText(one.profile)} {one.added ? <span className="note">{t('accounts.addedHere')}</span> : undefined}
            </th>
            <td>{kindText(one)}</td>
            <td>{accountIdText(accountOf.get(one.profile) ?? one.accountId) ?? <span className="note">{t('accounts.accountUnknown')}</span>}</td>
            <td>
              {one.added ? (
                <Button look="quiet" aria-label={t('accounts.removeName', { name: safeText(one.profile) })} onClick={() => void actions.remove(one.profile)}>
                  {t('accounts.remove')}
                </Button>
              ) : undefined}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function accountIdText(accountId: string | undefined) {
  return accountId === undefined ? undefined : <span className="mono">{accountId}</span>;
}

interface MarkRowProps {
  readonly accountId: string;
  readonly profiles: readonly string[];
  readonly mark: AccountMark;
  readonly onChange: (mark: AccountMark) => void;
}

function MarkRow({ accountId, profiles, mark, onChange }: MarkRowProps) {
  const { t } = useTranslation();
  const { colour: _colour, ...uncoloured } = mark;
  return (
    <div className="account-mark" style={markStyle(mark)} data-account={accountId}>
      <span className="account-swatch" aria-hidden="true" />
      <span>
        <span className="mono">{accountId}</span> <span className="note">{listText(profiles.map(safeText))}</span>
      </span>
      <select
        aria-label={t('accounts.colourOf', { account: accountId })}
        value={mark.colour ?? ''}
        onChange={(event) => {
          const colour = accountColours.find((one) => one === event.target.value);
          onChange(colour === undefined ? uncoloured : { ...mark, colour });
        }}
      >
        <option value="">{t('accounts.noColour')}</option>
        {accountColours.map((colour) => (
          <option key={colour} value={colour}>
            {t(`accounts.colours.${colour}`)}
          </option>
        ))}
      </select>
      <input aria-label={t('accounts.labelOf', { account: accountId })} placeholder={t('accounts.label')} maxLength={40} value={mark.label ?? ''} onChange={(event) => onChange({ ...mark, label: event.target.value })} />
      <label className="choice">
        <input type="checkbox" aria-label={t('accounts.productionOf', { account: accountId })} checked={mark.production === true} onChange={(event) => onChange({ ...mark, production: event.target.checked })} />
        <span>{t('accounts.production')}</span>
      </label>
    </div>
  );
}
