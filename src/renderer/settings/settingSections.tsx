/**
 * What is more than a simple value, as sections of the settings view: a new one is a line here, its component in the folder of its
 * own part, and its title in `settings.sections` of both languages.
 */
import type { ComponentType } from 'react';
import type { SettingsFile } from '../../contract/settingsFile.ts';
import type { en } from '../i18n/en.ts';
import type { Actions } from '../state/actions.ts';
import type { Mirror } from '../state/mirror.ts';
import { FileSection } from './FileSection.tsx';
import { NotificationsSection } from '../notifications/NotificationsSection.tsx';
import { SnippetsSection } from '../snippets/SnippetsSection.tsx';
import { RecordingRulesSection } from '../recording/RecordingRulesSection.tsx';
import { OsUsersSection } from './OsUsersSection.tsx';
import { ClipboardHostsSection } from '../terminal/ClipboardHostsSection.tsx';
import { ThemesSection } from '../terminal/themes/ThemesSection.tsx';
import { ShortcutsSection } from './ShortcutsSection.tsx';
import type { SettingCategory } from './settingFields.ts';

export interface SettingSectionProps {
  readonly mirror: Mirror;
  readonly actions: Actions;
  readonly platform: string;
  /** What is searched for, in lower case; empty: nothing. */
  readonly query: string;
  /** Undefined until it was read. */
  readonly file: SettingsFile | undefined;
}

export interface SettingSection {
  readonly id: keyof (typeof en.settings)['sections'];
  readonly category: SettingCategory;
  readonly Section: ComponentType<SettingSectionProps>;
  /** Shown whatever is searched for: it searches itself, and shows nothing when it has nothing. */
  readonly searchesItself?: boolean;
}

export const settingSections: readonly SettingSection[] = [
  { id: 'terminalThemes', category: 'terminal', Section: ThemesSection },
  { id: 'clipboardHosts', category: 'safety', Section: ClipboardHostsSection },
  { id: 'recordingRules', category: 'recording', Section: RecordingRulesSection },
  { id: 'osUsers', category: 'connections', Section: OsUsersSection },
  { id: 'snippets', category: 'snippets', Section: SnippetsSection },
  { id: 'systemNotifications', category: 'notifications', Section: NotificationsSection },
  { id: 'shortcuts', category: 'shortcuts', Section: ShortcutsSection, searchesItself: true },
  { id: 'file', category: 'file', Section: FileSection },
];
