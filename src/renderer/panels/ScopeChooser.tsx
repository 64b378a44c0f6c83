/** Which profiles are listed, and in which regions. */
import { useState, type FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { scopeKey, type Profile, type Scope } from '../../contract/scope.ts';
import { knownRegions, regionName } from '../state/regionName.ts';
import { Button } from '../ui/Button.tsx';
import { Dialog } from '../ui/Dialog.tsx';
import { safeText } from '../ui/safeText.ts';

export interface ScopeChooserProps {
  readonly profiles: readonly Profile[];
  readonly chosen: readonly Scope[];
  readonly onSelect: (scopes: readonly Scope[]) => void;
  /** Sign-ins and the accounts they give. */
  readonly onAccounts?: () => void;
  readonly onClose: () => void;
}

interface Choice {
  readonly profile: string;
  readonly regions: readonly string[];
}

/** Every profile with what is chosen for it; profiles that are chosen but gone stay, so that they can be taken away. */
function toChoices(profiles: readonly Profile[], chosen: readonly Scope[]): Choice[] {
  const names = new Set([...profiles.map(({ profile }) => profile), ...chosen.map(({ profile }) => profile)]);
  return [...names].map((profile) => ({ profile, regions: chosen.filter((scope) => scope.profile === profile).map(({ region }) => region) }));
}

export function ScopeChooser({ profiles, chosen, onSelect, onAccounts, onClose }: ScopeChooserProps) {
  const { t } = useTranslation();
  const [scopes, setScopes] = useState<readonly Scope[]>(chosen);
  const choices = toChoices(profiles, scopes);
  const handleSubmit = (event: FormEvent): void => {
    event.preventDefault();
    onSelect(scopes);
  };
  const toggle = (profile: string, region: string, on: boolean): void => {
    const others = scopes.filter((scope) => scopeKey(scope) !== scopeKey({ profile, region }));
    setScopes(on ? [...others, { profile, region }] : others);
  };
  return (
    <Dialog
      title={t('window.scopesTitle')}
      wide
      onClose={onClose}
      footer={
        <>
          {onAccounts === undefined ? undefined : <Button onClick={onAccounts}>{t('accounts.open')}</Button>}
          <Button onClick={onClose}>{t('common.cancel')}</Button>
          <Button type="submit" form="scope-form" look="primary">
            {t('window.listScopes', { count: scopes.length })}
          </Button>
        </>
      }
    >
      <form id="scope-form" onSubmit={handleSubmit} className="stack">
        {choices.length === 0 ? <p>{t('window.noProfiles')}</p> : undefined}
        {choices.map(({ profile, regions }) => (
          <ProfileRegions key={profile} profile={profile} home={profiles.find((one) => one.profile === profile)?.region} regions={regions} onToggle={toggle} />
        ))}
        <datalist id="known-regions">
          {knownRegions.map((region) => (
            <option key={region} value={region} label={regionName(region)} />
          ))}
        </datalist>
      </form>
    </Dialog>
  );
}

interface ProfileRegionsProps {
  readonly profile: string;
  /** The region its section of the config names. */
  readonly home: string | undefined;
  readonly regions: readonly string[];
  readonly onToggle: (profile: string, region: string, on: boolean) => void;
}

function ProfileRegions({ profile, home, regions, onToggle }: ProfileRegionsProps) {
  const { t } = useTranslation();
  const [added, setAdded] = useState('');
  const shown = [...new Set([...(home === undefined ? [] : [home]), ...regions])];
  const add = (): void => {
    const region = added.trim().toLowerCase();
    if (!/^[a-z]{2}(-[a-z]+)+-\d+$/.test(region)) return;
    onToggle(profile, region, true);
    setAdded('');
  };
  return (
    <fieldset>
      <legend>{safeText(profile)}</legend>
      <div className="regions">
        {shown.map((region) => (
          <label key={region} className="choice">
            <input type="checkbox" checked={regions.includes(region)} onChange={(event) => onToggle(profile, region, event.target.checked)} />
            <span>
              {safeText(region)} <span className="note">{regionName(region)}</span>
            </span>
          </label>
        ))}
        <span className="add-region">
          <input
            list="known-regions"
            aria-label={t('window.addRegionFor', { profile: safeText(profile) })}
            placeholder={t('window.addRegion')}
            value={added}
            onChange={(event) => setAdded(event.target.value)}
            onKeyDown={(event) => {
              if (event.key !== 'Enter') return;
              event.preventDefault();
              add();
            }}
          />
          <Button look="quiet" onClick={add}>
            {t('window.add')}
          </Button>
        </span>
      </div>
    </fieldset>
  );
}
