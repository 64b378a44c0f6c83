/** How SSH treats one host: who signs in, which of its keys are trusted and on whose word, and what is allowed to it alone. */
import { useState, type FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import type { Instance } from '../../contract/instance.ts';
import type { HostKey } from '../../contract/key.ts';
import { guessOsUser, osUserOf } from '../../contract/osUser.ts';
import { scopeKey } from '../../contract/scope.ts';
import type { Settings } from '../../contract/settings.ts';
import { OS_USER_PATTERN } from '../state/osUserPattern.ts';
import { momentText } from '../ui/age.ts';
import { Button } from '../ui/Button.tsx';
import { Fact, Facts } from '../ui/Facts.tsx';
import { safeText } from '../ui/safeText.ts';
import { useVoucherText } from './KnownHosts.tsx';

export interface HostSshProps {
  readonly instance: Instance;
  readonly settings: Pick<Settings, 'osUsers' | 'weakAlgorithmHosts'>;
  readonly hostKeys: readonly HostKey[];
  readonly onChange: (change: Partial<Settings>) => void;
}

export function HostSsh({ instance, settings, hostKeys, onChange }: HostSshProps) {
  const { t } = useTranslation();
  const voucherText = useVoucherText();
  const place = { scopeKey: scopeKey(instance.scope), instanceId: instance.instanceId };
  const isThis = (host: { readonly scopeKey: string; readonly instanceId: string }): boolean => host.instanceId === place.instanceId && host.scopeKey === place.scopeKey;
  const known = hostKeys.filter(isThis);
  const allowsWeak = settings.weakAlgorithmHosts.some(isThis);
  return (
    <>
      <OsUserField key={`${instance.instanceId} ${osUserOf(instance, settings.osUsers)}`} instance={instance} rules={settings.osUsers} onChange={(osUsers) => onChange({ osUsers })} />
      {known.length === 0 ? (
        <p className="note">{t('hostSsh.noKey')}</p>
      ) : (
        <Facts>
          {known.map((hostKey) => (
            <Fact key={hostKey.keyType} name={t('hostSsh.hostKey')} value={hostKey.fingerprint} mono note={t('hostSsh.keyNote', { keyType: hostKey.keyType, voucher: voucherText(hostKey), since: momentText(hostKey.firstSeen) })} />
          ))}
        </Facts>
      )}
      <label className="choice">
        <input type="checkbox" checked={allowsWeak} onChange={() => onChange({ weakAlgorithmHosts: [...settings.weakAlgorithmHosts.filter((host) => !isThis(host)), ...(allowsWeak ? [] : [place])] })} />
        <span>{t('hostSsh.allowWeak')}</span>
      </label>
      {allowsWeak ? (
        <p className="weak-note" role="note">
          {t('hostSsh.weakAllowed')}
        </p>
      ) : undefined}
    </>
  );
}

interface OsUserFieldProps {
  readonly instance: Instance;
  readonly rules: Settings['osUsers'];
  readonly onChange: (rules: Settings['osUsers']) => void;
}

/** Set for this host alone; left empty, what the other rules or the image say. */
function OsUserField({ instance, rules, onChange }: OsUserFieldProps) {
  const { t } = useTranslation();
  const others = rules.filter((rule) => rule.instanceId !== instance.instanceId || rule.name !== undefined || rule.tag !== undefined);
  const own = others.length === rules.length ? undefined : osUserOf(instance, rules);
  const usual = osUserOf(instance, others);
  const [value, setValue] = useState(own ?? '');
  const save = (event: FormEvent): void => {
    event.preventDefault();
    const osUser = value.trim();
    onChange(osUser === '' ? others : [{ osUser, instanceId: instance.instanceId }, ...others]);
  };
  return (
    <form className="os-user" onSubmit={save}>
      <label className="field">
        {t('hostSsh.osUser')}
        <input value={value} placeholder={safeText(usual)} pattern={OS_USER_PATTERN} title={t('hostSsh.osUserTitle')} spellCheck={false} autoComplete="off" onChange={(event) => setValue(event.target.value)} />
      </label>
      <Button type="submit" disabled={value.trim() === (own ?? '')}>
        {t('hostSsh.save')}
      </Button>
      <p className="note">{own !== undefined ? t('hostSsh.ownUser') : usual === guessOsUser(instance) ? t('hostSsh.guessed', { osUser: usual }) : t('hostSsh.byRule', { osUser: usual })}</p>
    </form>
  );
}
