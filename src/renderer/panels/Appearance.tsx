/** Theme and terminal font. */
import { useState } from 'react';
import type { Settings } from '../../contract/settings.ts';
import { Button } from '../ui/Button.tsx';
import { Dialog } from '../ui/Dialog.tsx';

export interface AppearanceProps {
  readonly settings: Settings;
  readonly onChange: (change: Partial<Settings>) => void;
  readonly onClose: () => void;
}

const themes: readonly { readonly theme: Settings['theme']; readonly label: string }[] = [
  { theme: 'system', label: 'As the system' },
  { theme: 'light', label: 'Light' },
  { theme: 'dark', label: 'Dark' },
  { theme: 'high-contrast', label: 'High contrast' },
];

export const FONT_SIZE_MIN = 6;
export const FONT_SIZE_MAX = 40;

/** Into the range the settings allow. */
export function clampFontSize(fontSize: number): number {
  return Math.min(FONT_SIZE_MAX, Math.max(FONT_SIZE_MIN, fontSize));
}

export function Appearance({ settings, onChange, onClose }: AppearanceProps) {
  const { terminal } = settings;
  // Kept here while it is typed: half a name is no font, and each change is told to every window.
  const [fontFamily, setFontFamily] = useState(terminal.fontFamily);
  return (
    <Dialog title="Appearance" onClose={onClose} footer={<Button onClick={onClose}>Close</Button>}>
      <div className="stack">
        <fieldset>
          <legend>Theme</legend>
          {themes.map(({ theme, label }) => (
            <label key={theme} className="choice">
              <input type="radio" name="theme" data-autofocus={settings.theme === theme ? true : undefined} checked={settings.theme === theme} onChange={() => onChange({ theme })} />
              <span>{label}</span>
            </label>
          ))}
        </fieldset>
        <label className="field">
          Terminal font
          <input value={fontFamily} spellCheck={false} onChange={(event) => setFontFamily(event.target.value)} onBlur={() => onChange({ terminal: { ...terminal, fontFamily } })} />
        </label>
        <label className="field">
          Terminal font size, pixels
          <input
            type="number"
            min={FONT_SIZE_MIN}
            max={FONT_SIZE_MAX}
            value={terminal.fontSize}
            onChange={(event) => {
              const fontSize = event.target.valueAsNumber;
              if (fontSize >= FONT_SIZE_MIN && fontSize <= FONT_SIZE_MAX) onChange({ terminal: { ...terminal, fontSize } });
            }}
          />
        </label>
      </div>
    </Dialog>
  );
}
