/**
 * What is more than a simple value, as sections of the settings view: a new one is a line here, its component in the folder of its
 * own part, and its title in `settings.sections` of both languages.
 */
import { AccountsSection } from './AccountsSection.tsx';
import { FileSection } from './FileSection.tsx';
import { NotificationsSection } from '../notifications/NotificationsSection.tsx';
import { SnippetsSection } from '../snippets/SnippetsSection.tsx';
import { RecordingRulesSection } from '../recording/RecordingRulesSection.tsx';
import { OsUsersSection } from './OsUsersSection.tsx';
import { ClipboardHostsSection } from '../terminal/ClipboardHostsSection.tsx';
import { ThemesSection } from '../terminal/themes/ThemesSection.tsx';
import { ShortcutsSection } from './ShortcutsSection.tsx';
import type { SettingSection } from './settingSection.ts';
import { shortcutTexts } from './useActionName.ts';
import { WeakAlgorithmsSection } from './WeakAlgorithmsSection.tsx';

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
