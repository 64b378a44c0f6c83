/** A host of ~/.ssh/config: where it leads, and all that OpenSSH's files say about it. */
import { useTranslation } from 'react-i18next';
import { configHostName } from '../../contract/sshConfig.ts';
import type { Actions } from '../state/actions.ts';
import type { Mirror } from '../state/mirror.ts';
import { Button } from '../ui/Button.tsx';
import { Copyable } from '../ui/Copyable.tsx';
import { FoldSection } from '../ui/FoldSection.tsx';
import { safeText } from '../ui/safeText.ts';
import { SshConfigFacts, useResolvedConfig, type ReadConfig } from './SshConfigFacts.tsx';

/** Its name among the folded sections. */
const SECTION = 'SSH configuration';

/** What both forms of the panel take of the window. */
export function configPanelProps({ settings: { foldedSections }, configHosts }: Pick<Mirror, 'settings' | 'configHosts'>, linkGeneration: number, actions: Pick<Actions, 'resolveConfig' | 'changeSettings'>) {
  return {
    files: configHosts,
    linkGeneration,
    folded: foldedSections.includes(SECTION),
    onRead: actions.resolveConfig,
    onFold: (folded: boolean) => void actions.changeSettings({ foldedSections: folded ? [...foldedSections, SECTION] : foldedSections.filter((one) => one !== SECTION) }),
  };
}

export interface ConfigHostPanelProps {
  readonly hostId: string;
  /** Another value when the files changed; the answer is asked for again then, and over a new link. */
  readonly files: unknown;
  readonly linkGeneration: number;
  readonly folded: boolean;
  readonly onRead: ReadConfig;
  readonly onFold: (folded: boolean) => void;
  readonly onOpen: () => void;
}

export function ConfigHostPanel({ hostId, files, linkGeneration, folded, onRead, onFold, onOpen }: ConfigHostPanelProps) {
  const { t } = useTranslation();
  const state = useResolvedConfig(onRead, hostId, files, linkGeneration);
  const name = configHostName(hostId) ?? hostId;
  const config = state.name === 'read' ? state.config : undefined;
  return (
    <article className="host-panel" aria-label={safeText(name)} data-instance-id={hostId}>
      <header className="host-header">
        <h2>
          <Copyable value={name} label={t('sshConfig.copyName')} />
        </h2>
        <p className="note">
          {t('sshConfig.from')}
          {config === undefined ? undefined : <span className="block">{t('sshConfig.goesTo', { user: safeText(config.user), hostName: safeText(config.hostName), port: config.port })}</span>}
        </p>
        <div className="row-buttons">
          <Button look="primary" onClick={onOpen}>
            {t('sshConfig.open')}
          </Button>
        </div>
      </header>
      <FoldSection title={t('sshConfig.section')} note={undefined} folded={folded} onFold={onFold}>
        <SshConfigFacts state={state} />
      </FoldSection>
    </article>
  );
}

export interface InstanceConfigSectionProps extends Omit<ConfigHostPanelProps, 'onOpen'> {}

/** In the panel of an instance that the configuration names; nothing for any other. */
export function InstanceConfigSection({ hostId, files, linkGeneration, folded, onRead, onFold }: InstanceConfigSectionProps) {
  const { t } = useTranslation();
  const state = useResolvedConfig(onRead, hostId, files, linkGeneration);
  if (state.name !== 'read' || state.config === undefined) return undefined;
  return (
    <FoldSection title={t('sshConfig.section')} note={t('sshConfig.from')} folded={folded} onFold={onFold}>
      <SshConfigFacts state={state} />
    </FoldSection>
  );
}
