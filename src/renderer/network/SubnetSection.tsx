/** Each subnet the host is in: public or private and why, its routes, its endpoints, and its network ACL. */
import { useTranslation } from 'react-i18next';
import type { NetworkReach, ReachEndpoint, ReachRoute, ReachSubnet } from '../../contract/networkReach.ts';
import { listText } from '../i18n/locale.ts';
import { Copyable } from '../ui/Copyable.tsx';
import { Fact, Facts } from '../ui/Facts.tsx';
import { safeText } from '../ui/safeText.ts';
import { AclCard } from './AclCard.tsx';
import { Filled } from '../ui/Filled.tsx';
import { LongList } from './LongList.tsx';
import { Mark } from './Mark.tsx';
import { Missing } from './Missing.tsx';

const PERMISSIONS = ['ec2:DescribeSubnets', 'ec2:DescribeRouteTables', 'ec2:DescribeNetworkAcls', 'ec2:DescribeInternetGateways', 'ec2:DescribeEgressOnlyInternetGateways', 'ec2:DescribeNatGateways', 'ec2:DescribeVpcEndpoints', 'ec2:DescribeVpcPeeringConnections'];
const kindMarks = { public: '◉', private: '◎', isolated: '○', unknown: '◐' } as const;

export function SubnetSection({ reach }: { readonly reach: NetworkReach }) {
  const { t } = useTranslation();
  return (
    <>
      <Missing reach={reach} permissions={PERMISSIONS} />
      {reach.subnets.length === 0 ? <p className="note">{t('network.noSubnet')}</p> : undefined}
      {reach.subnets.map((subnet) => (
        <Subnet key={subnet.subnetId} subnet={subnet} />
      ))}
    </>
  );
}

function Subnet({ subnet }: { readonly subnet: ReachSubnet }) {
  const { t } = useTranslation();
  const { routeTable, networkAcl, agentWay } = subnet;
  const name = subnet.name ?? subnet.subnetId;
  const agentNote = agentWay.outbound443 === 'yes' || (agentWay.by === 'unknown' && agentWay.outbound443 === 'unknown') ? undefined : t(`network.outbound443.${agentWay.outbound443}`);
  return (
    <section className="network-card" aria-label={safeText(name)} data-subnet={subnet.subnetId}>
      <h4>
        <Copyable value={name} /> <span className="note">{t('network.interfaces', { count: subnet.networkInterfaceIds.length })}</span>
      </h4>
      <p data-kind={subnet.kind}>
        <strong>
          <span aria-hidden="true">{kindMarks[subnet.kind]}</span> {t(`network.kind.${subnet.kind}`)}
        </strong>
        : <span className="note">{t(`network.kindWhy.${subnet.kind}`)}</span>
      </p>
      <Facts>
        <Fact name={t('host.id')} value={subnet.name === undefined ? undefined : subnet.subnetId} mono />
        <Fact name={t('network.cidr')} value={subnet.cidrBlock} mono />
        <Fact name={t('network.zone')} value={subnet.availabilityZone} />
        <Fact name={t('network.routeTable')} value={routeTable?.routeTableId} mono note={routeTable === undefined ? undefined : listText([routeTable.name === undefined ? undefined : safeText(routeTable.name), t(routeTable.explicit ? 'network.explicit' : 'network.main')].filter((part) => part !== undefined))} />
      </Facts>
      <h5>{t('network.routes')}</h5>
      {subnet.routes.length === 0 ? <p className="note">{t('network.noRoutes')}</p> : <LongList className="rules" label={t('network.routes')} items={subnet.routes.map((route, index) => <RouteLine key={index} route={route} />)} />}
      <h5>{t('network.endpoints')}</h5>
      {subnet.endpoints.length === 0 ? (
        <p className="note">{t('network.endpointsUnknown')}</p>
      ) : (
        <ul className="rules" aria-label={t('network.endpoints')}>
          {subnet.endpoints.map((endpoint) => (
            <EndpointLine key={endpoint.service} endpoint={endpoint} />
          ))}
        </ul>
      )}
      <p data-agent-way={agentWay.by}>
        {t('network.agentWay')}: <Mark result={agentWay.by === 'none' || agentWay.outbound443 === 'no' ? 'no' : agentWay.by === 'other' || agentWay.by === 'unknown' || agentWay.outbound443 === 'unknown' ? 'unknown' : 'yes'}>{t(`network.agentBy.${agentWay.by}`)}</Mark>
        {agentNote === undefined ? undefined : <span className="note"> {agentNote}</span>}
      </p>
      <h5>{t('network.acl')}</h5>
      {networkAcl === undefined ? <p className="note">{t('network.aclUnknown')}</p> : <AclCard acl={networkAcl} />}
    </section>
  );
}

function RouteLine({ route }: { readonly route: ReachRoute }) {
  const { t } = useTranslation();
  const { target } = route;
  const destination = (
    <>
      <Copyable value={route.destination} mono />
      {route.destinationName === undefined ? undefined : <span className="note"> ({safeText(route.destinationName)})</span>}
    </>
  );
  const where = (
    <>
      {t(`network.target.${target.kind}`)} <Named id={target.id} name={target.name} />
      {target.detail === undefined ? undefined : <span className="note"> ({safeText(target.detail)})</span>}
    </>
  );
  return (
    <li className="rule" data-target={target.kind}>
      <span className="rule-words">
        <Filled text={t('network.goesTo')} parts={{ destination, target: where }} />
      </span>
      {route.blackhole ? <Mark result="no">{t('network.blackhole')}</Mark> : undefined}
      {route.propagated ? <span className="note">{t('network.propagated')}</span> : undefined}
    </li>
  );
}

/** By its name, which copies its id; one of both may be missing. */
function Named({ id, name }: { readonly id: string | undefined; readonly name: string | undefined }) {
  const shown = name ?? id;
  return shown === undefined ? undefined : (
    <Copyable value={id ?? shown} mono={name === undefined}>
      {safeText(shown)}
    </Copyable>
  );
}

function EndpointLine({ endpoint: { service, vpcEndpointId, name, usable, because } }: { readonly endpoint: ReachEndpoint }) {
  const { t } = useTranslation();
  const notes = [because === undefined ? undefined : t(`network.because.${because}`), service === 'ec2messages' ? t('network.ec2messagesNote') : undefined].filter((note) => note !== undefined);
  return (
    <li className="rule" data-service={service} data-usable={usable}>
      <span className="mono">{safeText(service)}</span> {because === 'no-endpoint' ? undefined : <Mark result={usable}>{t(`network.endpoint.${usable}`)}</Mark>}
      <Named id={vpcEndpointId} name={name} />
      {notes.length === 0 ? undefined : <span className="note">{notes.join(t('common.betweenClauses'))}</span>}
    </li>
  );
}
