/** The host panel's sections of what can be changed: protections, and what Windows needs. */
import { useTranslation } from 'react-i18next';
import { isWindows, type Instance } from '../../../contract/instance.ts';
import type { KeyPair } from '../../../contract/key.ts';
import type { HostActionCalls } from '../../state/hostActionCalls.ts';
import { FoldSection } from '../../ui/FoldSection.tsx';
import { isEc2 } from './actionRules.ts';
import { ProtectionSection } from './ProtectionSection.tsx';
import { WindowsSection } from './WindowsSection.tsx';

export interface HostActionSectionsProps {
  readonly instance: Instance;
  readonly keys: readonly KeyPair[];
  readonly calls: HostActionCalls;
  readonly foldedSections: readonly string[];
  readonly onFold: (section: string, folded: boolean) => void;
}

export function HostActionSections({ instance, keys, calls, foldedSections, onFold }: HostActionSectionsProps) {
  const { t } = useTranslation();
  const { instanceId } = instance;
  // Opened by the person: reading it costs calls. The name that is kept is the same in every language.
  if (!isEc2(instanceId)) return undefined;
  const opened = foldedSections.includes('Protection shown');
  return (
    <>
      {isWindows(instance) ? (
        <FoldSection title={t('hostActions.windows')} folded={foldedSections.includes('Windows')} onFold={(folded) => onFold('Windows', folded)}>
          <WindowsSection key={instanceId} instance={instance} keys={keys} calls={calls} />
        </FoldSection>
      ) : undefined}
      {instance.state === 'terminated' ? undefined : (
        <FoldSection title={t('hostActions.protection')} folded={!opened} onFold={(folded) => onFold('Protection shown', !folded)}>
          <ProtectionSection key={instanceId} instanceId={instanceId} calls={calls} />
        </FoldSection>
      )}
    </>
  );
}
