/**
 * What is more than a simple value, as sections of the settings view: a new one is a line here, its component in the folder of its
 * own part, and its title in `settings.sections` of both languages.
 */
import type { TFunction } from 'i18next';
import type { ComponentType } from 'react';
import type { Settings } from '../../contract/settings.ts';
import type { SettingsFile } from '../../contract/settingsFile.ts';
import type { en } from '../i18n/en.ts';
import type { Actions } from '../state/actions.ts';
import type { Mirror } from '../state/mirror.ts';
import type { OpenDialog } from '../state/windowState.ts';
import { AccountsSection } from './AccountsSection.tsx';
import { FileSection } from './FileSection.tsx';
import { NotificationsSection } from '../notifications/NotificationsSection.tsx';
import { SnippetsSection } from '../snippets/SnippetsSection.tsx';
import { RecordingRulesSection } from '../recording/RecordingRulesSection.tsx';
import { OsUsersSection } from './OsUsersSection.tsx';
import { ClipboardHostsSection } from '../terminal/ClipboardHostsSection.tsx';
import { ThemesSection } from '../terminal/themes/ThemesSection.tsx';
import { ShortcutsSection } from './ShortcutsSection.tsx';
import type { SettingCategory } from './settingFields.ts';
import { shortcutTexts } from './useActionName.ts';
import { WeakAlgorithmsSection } from './WeakAlgorithmsSection.tsx';

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

export const settingSections: readonly SettingSection[] = [
  { id: 'terminalThemes', category: 'terminal', Section: ThemesSection },
  { id: 'weakAlgorithms', category: 'safety', Section: WeakAlgorithmsSection },
  { id: 'clipboardHosts', category: 'safety', Section: ClipboardHostsSection },
  { id: 'recordingRules', category: 'recording', Section: RecordingRulesSection },
  { id: 'accounts', category: 'connections', Section: AccountsSection },
  { id: 'osUsers', category: 'connections', Section: OsUsersSection },
  { id: 'snippets', category: 'snippets', Section: SnippetsSection },
  { id: 'systemNotifications', category: 'notifications', Section: NotificationsSection },
  { id: 'shortcuts', category: 'shortcuts', Section: ShortcutsSection, texts: shortcutTexts },
  { id: 'file', category: 'file', Section: FileSection },
];
