import ELK from 'elkjs/lib/elk.bundled.js';
import { expect, test } from 'vitest';
import type { Instance } from '../../../src/contract/instance.ts';
import type { NetworkFacts } from '../../../src/contract/network.ts';
import type { NetworkDetail } from '../../../src/contract/networkDetail.ts';
import { i18n } from '../../../src/renderer/i18n/i18n.ts';
import { layoutKey, layoutVpc, zoneId, type Box } from '../../../src/renderer/map/layoutVpc.ts';
import { toMapNodes } from '../../../src/renderer/map/mapNodeList.ts';
import { neighbour } from '../../../src/renderer/map/neighbour.ts';
import { vpcChoices } from '../../../src/renderer/map/vpcChoices.ts';
import { toVpcGraph, type VpcGraph } from '../../../src/renderer/map/vpcGraph.ts';
import { escaped, fitted, toVpcSvg, type Palette } from '../../../src/renderer/map/vpcSvg.ts';
import { toWay } from '../../../src/renderer/map/way.ts';
import { instance, networkDetail, networkFacts, networkInterface, scope, subnet } from './literals.ts';

const HOSTILE = '<script>alert(1)</script>"\'&\u202e\u0000\ud800';

const facts: NetworkFacts = {
  ...networkFacts,
  subnets: [
    subnet('subnet-pa', 'public-a', 'zone-a', '10.0.0.0/24'),
    subnet('subnet-pc', 'public-c', 'zone-c', '10.0.1.0/24'),
    subnet('subnet-xa', 'private-a', 'zone-a', '10.0.10.0/24'),
    subnet('subnet-ic', 'isolated-c', 'zone-c', '10.0.20.0/24'),
    { ...subnet('subnet-elsewhere', 'elsewhere', 'zone-a', '10.9.0.0/24'), vpcId: 'vpc-9' },
  ],
  instanceConnectEndpoints: [{ instanceConnectEndpointId: 'eice-1', scope, state: 'create-complete', vpcId: 'vpc-1', subnetId: 'subnet-xa', securityGroupIds: [] }],
};

/** Public: an internet gateway. Private, the main table: a NAT gateway. Isolated: a table with a dead route. */
const detail: NetworkDetail = networkDetail({
  routeTables: [
    { routeTableId: 'rtb-main', vpcId: 'vpc-1', routes: [{ destinationCidrBlock: '10.0.0.0/16', gatewayId: 'local' }, { destinationCidrBlock: '0.0.0.0/0', natGatewayId: 'nat-1', state: 'active' }], associations: [{ main: true }], tags: {} },
    { routeTableId: 'rtb-public', vpcId: 'vpc-1', routes: [{ destinationCidrBlock: '0.0.0.0/0', gatewayId: 'igw-1', state: 'active' }], associations: [{ subnetId: 'subnet-pa' }, { subnetId: 'subnet-pc' }], tags: {} },
    { routeTableId: 'rtb-dead', vpcId: 'vpc-1', routes: [{ destinationCidrBlock: '0.0.0.0/0', natGatewayId: 'nat-gone', state: 'blackhole' }], associations: [{ subnetId: 'subnet-ic' }], tags: {} },
  ],
  internetGateways: [{ internetGatewayId: 'igw-1', name: 'door', vpcIds: ['vpc-1'], tags: {} }],
  natGateways: [{ natGatewayId: 'nat-1', vpcId: 'vpc-1', subnetId: 'subnet-pa', state: 'available', addresses: [{ publicIp: '203.0.113.200' }], tags: {} }],
});

const bastion = host('i-bastion', 'bastion', 'subnet-pa', '10.0.0.10', '203.0.113.10');
const web = host('i-web', 'web-1', 'subnet-xa', '10.0.10.21');
const vault = host('i-vault', 'vault', 'subnet-ic', '10.0.20.5');
/** Its second interface is in another subnet. */
const router = instance({
  instanceId: 'i-router',
  name: 'router-1',
  networkInterfaces: [
    networkInterface({ networkInterfaceId: 'eni-out', vpcId: 'vpc-1', subnetId: 'subnet-pa', privateIpAddresses: [{ privateIpAddress: '10.0.0.50', primary: true }] }),
    networkInterface({ networkInterfaceId: 'eni-in', vpcId: 'vpc-1', subnetId: 'subnet-xa', privateIpAddresses: [{ privateIpAddress: '10.0.10.50', primary: true }] }),
  ],
});

function host(instanceId: string, name: string, subnetId: string, privateIpAddress: string, publicIpAddress?: string): Instance {
  return instance({ instanceId, name, vpcId: 'vpc-1', subnetId, privateIpAddress, publicIpAddress, networkInterfaces: [networkInterface({ networkInterfaceId: `eni-${instanceId}`, vpcId: 'vpc-1', subnetId, privateIpAddresses: [{ privateIpAddress, primary: true, ...(publicIpAddress === undefined ? {} : { association: { publicIp: publicIpAddress } }) }] })] });
}

function graphOf(instances: readonly Instance[], over: { readonly facts?: NetworkFacts | undefined; readonly detail?: NetworkDetail | undefined } = { facts, detail }): VpcGraph {
  return toVpcGraph({ vpcId: 'vpc-1', facts: over.facts, detail: over.detail, instances });
}

const all = graphOf([bastion, web, vault, router, instance({ instanceId: 'i-other', vpcId: 'vpc-9', subnetId: 'subnet-elsewhere', networkInterfaces: [] })]);

test('subnets stand in columns by zone and in rows by what their route table makes of them', () => {
  expect(all.zones.map(({ zone, rows }) => [zone, ...rows.map((one) => (one === undefined ? '' : `${one.name} ${one.kind}`))])).toEqual([
    ['zone-a', 'public-a public', 'private-a private', ''],
    ['zone-c', 'public-c public', '', 'isolated-c isolated'],
  ]);
});

test('gateways, endpoints, hosts and interfaces are in their places, and hosts of other VPCs are not there', () => {
  const inSubnets = [...all.subnets.values()].flatMap(({ subnetId, items }) => items.map(({ kind, id }) => `${subnetId} ${kind} ${id}`));
  expect(inSubnets.toSorted()).toEqual(['subnet-ic host i-vault', 'subnet-pa host i-bastion', 'subnet-pa host i-router', 'subnet-pa nat-gateway nat-1', 'subnet-xa connect-endpoint eice-1', 'subnet-xa host i-web', 'subnet-xa interface eni-in']);
  expect(all.gateways.map(({ kind, id, name }) => [kind, id, name])).toEqual([['internet-gateway', 'igw-1', 'door']]);
  expect(all.interfaceLinks).toEqual([{ from: 'i-router', to: 'eni-in' }]);
  expect(all.items.get('i-router')?.interfaces).toEqual([{ networkInterfaceId: 'eni-out', address: '10.0.0.50' }]);
  expect(all.hostCount).toBe(4);
});

test('without route tables a subnet is neither public nor private, and without any network facts the hosts still have a map', () => {
  const noTables = graphOf([web], { facts, detail: networkDetail({ routeTables: undefined }) });
  expect([...noTables.subnets.values()].map(({ kind }) => kind)).toEqual(['unknown', 'unknown', 'unknown', 'unknown']);
  const nothing = graphOf([{ ...web, availabilityZone: 'zone-a' }], { facts: undefined, detail: undefined });
  expect(nothing.zones.map(({ zone, rows }) => [zone, rows.map((one) => [one?.name, one?.items.map(({ id }) => id)])])).toEqual([['zone-a', [['subnet-xa', ['i-web']]]]]);
});

test('a gateway whose own list is denied is known by the route to it', () => {
  expect(graphOf([], { facts, detail: { ...detail, internetGateways: undefined } as unknown as NetworkDetail }).gateways.map(({ id, name }) => [id, name])).toEqual([['igw-1', 'igw-1']]);
});

test('the way by SSH leads from the person through the internet gateway, and on through a bastion', () => {
  expect(stops(toWay({ kind: 'direct', address: '203.0.113.10', port: 22 }, bastion, all))).toEqual(['person igw-1 i-bastion']);
  expect(stops(toWay({ kind: 'direct', address: '10.0.10.21', port: 22 }, web, all))).toEqual(['person i-web']);
  expect(stops(toWay({ kind: 'jump', through: ['i-bastion'], address: '10.0.10.21', port: 22 }, web, all))).toEqual(['person igw-1 i-bastion i-web']);
  expect(stops(toWay({ kind: 'direct', address: '10.0.10.50', port: 22 }, router, all))).toEqual(['person eni-in i-router']);
});

test('a bastion that is not on the map leaves the way unsure', () => {
  expect(toWay({ kind: 'jump', through: ['i-far'], address: '10.0.10.21', port: 22 }, web, all).legs).toEqual([{ stops: ['person', 'i-web'], sure: false }]);
});

test('Session Manager: the agent reaches AWS through the NAT gateway, an endpoint of the VPC, or in a way that is not known', () => {
  const route = { kind: 'session-manager', instanceId: 'i-web' } as const;
  expect(stops(toWay(route, web, all))).toEqual(['person aws', 'i-web nat-1 igw-1 aws']);
  expect(toWay(route, vault, all).legs[1]).toEqual({ stops: ['i-vault', 'aws'], sure: false });
  const vpcEndpoints = ['ssm', 'ssmmessages'].map((service) => ({ vpcEndpointId: `vpce-${service}`, vpcEndpointType: 'Interface', vpcId: 'vpc-1', serviceName: `com.amazonaws.ap-northeast-1.${service}`, state: 'available', privateDnsEnabled: true, routeTableIds: [], subnetIds: ['subnet-xa'], groupIds: [], networkInterfaceIds: [], tags: {} }));
  expect(stops(toWay(route, vault, graphOf([vault], { facts, detail: { ...detail, vpcEndpoints } })))).toEqual(['person aws', 'i-vault vpce-ssmmessages@subnet-xa aws']);
});

test('an Instance Connect Endpoint is entered from AWS, and the serial console needs no network', () => {
  expect(stops(toWay({ kind: 'eice', instanceConnectEndpointId: 'eice-1', privateIpAddress: '10.0.10.21', port: 22 }, web, all))).toEqual(['person aws eice-1 i-web']);
  expect(stops(toWay({ kind: 'serial', instanceId: 'i-web' }, web, all))).toEqual(['person aws i-web']);
});

test('ELK lays it out: zones beside each other, rows level, everything inside what holds it and nothing on anything else', async () => {
  const graph = graphOf([bastion, web, vault, router, ...Array.from({ length: 30 }, (_, index) => host(`i-${index}`, `batch-${index}`, 'subnet-xa', `10.0.10.${100 + index}`))]);
  const { boxes } = await layoutVpc(graph, new ELK());
  const box = (id: string): Box => boxes.get(id) ?? expect.fail(`${id} has no place`);
  expect(box(zoneId('zone-c')).x).toBeGreaterThanOrEqual(box(zoneId('zone-a')).x + box(zoneId('zone-a')).width);
  expect(box('subnet-pa').y).toBe(box('subnet-pc').y);
  expect(box('subnet-pa').height).toBe(box('subnet-pc').height);
  expect(box('subnet-xa').y).toBeGreaterThanOrEqual(box('subnet-pa').y + box('subnet-pa').height);
  for (const { subnetId, items } of graph.subnets.values()) {
    for (const [index, item] of items.entries()) {
      expect(contains(box(subnetId), box(item.id))).toBe(true);
      for (const other of items.slice(index + 1)) expect(overlap(box(item.id), box(other.id))).toBe(false);
    }
  }
  for (const id of graph.items.keys()) expect(contains(box('vpc'), box(id))).toBe(true);
});

test('a state that changes moves nothing, a host that comes does', () => {
  expect(layoutKey(graphOf([bastion, { ...web, state: 'stopped' }]))).toBe(layoutKey(graphOf([bastion, web])));
  expect(layoutKey(graphOf([bastion, web, vault]))).not.toBe(layoutKey(graphOf([bastion, web])));
});

test('a host has room for both its addresses, and every item of the map is as wide', async () => {
  const graph = graphOf([bastion, web, host('i-far', 'far', 'subnet-pc', '172.31.100.200', '203.0.113.105')]);
  const layout = await layoutVpc(graph, new ELK());
  expect([...graph.items.values()].map(({ id }) => layout.boxes.get(id)?.width)).toEqual([...graph.items].map(() => 264));
  expect(toVpcSvg({ graph, layout, way: undefined, palette }, i18n.t)).toContain('>172.31.100.200 · 203.0.113.105</text>');
  expect((await layoutVpc(graphOf([bastion, web]), new ELK())).boxes.get('i-bastion')?.width).toBe(200);
  expect((await layoutVpc(graphOf([{ ...web, privateIpAddress: undefined, ipv6Address: '2001:0db8:1234:5600:ffff:ffff:ffff:ffff' }]), new ELK())).boxes.get('i-web')?.width).toBe(304);
});

test('a subnet of many hosts is dots while they are too small to be read, but for the selected one and its way', async () => {
  const graph = graphOf(Array.from({ length: 50 }, (_, index) => host(`i-${index}`, `batch-${index}`, 'subnet-xa', `10.0.10.${100 + index}`)));
  const layout = await layoutVpc(graph, new ELK());
  const hosts = (far: boolean) => toMapNodes({ graph, layout, far, whole: new Set(['i-7']) }, i18n.t).flatMap((node) => (node.type === 'item' && node.data.item.kind === 'host' ? [node.id] : []));
  expect(hosts(false)).toHaveLength(50);
  expect(hosts(true)).toEqual(['i-7']);
  const dots = toMapNodes({ graph, layout, far: true, whole: new Set(['i-7']) }, i18n.t).flatMap((node) => (node.type === 'subnet' && node.data.dots !== undefined ? [[node.id, node.data.dots.length]] : []));
  expect(dots).toEqual([['subnet-xa', 49]]);
});

test('an arrow key goes to what is nearest in its direction, and stays at the edge', () => {
  const place = (x: number, y: number): Box => ({ x, y, width: 200, height: 44 });
  const places: [string, Box][] = [['a', place(0, 0)], ['b', place(212, 0)], ['c', place(0, 56)], ['d', place(212, 56)]];
  expect((['left', 'right', 'up', 'down'] as const).map((direction) => neighbour(place(0, 0), direction, places))).toEqual([undefined, 'b', undefined, 'c']);
  expect((['left', 'right', 'up', 'down'] as const).map((direction) => neighbour(place(212, 56), direction, places))).toEqual(['c', undefined, 'b', undefined]);
});

test('the VPCs to choose from: each once, with its hosts counted, also where only its hosts tell of it', () => {
  const listed = vpcChoices([web, bastion, instance({ instanceId: 'i-z', vpcId: 'vpc-hidden' })], [networkFacts, { ...networkFacts, scope: { ...scope, profile: 'other' } }]);
  expect(listed.map(({ vpcId, name, hostCount }) => [vpcId, name, hostCount])).toEqual([['vpc-1', 'main', 2], ['vpc-hidden', 'vpc-hidden', 1]]);
});

test('the exported picture has every host once, and nothing a tag holds becomes markup', async () => {
  const graph = graphOf([bastion, { ...web, name: HOSTILE, tags: { Name: HOSTILE } }, vault, router], { facts: { ...facts, vpcs: facts.vpcs.map((vpc) => ({ ...vpc, name: HOSTILE })), subnets: facts.subnets.map((one) => ({ ...one, name: HOSTILE })) }, detail });
  const svg = toVpcSvg({ graph, layout: await layoutVpc(graph, new ELK()), way: toWay({ kind: 'session-manager', instanceId: 'i-web' }, web, graph), palette }, i18n.t);
  expect(svg.match(/<g data-kind="host" data-id="[^"]+">/g)).toHaveLength(4);
  expect(svg.match(/<g data-way=/g)).toHaveLength(2);
  // Tags that are written here, and no others; every text between them is escaped.
  expect(new Set([...svg.matchAll(/<\/?([^\s/>]+)/g)].map(([, tag]) => tag))).toEqual(new Set(['?xml', 'svg', 'title', 'rect', 'path', 'text', 'g']));
  expect(svg.replace(/<[^>]*>/g, '')).not.toMatch(/[<>]|&(?!(?:amp|lt|gt|quot|#39);)|[^\t\n\r\u{20}-\u{10ffff}]|\u202e/u);
  expect(svg).toContain('&lt;script&gt;');
});

test('what XML cannot hold is replaced, and long text is cut between characters', () => {
  expect(escaped('a\u0000\ud800<"&')).toBe('a\u{fffd}\u{fffd}&lt;&quot;&amp;');
  expect(fitted('short', 10)).toBe('short');
  expect(fitted('\u{1f600}'.repeat(20), 3)).toBe('\u{1f600}\u{1f600}…');
});

const palette: Palette = { ground: '#fff', side: '#eee', raised: '#fff', line: '#ddd', 'line-strong': '#ccc', text: '#111', 'text-dim': '#555', accent: '#15c', ok: '#183', warn: '#850', bad: '#b23' };

function stops(way: ReturnType<typeof toWay>): string[] {
  return way.legs.map((leg) => leg.stops.join(' '));
}

function contains(outer: Box, inner: Box): boolean {
  return inner.x >= outer.x && inner.y >= outer.y && inner.x + inner.width <= outer.x + outer.width && inner.y + inner.height <= outer.y + outer.height;
}

function overlap(a: Box, b: Box): boolean {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
}
