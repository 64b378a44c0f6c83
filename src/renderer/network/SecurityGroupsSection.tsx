/** Whether the person gets in, and the rules of each security group in words. */
import { useTranslation } from 'react-i18next';
import type { NetworkReach, ReachGroup } from '../../contract/networkReach.ts';
import { Copyable } from '../ui/Copyable.tsx';
import { safeText } from '../ui/safeText.ts';
import { DoorCard } from './DoorCard.tsx';
import { LongList } from './LongList.tsx';
import { Missing } from './Missing.tsx';
import { PersonLine } from './PersonLine.tsx';
import { RuleLine } from './RuleLine.tsx';

const PERMISSIONS = ['ec2:DescribeSecurityGroups', 'ec2:DescribeManagedPrefixLists', 'ec2:GetManagedPrefixListEntries'];

export function SecurityGroupsSection({ reach, onLookUp }: { readonly reach: NetworkReach; readonly onLookUp: () => Promise<void> }) {
  const { t } = useTranslation();
  return (
    <>
      <Missing reach={reach} permissions={PERMISSIONS} />
      <PersonLine person={reach.person} source={reach.addressSource} onLookUp={onLookUp} />
      {reach.doors.map((door) => (
        <DoorCard key={door.port} door={door} />
      ))}
      {reach.doors.some(({ verdict }) => verdict === 'no') ? <p className="note">{t('network.insideNote')}</p> : undefined}
      {reach.groups.length === 0 ? <p className="note">{t('network.noGroups')}</p> : undefined}
      {reach.groups.map((group) => (
        <Group key={group.groupId} group={group} />
      ))}
    </>
  );
}

function Group({ group }: { readonly group: ReachGroup }) {
  const { t } = useTranslation();
  const name = group.groupName ?? group.groupId;
  return (
    <section className={`network-card${group.known ? '' : ' unknown'}`} aria-label={safeText(name)} data-group={group.groupId}>
      <h4>
        <Copyable value={name} /> <span className="note">{t('network.interfaces', { count: group.networkInterfaceIds.length })}</span>
      </h4>
      {group.groupName === undefined && group.description === undefined ? undefined : (
        <p className="note">
          {group.groupName === undefined ? undefined : <Copyable value={group.groupId} mono />} {group.description === undefined ? undefined : safeText(group.description)}
        </p>
      )}
      {group.known ? (
        (['inbound', 'outbound'] as const).map((direction) => (
          <div key={direction}>
            <h5>{t(`network.${direction}`)}</h5>
            {group[direction].length === 0 ? (
              <p className="note">{t(direction === 'inbound' ? 'network.noInbound' : 'network.noOutbound')}</p>
            ) : (
              <LongList className="rules" label={`${safeText(name)}: ${t(`network.${direction}`)}`} items={group[direction].map((rule, index) => <RuleLine key={index} rule={rule} direction={direction} />)} />
            )}
          </div>
        ))
      ) : (
        <p className="note">{t('network.rulesUnknown')}</p>
      )}
    </section>
  );
}
