/** The bottom bar's word for accounts that wait for a person: one by its name, several by their number. */
import { useTranslation } from 'react-i18next';
import type { AccountPrompt } from '../../contract/account.ts';
import { listText } from '../i18n/locale.ts';
import { Icon } from '../ui/Icon.tsx';
import { safeText } from '../ui/safeText.ts';

export function AccountsItem({ prompts, onShow }: { readonly prompts: readonly AccountPrompt[]; readonly onShow: () => void }) {
  const { t } = useTranslation();
  const waiting = prompts.filter((prompt) => prompt.profiles.length > 0);
  const [first] = waiting;
  if (first === undefined) return undefined;
  const name = safeText(first.kind === 'sign-in' ? first.signIn : (first.profiles[0] ?? ''));
  const words = { 'sign-in': t('accounts.needSignIn', { name }), 'mfa': t('accounts.needMfa', { name }), 'consent': t('accounts.needConsent', { name }) };
  return (
    <button type="button" className="status-item soon" data-testid="accounts-item" title={listText(waiting.flatMap(({ profiles }) => profiles.map(safeText)))} onClick={onShow}>
      <Icon name="key" /> {waiting.length === 1 ? words[first.kind] : t('accounts.needMany', { count: waiting.length })}
    </button>
  );
}
