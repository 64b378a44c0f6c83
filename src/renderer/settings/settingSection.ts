/** What a section of the settings view is and is given. */
import type { TFunction } from 'i18next';
import type { ComponentType } from 'react';
import type { Settings } from '../../contract/settings.ts';
import type { SettingsFile } from '../../contract/settingsFile.ts';
import type { en } from '../i18n/en.ts';
import type { Actions } from '../state/actions.ts';
import type { Mirror } from '../state/mirror.ts';
import type { OpenDialog } from '../state/windowState.ts';
import type { SettingCategory } from './settingFields.ts';

export interface SettingSectionProps {
  readonly mirror: Mirror;
  readonly actions: Actions;
  readonly platform: string;
  /** What is searched for, in lower case; empty: nothing. */
  readonly query: string;
  /** Undefined until it was read. */
  readonly file: SettingsFile | undefined;
  readonly onShow: (dialog: OpenDialog) => void;
}

export interface SettingSection {
  readonly id: keyof (typeof en.settings)['sections'];
  readonly category: SettingCategory;
  readonly Section: ComponentType<SettingSectionProps>;
  /** What it is found by besides its title and hint; it then shows what of it matches. */
  readonly texts?: (t: TFunction, settings: Settings, platform: string) => readonly string[];
}
