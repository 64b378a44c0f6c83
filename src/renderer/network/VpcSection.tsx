/** The VPC: its blocks, its DNS and DHCP, and the addresses of its subnets that AWS keeps and that are free. */
import { useTranslation } from 'react-i18next';
import type { NetworkReach, SubnetAddresses } from '../../contract/networkReach.ts';
import { Copyable } from '../ui/Copyable.tsx';
import { Fact, Facts } from '../ui/Facts.tsx';
import { safeText } from '../ui/safeText.ts';
import { LongList } from './LongList.tsx';
import { Missing } from './Missing.tsx';

const PERMISSIONS = ['ec2:DescribeVpcs', 'ec2:DescribeSubnets', 'ec2:DescribeVpcAttribute', 'ec2:DescribeDhcpOptions'];
const reservedNames = ['network', 'router', 'dns', 'future', 'broadcast'] as const;

export function VpcSection({ reach }: { readonly reach: NetworkReach }) {
  const { t } = useTranslation();
  const { vpc } = reach;
  const onOff = (value: boolean | undefined): string | undefined => (value === undefined ? undefined : t(value ? 'network.on' : 'network.off'));
  const others = vpc?.subnets.filter(({ own }) => !own) ?? [];
  return (
    <>
      <Missing reach={reach} permissions={PERMISSIONS} />
      {vpc === undefined ? (
        <p className="note">{t('network.noVpc')}</p>
      ) : (
        <>
          <Facts>
            <Fact name={t('host.id')} value={vpc.vpcId} mono note={[vpc.name === undefined ? undefined : safeText(vpc.name), vpc.isDefault === true ? t('network.isDefault') : undefined].filter((part) => part !== undefined).join(', ')} />
            {vpc.cidrBlocks.map((cidr) => (
              <Fact key={cidr} name={t('network.blocks')} value={cidr} mono />
            ))}
            {vpc.ipv6CidrBlocks.map((cidr) => (
              <Fact key={cidr} name={t('network.ipv6Blocks')} value={cidr} mono />
            ))}
            <Fact name={t('network.dnsSupport')} value={onOff(vpc.enableDnsSupport)} note={vpc.enableDnsSupport === false ? t('network.dnsSupportOff') : undefined} />
            <Fact name={t('network.dnsHostnames')} value={onOff(vpc.enableDnsHostnames)} note={vpc.enableDnsHostnames === false ? t('network.dnsHostnamesOff') : undefined} />
            <Fact name={t('network.resolver')} value={vpc.enableDnsSupport === false ? undefined : vpc.resolver} mono />
            <Fact name={t('network.dhcp')} value={vpc.dhcpOptions?.dhcpOptionsId} mono note={vpc.dhcpOptions?.name === undefined ? undefined : safeText(vpc.dhcpOptions.name)} />
            {vpc.dhcpOptions?.options.map(({ key, values }) => (
              <Fact key={key} name={safeText(key)} value={values.join(', ')} mono />
            ))}
          </Facts>
          {vpc.subnets
            .filter(({ own }) => own)
            .map((subnet) => (
              <OwnSubnet key={subnet.subnetId} subnet={subnet} />
            ))}
          {others.length === 0 ? undefined : (
            <details>
              <summary>{t('network.otherSubnets', { count: others.length })}</summary>
              <LongList className="rules" label={t('network.subnets')} items={others.map((subnet) => <OtherSubnet key={subnet.subnetId} subnet={subnet} />)} />
            </details>
          )}
        </>
      )}
    </>
  );
}

function OwnSubnet({ subnet }: { readonly subnet: SubnetAddresses }) {
  const { t } = useTranslation();
  const { reserved } = subnet;
  const name = subnet.name ?? subnet.subnetId;
  return (
    <section className="network-card" aria-label={safeText(name)} data-subnet-addresses={subnet.subnetId}>
      <h4>
        <Copyable value={name} /> <Free subnet={subnet} />
      </h4>
      <Facts>
        <Fact name={t('network.blocks')} value={subnet.cidrBlock} mono />
        {subnet.ipv6CidrBlocks.map((cidr) => (
          <Fact key={cidr} name={t('network.ipv6Blocks')} value={cidr} mono />
        ))}
      </Facts>
      {reserved === undefined ? undefined : (
        <>
          <h5>{t('network.reserved')}</h5>
          <Facts>
            {reservedNames.map((one) => (
              <Fact key={one} name={t(`network.reservedNames.${one}`)} value={reserved[one]} mono />
            ))}
          </Facts>
        </>
      )}
    </section>
  );
}

function OtherSubnet({ subnet }: { readonly subnet: SubnetAddresses }) {
  const { reserved } = subnet;
  return (
    <li className="rule">
      <Copyable value={subnet.subnetId} mono={subnet.name === undefined}>
        {safeText(subnet.name ?? subnet.subnetId)}
      </Copyable>
      {subnet.cidrBlock === undefined ? undefined : <Copyable value={subnet.cidrBlock} mono />}
      <Free subnet={subnet} />
      {reserved === undefined ? undefined : (
        <span className="note mono">
          {reserved.network}–{reserved.future.split('.').at(-1)}, {reserved.broadcast}
        </span>
      )}
    </li>
  );
}

function Free({ subnet: { free, total } }: { readonly subnet: SubnetAddresses }) {
  const { t } = useTranslation();
  if (free === undefined) return total === undefined ? undefined : <span className="note">{t('network.totalOnly', { total })}</span>;
  return <span className="note">{total === undefined ? t('network.freeOnly', { free }) : t('network.free', { free, total })}</span>;
}
