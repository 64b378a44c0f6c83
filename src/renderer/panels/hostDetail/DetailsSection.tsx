/** What an instance is beyond what the list knows: its type, image, how it was bought, protection, the groups it works in. */
import { useTranslation } from 'react-i18next';
import type { DescribedInstance, ImageFacts, InstanceDetails, InstanceTypeFacts, LaunchTemplate } from '../../../contract/hostDetail.ts';
import type { Instance } from '../../../contract/instance.ts';
import { listText } from '../../i18n/locale.ts';
import { ageText, momentText } from '../../ui/age.ts';
import { Fact, Facts } from '../../ui/Facts.tsx';
import { safeText } from '../../ui/safeText.ts';
import { PartFact, PlainFact } from './PartFact.tsx';

export interface DetailsSectionProps {
  readonly instance: Instance;
  readonly details: InstanceDetails;
  readonly nowMs: number;
}

export function DetailsSection({ instance, details, nowMs }: DetailsSectionProps) {
  const { t } = useTranslation();
  const { described, type, image, protection, creditMode, autoScaling, targetGroups } = details;
  const template = (autoScaling.known ? autoScaling.value?.launchTemplate : undefined) ?? details.launchTemplate;
  return (
    <>
      <Facts>
        <PartFact name={t('hostDetail.type')} part={type}>
          {(facts) => <TypeFacts instanceType={instance.instanceType} facts={facts} />}
        </PartFact>
        <PartFact name={t('hostDetail.image')} part={image}>
          {(facts) => <ImageRows imageId={instance.imageId} facts={facts} nowMs={nowMs} />}
        </PartFact>
        <PartFact name={t('hostDetail.tenancy')} part={described}>
          {(facts) => (facts === undefined ? <PlainFact name={t('hostDetail.tenancy')}>{t('hostDetail.gone')}</PlainFact> : <DescribedFacts facts={facts} />)}
        </PartFact>
        <PartFact name={t('hostDetail.protection')} part={protection}>
          {({ termination, stop }) =>
            termination || stop ? (
              <Fact name={t('hostDetail.protection')} value={listText([termination ? t('hostDetail.terminationProtected') : '', stop ? t('hostDetail.stopProtected') : ''].filter((word) => word !== ''))} />
            ) : (
              <PlainFact name={t('hostDetail.protection')}>{t('hostDetail.none')}</PlainFact>
            )
          }
        </PartFact>
        <PartFact name={t('hostDetail.creditMode')} part={creditMode}>
          {(mode) => <Fact name={t('hostDetail.creditMode')} value={mode} />}
        </PartFact>
        <PartFact name={t('hostDetail.autoScaling')} part={autoScaling}>
          {(group) =>
            group === undefined ? (
              <PlainFact name={t('hostDetail.autoScaling')}>{t('hostDetail.none')}</PlainFact>
            ) : (
              <>
                <Fact name={t('hostDetail.autoScaling')} value={group.autoScalingGroupName} note={listText([group.lifecycleState, group.healthStatus, group.protectedFromScaleIn === true ? t('hostDetail.protectedFromScaleIn') : undefined].filter((word) => word !== undefined).map(safeText))} />
                <Fact name={t('hostDetail.launchConfiguration')} value={group.launchConfigurationName} />
              </>
            )
          }
        </PartFact>
        <TemplateFact template={template} />
        <PartFact name={t('hostDetail.targetGroup')} part={targetGroups}>
          {({ groups }) =>
            groups.length === 0 ? (
              <PlainFact name={t('hostDetail.targetGroup')}>{t('hostDetail.none')}</PlainFact>
            ) : (
              groups.map((group, index) => (
                <Fact
                  key={`${group.targetGroupArn} ${index}`}
                  name={t('hostDetail.targetGroup')}
                  value={group.targetGroupName}
                  note={
                    <>
                      {group.health === undefined ? undefined : <HealthWord health={group.health} />} {listText([group.protocol, group.port === undefined ? undefined : t('hostDetail.port', { port: group.port }), group.reason].filter((word) => word !== undefined).map(safeText))}
                    </>
                  }
                />
              ))
            )
          }
        </PartFact>
      </Facts>
      {targetGroups.known && targetGroups.value.notLookedAt > 0 ? <p className="note">{t('hostDetail.notLookedAt', { count: targetGroups.value.notLookedAt })}</p> : undefined}
    </>
  );
}

function TypeFacts({ instanceType, facts }: { readonly instanceType: string | undefined; readonly facts: InstanceTypeFacts | undefined }) {
  const { t } = useTranslation();
  if (facts === undefined) return <Fact name={t('hostDetail.type')} value={instanceType} />;
  const size = [facts.vCpus === undefined ? undefined : t('hostDetail.vCpus', { count: facts.vCpus }), facts.memoryMib === undefined ? undefined : t('hostDetail.memorySize', { size: trimmed(facts.memoryMib / 1024) }), facts.currentGeneration === false ? t('hostDetail.oldGeneration') : undefined];
  return (
    <>
      <Fact name={t('hostDetail.type')} value={facts.instanceType} note={listText(size.filter((word) => word !== undefined))} />
      <Fact name={t('hostDetail.clock')} value={facts.clockGhz === undefined ? undefined : `${trimmed(facts.clockGhz)} GHz`} />
      <Fact name={t('hostDetail.networkSpeed')} value={facts.networkPerformance} />
      <Fact name={t('hostDetail.hypervisor')} value={facts.bareMetal === true ? t('hostDetail.bareMetal') : facts.hypervisor} />
      {facts.gpus.map((gpu, index) => (
        <Fact key={`${gpu} ${index}`} name={t('hostDetail.gpu')} value={gpu} />
      ))}
    </>
  );
}

function ImageRows({ imageId, facts, nowMs }: { readonly imageId: string | undefined; readonly facts: ImageFacts | undefined; readonly nowMs: number }) {
  const { t } = useTranslation();
  if (facts === undefined) return <Fact name={t('hostDetail.image')} value={imageId} mono note={t('hostDetail.imageGone')} />;
  const { deprecationTime } = facts;
  const isDeprecated = deprecationTime !== undefined && Date.parse(deprecationTime) < nowMs;
  return (
    <>
      <Fact name={t('hostDetail.image')} value={facts.name ?? facts.imageId} note={facts.name === undefined ? undefined : safeText(facts.imageId)} />
      <Fact name={t('hostDetail.imageOwner')} value={facts.ownerAlias ?? facts.ownerId} note={facts.ownerAlias === undefined || facts.ownerId === undefined ? undefined : safeText(facts.ownerId)} />
      <Fact name={t('hostDetail.imageMade')} value={facts.creationDate === undefined ? undefined : momentText(facts.creationDate)} note={facts.creationDate === undefined ? undefined : ageText(facts.creationDate, nowMs)} />
      <Fact
        name={t('hostDetail.deprecation')}
        value={deprecationTime === undefined ? undefined : momentText(deprecationTime)}
        note={deprecationTime === undefined ? undefined : isDeprecated ? <span className="usable unknown">▲ {t('hostDetail.deprecated', { age: ageText(deprecationTime, nowMs) })}</span> : ageText(deprecationTime, nowMs)}
      />
    </>
  );
}

function DescribedFacts({ facts }: { readonly facts: DescribedInstance }) {
  const { t } = useTranslation();
  const threads = facts.threadsPerCore === undefined ? undefined : t('hostDetail.threads', { count: facts.threadsPerCore });
  const flag = (value: boolean | undefined, on: string, off: string): string | undefined => (value === undefined ? undefined : value ? on : off);
  return (
    <>
      <Fact name={t('hostDetail.tenancy')} value={facts.tenancy} />
      <Fact name={t('hostDetail.dedicatedHost')} value={facts.hostId} mono />
      <Fact name={t('hostDetail.placementGroup')} value={facts.placementGroup} />
      <Fact name={t('hostDetail.lifecycle')} value={facts.lifecycle ?? t('hostDetail.onDemand')} />
      <Fact name={t('hostDetail.cores')} value={facts.coreCount === undefined ? threads : String(facts.coreCount)} note={facts.coreCount === undefined ? undefined : threads} />
      <Fact name={t('hostDetail.bootMode')} value={facts.bootMode} />
      <Fact name={t('hostDetail.virtualization')} value={facts.virtualizationType} />
      <Fact name={t('hostDetail.monitoring')} value={flag(facts.detailedMonitoring, t('hostDetail.detailed'), t('hostDetail.basicMonitoring'))} />
      <Fact name={t('hostDetail.autoRecovery')} value={facts.autoRecovery} />
      <Fact name={t('hostDetail.hibernation')} value={flag(facts.hibernationConfigured, t('hostDetail.hibernationOn'), t('hostDetail.hibernationOff'))} />
      <Fact name={t('hostDetail.enclave')} value={facts.enclaveEnabled === true ? t('hostDetail.yes') : undefined} />
    </>
  );
}

function TemplateFact({ template }: { readonly template: LaunchTemplate | undefined }) {
  const { t } = useTranslation();
  if (template === undefined) return undefined;
  const { launchTemplateId, launchTemplateName, version } = template;
  const notes = [launchTemplateName === undefined || launchTemplateId === undefined ? undefined : safeText(launchTemplateId), version === undefined ? undefined : t('hostDetail.version', { version: safeText(version) })];
  return <Fact name={t('hostDetail.launchTemplate')} value={launchTemplateName ?? launchTemplateId} note={listText(notes.filter((word) => word !== undefined))} />;
}

/** A shape beside the word, so that colour is not needed. */
function HealthWord({ health }: { readonly health: string }) {
  const level = health === 'healthy' ? 'yes' : health.startsWith('unhealthy') ? 'no' : 'unknown';
  return (
    <span className={`usable ${level} wraps`}>
      <span aria-hidden="true">{{ yes: '●', no: '▲', unknown: '◐' }[level]}</span> {safeText(health)}
    </span>
  );
}

/** At most two digits behind the point. */
function trimmed(value: number): string {
  return String(Math.round(value * 100) / 100);
}
