/** Every action with the keys that start it: new ones are chosen by pressing them, and none can take a key from the shell. */
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { chordText, type Chord } from '../../contract/chord.ts';
import { boundKeys, keysOf, keysText, shortcutActions, type ActionName } from '../state/shortcuts.ts';
import { Button } from '../ui/Button.tsx';
import { safeText } from '../ui/safeText.ts';
import { KeyCapture } from './KeyCapture.tsx';
import { SettingsSection } from './SettingsSection.tsx';
import type { SettingSectionProps } from './settingSection.ts';
import { useActionName } from './useActionName.ts';

const groups = ['window', 'tabs', 'panes', 'terminal'] as const;

export function ShortcutsSection({ mirror, actions, platform, query }: SettingSectionProps) {
  const { t } = useTranslation();
  const nameOf = useActionName();
  const [choosing, setChoosing] = useState<ActionName>();
  const { shortcuts } = mirror.settings;
  const bound = boundKeys(platform, shortcuts);
  const terms = query.split(/\s+/);
  const known = new Set<string>(shortcutActions.map(({ name }) => name));
  const shown = shortcutActions.filter(({ name }) => {
    const texts = [nameOf(name), t('settings.sections.shortcuts.title'), ...keysOf(name, platform, shortcuts).map((chord) => keysText(chord, platform))].map((text) => text.toLowerCase());
    return terms.every((term) => texts.some((text) => text.includes(term)));
  });
  const unknown = query === '' ? Object.keys(shortcuts).filter((name) => !known.has(name)) : [];
  // The whole section was searched for by words of its hint, or by words of different rows.
  const listed = shown.length === 0 ? shortcutActions : shown;

  /** The keys an action has besides one, and those it now gets. */
  const give = (name: ActionName, chord: Chord): void => {
    const text = chordText(chord);
    const owner = bound.get(text);
    const loses = owner === undefined || owner === name ? [] : [{ path: ['shortcuts', owner], value: keysOf(owner, platform, shortcuts).map(chordText).filter((one) => one !== text) }];
    void actions.sendSettings([...loses, { path: ['shortcuts', name], value: [text] }]);
    setChoosing(undefined);
  };

  return (
    <SettingsSection id="shortcuts">
      {groups.map((group) => {
        const rows = listed.filter((action) => action.group === group);
        return rows.length === 0 ? undefined : (
          <div key={group} className="shortcut-group">
            <h4>{t(`shortcuts.groups.${group}`)}</h4>
            <ul className="setting-list">
              {rows.map(({ name }) => (
                <li key={name} className={shortcuts[name] === undefined ? 'shortcut-row' : 'shortcut-row differs'} data-action={name}>
                  <span className="shortcut-name">{nameOf(name)}</span>
                  <span className="shortcut-keys">
                    {choosing === name ? (
                      <KeyCapture name={name} platform={platform} bound={bound} onChoose={(chord) => give(name, chord)} onCancel={() => setChoosing(undefined)} />
                    ) : (
                      <KeyList name={name} chords={keysOf(name, platform, shortcuts)} bound={bound} platform={platform} />
                    )}
                  </span>
                  <span className="shortcut-buttons">
                    <Button look="quiet" aria-label={t('shortcuts.changeOf', { name: nameOf(name) })} onClick={() => setChoosing(name)}>
                      {t('shortcuts.change')}
                    </Button>
                    {keysOf(name, platform, shortcuts).length === 0 ? undefined : (
                      <Button look="quiet" aria-label={t('shortcuts.clearOf', { name: nameOf(name) })} onClick={() => void actions.sendSettings([{ path: ['shortcuts', name], value: [] }])}>
                        {t('shortcuts.clear')}
                      </Button>
                    )}
                    {shortcuts[name] === undefined ? undefined : (
                      <Button look="quiet" aria-label={t('shortcuts.resetOf', { name: nameOf(name) })} onClick={() => void actions.sendSettings([{ path: ['shortcuts', name] }])}>
                        {t('settings.reset')}
                      </Button>
                    )}
                  </span>
                </li>
              ))}
            </ul>
          </div>
        );
      })}
      {unknown.length === 0 ? undefined : <p className="setting-problem">{t('shortcuts.unknown', { names: safeText(unknown.join(', ')) })}</p>}
      {Object.keys(shortcuts).length === 0 ? undefined : (
        <div className="row-buttons">
          <Button onClick={() => void actions.sendSettings([{ path: ['shortcuts'] }])}>{t('shortcuts.resetAll')}</Button>
        </div>
      )}
    </SettingsSection>
  );
}

interface KeyListProps {
  readonly name: ActionName;
  readonly chords: readonly Chord[];
  readonly bound: ReadonlyMap<string, ActionName>;
  readonly platform: string;
}

/** Keys that another action has got are crossed out, and it is named. */
function KeyList({ name, chords, bound, platform }: KeyListProps) {
  const { t } = useTranslation();
  const nameOf = useActionName();
  if (chords.length === 0) return <span className="note">{t('shortcuts.none')}</span>;
  return chords.map((chord) => {
    const owner = bound.get(chordText(chord));
    return owner === name || owner === undefined ? (
      <kbd key={chordText(chord)}>{keysText(chord, platform)}</kbd>
    ) : (
      <span key={chordText(chord)}>
        <kbd className="taken">{keysText(chord, platform)}</kbd> <span className="setting-problem">{t('shortcuts.takenBy', { name: nameOf(owner) })}</span>
      </span>
    );
  });
}
