/** The snippets in the settings view. */
import { SettingsSection } from '../settings/SettingsSection.tsx';
import type { SettingSectionProps } from '../settings/settingSection.ts';
import { SnippetManager } from './SnippetManager.tsx';

export function SnippetsSection({ mirror, actions }: SettingSectionProps) {
  return (
    <SettingsSection id="snippets">
      <SnippetManager snippets={mirror.settings.snippets} onChange={(snippets) => void actions.changeSettings({ snippets })} />
    </SettingsSection>
  );
}
