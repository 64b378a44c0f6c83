/** What stands between a person and a shell on an instance: its role and Session Manager, keys, Instance Connect, metadata, serial console. */
import { Fragment } from 'react';
import { useTranslation } from 'react-i18next';
import type { InstanceAccess, MetadataOptions, SessionManagerVerdict } from '../../../contract/hostDetail.ts';
import type { Instance } from '../../../contract/instance.ts';
import type { KeyPair } from '../../../contract/key.ts';
import { scopeKey, type DeniedPermission } from '../../../contract/scope.ts';
import { listText } from '../../i18n/locale.ts';
import { Fact, Facts } from '../../ui/Facts.tsx';
import { safeText } from '../../ui/safeText.ts';
import { DeniedNote } from '../DeniedNote.tsx';
import { instanceConnectAgent } from './instanceConnectAgent.ts';
import { PartFact, PlainFact } from './PartFact.tsx';

const READ_KEY_PAIRS = 'ec2:DescribeKeyPairs';

export interface AccessSectionProps {
  readonly instance: Instance;
  readonly access: InstanceAccess;
  readonly keys: readonly KeyPair[];
  /** Names of the key pairs EC2 tells of in the instance's account and region; undefined: not read. */
  readonly ec2KeyNames: readonly string[] | undefined;
  /** What the account's policy hides. */
  readonly denied?: readonly DeniedPermission[] | undefined;
}

export function AccessSection({ instance, access, keys, ec2KeyNames, denied = [] }: AccessSectionProps) {
  const { t } = useTranslation();
  const agent = instanceConnectAgent(instance, access.image.known ? access.image.value : undefined);
  return (
    <>
      <VerdictView verdict={access.sessionManager} unseen={instance.ssmKnown && instance.ssm === undefined} />
      <Facts>
        {instance.iamInstanceProfileArn === undefined ? <PlainFact name={t('hostDetail.instanceProfile')}>{t('hostDetail.none')}</PlainFact> : <Fact name={t('hostDetail.instanceProfile')} value={instance.iamInstanceProfileArn} mono />}
        <PartFact name={t('hostDetail.role')} part={access.roles}>
          {(roles) =>
            (roles ?? []).map((role) => (
              <Fragment key={role.roleArn}>
                <Fact name={t('hostDetail.role')} value={role.roleArn} mono />
                <Fact name={t('hostDetail.boundary')} value={role.permissionsBoundaryArn} mono />
              </Fragment>
            ))
          }
        </PartFact>
        {/* Without the role nothing is known of its policies, and the line above says why. */}
        {access.roles.known && access.roles.value !== undefined ? (
          <PartFact name={t('hostDetail.policy')} part={access.policies}>
            {(policies) => (policies.length === 0 ? <PlainFact name={t('hostDetail.policy')}>{t('hostDetail.noPolicies')}</PlainFact> : policies.map((policy) => <Fact key={policy.policyArn} name={t('hostDetail.policy')} value={policy.policyName} />))}
          </PartFact>
        ) : undefined}
        {access.roles.known && !access.simulation.known ? <PartFact name="IAM" part={access.simulation}>{() => undefined}</PartFact> : undefined}
        <PartFact name={t('hostDetail.hostManagement')} part={access.defaultHostManagement}>
          {(role) => (role === undefined ? <PlainFact name={t('hostDetail.hostManagement')}>{t('hostDetail.off')}</PlainFact> : <Fact name={t('hostDetail.hostManagement')} value={role} />)}
        </PartFact>
        <KeyFacts instance={instance} keys={keys} ec2KeyNames={ec2KeyNames} denied={denied} />
        <div className="fact">
          <dt>{t('hostDetail.instanceConnect')}</dt>
          <dd>
            <LevelWord level={agent.there} word={t(`hostDetail.${agent.there}`)} /> <span className="note">{t(`hostDetail.connect.${agent.because}`, { image: safeText(agent.from ?? '') })}</span>
          </dd>
        </div>
        {access.image.known || agent.because !== 'unknown' ? undefined : <PartFact name={t('hostDetail.image')} part={access.image}>{() => undefined}</PartFact>}
        <PartFact name={t('hostDetail.imds')} part={access.metadataOptions}>
          {(options) => <MetadataFacts options={options} />}
        </PartFact>
        <PartFact name={t('hostDetail.serialConsole')} part={access.serialConsole}>
          {(enabled) => <PlainFact name={t('hostDetail.serialConsole')}>{t(enabled ? 'hostDetail.serialOn' : 'hostDetail.serialOff')}</PlainFact>}
        </PartFact>
      </Facts>
      {instance.keyName === undefined ? undefined : <DeniedNote denied={denied} permissions={[READ_KEY_PAIRS]} />}
    </>
  );
}

function VerdictView({ verdict, unseen }: { readonly verdict: SessionManagerVerdict; readonly unseen: boolean }) {
  const { t } = useTranslation();
  const { allowed, because, from = '', deniedActions } = verdict;
  return (
    <div className="verdict">
      <p>
        <strong>{t('hostDetail.sessionManager')}</strong> <LevelWord level={allowed} word={t(allowed === 'yes' ? 'hostDetail.allowed' : allowed === 'no' ? 'hostDetail.notAllowed' : 'hostDetail.unknown')} />
      </p>
      <p className="note">
        {t(`hostDetail.because.${because === 'no-role' && allowed === 'unknown' ? 'role-not-known' : because}`, { from: safeText(from) })}
        {deniedActions.length === 0 ? '' : ` ${t('hostDetail.denies', { actions: listText(deniedActions.map(safeText)) })}`}
        {allowed === 'yes' && unseen ? ` ${t('hostDetail.allowedButUnseen')}` : ''}
      </p>
    </div>
  );
}

function KeyFacts({ instance, keys, ec2KeyNames, denied }: Pick<AccessSectionProps, 'instance' | 'keys' | 'ec2KeyNames'> & { readonly denied: readonly DeniedPermission[] }) {
  const { t } = useTranslation();
  const { keyName } = instance;
  if (keyName === undefined) return <PlainFact name={t('hostDetail.keyPair')}>{t('hostDetail.noKeyPair')}</PlainFact>;
  const place = scopeKey(instance.scope);
  const half = keys.find(({ ec2KeyPairs }) => ec2KeyPairs.some((pair) => pair.keyName === keyName && pair.scopeKey === place));
  // Pairs are matched by their fingerprints, which only EC2 tells: one that it does not tell of may be here all the same.
  const told = half !== undefined || ec2KeyNames?.includes(keyName) === true;
  const asked = ec2KeyNames !== undefined && !denied.some(({ permission }) => permission === READ_KEY_PAIRS);
  const words = { agent: 'hostDetail.halfAgent', lent: 'hostDetail.halfLent', generated: 'hostDetail.halfHere', imported: 'hostDetail.halfHere' } as const;
  return (
    <>
      <Fact name={t('hostDetail.keyPair')} value={keyName} />
      <div className="fact">
        <dt>{t('hostDetail.privateHalf')}</dt>
        <dd>
          <LevelWord level={half !== undefined ? 'yes' : told ? 'no' : 'unknown'} word={t(half !== undefined ? 'hostDetail.yes' : told ? 'hostDetail.no' : 'hostDetail.unknown')} /> <span className="note">{half !== undefined ? t(words[half.origin], { name: safeText(half.keyName) }) : t(told ? 'hostDetail.halfMissing' : asked ? 'hostDetail.halfUnknown' : 'hostDetail.halfNotRead')}</span>
        </dd>
      </div>
    </>
  );
}

function MetadataFacts({ options }: { readonly options: MetadataOptions | undefined }) {
  const { t } = useTranslation();
  if (options === undefined) return <PlainFact name={t('hostDetail.imds')}>{t('hostDetail.unknown')}</PlainFact>;
  if (options.httpEndpoint === 'disabled') return <PlainFact name={t('hostDetail.imds')}>{t('hostDetail.imdsOff')}</PlainFact>;
  const { httpTokens, httpPutResponseHopLimit: hops, instanceMetadataTags: tags } = options;
  return (
    <>
      <div className="fact">
        <dt>{t('hostDetail.imds')}</dt>
        <dd>{httpTokens === undefined ? <span className="note">{t('hostDetail.unknown')}</span> : <LevelWord level={httpTokens === 'required' ? 'yes' : 'unknown'} word={httpTokens === 'required' ? t('hostDetail.imdsV2') : httpTokens === 'optional' ? t('hostDetail.imdsV1') : safeText(httpTokens)} wraps />}</dd>
      </div>
      <Fact name={t('hostDetail.hopLimit')} value={hops === undefined ? undefined : String(hops)} note={hops === 1 ? t('hostDetail.hopNote') : undefined} />
      <Fact name={t('hostDetail.metadataTags')} value={tags === 'enabled' ? t('hostDetail.on') : tags === 'disabled' ? t('hostDetail.off') : tags} />
    </>
  );
}

/** A shape beside the word, so that colour is not needed. */
function LevelWord({ level, word, wraps = false }: { readonly level: 'yes' | 'no' | 'unknown'; readonly word: string; readonly wraps?: boolean }) {
  return (
    <span className={`usable ${level}${wraps ? ' wraps' : ''}`}>
      <span aria-hidden="true">{{ yes: '●', no: '▲', unknown: '◐' }[level]}</span> {word}
    </span>
  );
}
