import { afterEach, expect, test } from 'vitest';
import type { Scope } from '../../src/contract/scope.ts';
import { silentLog } from '../../src/services/base/log.ts';
import { createClients } from '../../src/services/aws/clients.ts';
import { createInventory, type Inventory, type InventoryEvent } from '../../src/services/aws/inventory.ts';
import { createCloud, ec2Error, emptyAnswer, instancesAnswer, jsonError, profileSection, startScriptedAws, type Script } from './scriptedAws.ts';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

const clock = { now: () => Date.parse('2026-11-22T10:00:00Z') };
const scopeOf = (profile: string, region = 'eu-west-1'): Scope => ({ profile, region });

async function openInventory(config: string, timeouts = { connectMs: 2000, answerMs: 3000, attempts: 2 }): Promise<{ inventory: Inventory; events: InventoryEvent[] }> {
  const cloud = await createCloud(config);
  const clients = createClients({ clouds: () => [cloud], version: '0.1.0', timeouts });
  const inventory = createInventory({ clients, clock, log: silentLog });
  const events: InventoryEvent[] = [];
  inventory.on((event) => events.push(event));
  cleanups.push(async () => {
    await inventory.close();
    clients.close();
    await cloud.remove();
  });
  return { inventory, events };
}

async function serve(script: Script): ReturnType<typeof startScriptedAws> {
  const server = await startScriptedAws(script);
  cleanups.push(() => server.close());
  return server;
}

function nextInstances(inventory: Inventory): Promise<void> {
  return new Promise((resolve) => {
    const stop = inventory.on((event) => {
      if (event.type !== 'changed') return;
      stop();
      resolve();
    });
  });
}

/** One scope read to the end. */
async function readOne(script: Script, timeouts?: { connectMs: number; answerMs: number; attempts: number }): Promise<{ inventory: Inventory; events: InventoryEvent[]; server: Awaited<ReturnType<typeof startScriptedAws>> }> {
  const server = await serve(script);
  const opened = await openInventory(profileSection('p', server.url), timeouts);
  opened.inventory.select([scopeOf('p')]);
  await opened.inventory.settled();
  return { ...opened, server };
}

test('all pages are listed, in order, with the owner as the account', async () => {
  const { inventory, server } = await readOne((call) => {
    if (call.operation !== 'DescribeInstances') return emptyAnswer(call);
    const page = Number(call.input['NextToken'] ?? 0);
    return instancesAnswer([`i-${page}a`, `i-${page}b`], page < 3 ? String(page + 1) : undefined);
  });
  expect(inventory.instances().map((instance) => instance.instanceId)).toEqual(['i-0a', 'i-0b', 'i-1a', 'i-1b', 'i-2a', 'i-2b', 'i-3a', 'i-3b']);
  expect(inventory.statuses()).toEqual([{ scope: { profile: 'p', region: 'eu-west-1', accountId: '111122223333' }, state: 'ready', instanceCount: 8, refreshedAt: '2026-11-22T10:00:00.000Z', problems: [] }]);
  expect(inventory.instance('i-2a')?.scope.accountId).toBe('111122223333');
  expect(new Set(server.calls.map((call) => call.operation))).toEqual(new Set(['DescribeInstances', 'DescribeNetworkInterfaces', 'DescribeAddresses', 'DescribeInstanceStatus', 'DescribeSubnets', 'DescribeVpcs', 'DescribeSecurityGroups', 'DescribeKeyPairs', 'DescribeInstanceConnectEndpoints', 'DescribeInstanceInformation']));
  expect(server.calls.every((call) => call.request.headers['user-agent']?.includes('postern/0.1.0'))).toBe(true);
});

test('the first page is listed while the second page and Systems Manager have not answered', async () => {
  const server = await serve((call) => (call.operation === 'DescribeInstances' && call.input['NextToken'] === undefined ? instancesAnswer(['i-1'], 'more') : undefined));
  const { inventory } = await openInventory(profileSection('p', server.url));
  const firstPage = nextInstances(inventory);
  inventory.select([scopeOf('p')]);
  await firstPage;
  expect(inventory.instances().map((instance) => [instance.instanceId, instance.ssmKnown, instance.statusChecks])).toEqual([['i-1', false, undefined]]);
  expect(inventory.statuses()[0]?.state).toBe('loading');
});

test('one scope that fails harms no other, and its error says where', async () => {
  const good = await serve((call) => (call.operation === 'DescribeInstances' ? instancesAnswer(['i-1']) : emptyAnswer(call)));
  const bad = await serve(() => ec2Error('UnauthorizedOperation', 403));
  const { inventory } = await openInventory(profileSection('good', good.url) + profileSection('bad', bad.url));
  inventory.select([scopeOf('bad'), scopeOf('good')]);
  await inventory.settled();
  expect(inventory.instances().map((instance) => instance.instanceId)).toEqual(['i-1']);
  expect(inventory.statuses().map(({ scope, state, error }) => [scope.profile, state, error?.code, error?.message])).toEqual([
    ['bad', 'failed', 'aws.access-denied', 'ec2:DescribeInstances is not allowed for profile bad in eu-west-1.'],
    ['good', 'ready', undefined, undefined],
  ]);
});

test('each denied call is a problem that names its IAM action and takes away its own facts only', async () => {
  const { inventory } = await readOne((call) => {
    if (call.operation === 'DescribeInstances') return instancesAnswer(['i-1']);
    return call.operation === 'DescribeInstanceInformation' ? jsonError('AccessDeniedException') : call.operation === 'DescribeVpcs' ? emptyAnswer(call) : ec2Error('UnauthorizedOperation', 403);
  });
  expect(inventory.instances().map((instance) => instance.instanceId)).toEqual(['i-1']);
  const [status] = inventory.statuses();
  expect(status?.state).toBe('ready');
  expect(status?.problems.map((problem) => [problem.action, problem.error.code]).toSorted()).toEqual(
    ['ec2:DescribeAddresses', 'ec2:DescribeInstanceConnectEndpoints', 'ec2:DescribeInstanceStatus', 'ec2:DescribeKeyPairs', 'ec2:DescribeNetworkInterfaces', 'ec2:DescribeSecurityGroups', 'ec2:DescribeSubnets', 'ssm:DescribeInstanceInformation'].map((action) => [action, 'aws.access-denied']),
  );
  expect(inventory.instance('i-1')?.ssmKnown).toBe(false);
});

test('key pairs that could not be read are not known, not none; those known before stay where what failed may pass, and nothing is told twice', async () => {
  let answer: 'throttled' | 'none' | 'one' | 'denied' = 'throttled';
  const { inventory, events } = await readOne((call) => {
    if (call.operation === 'DescribeVpcs' || (call.operation === 'DescribeKeyPairs' && answer === 'denied')) return ec2Error('UnauthorizedOperation', 403);
    if (call.operation !== 'DescribeKeyPairs') return call.operation === 'DescribeInstances' ? instancesAnswer(['i-1']) : emptyAnswer(call);
    if (answer === 'throttled') return ec2Error('RequestLimitExceeded', 503);
    return answer === 'none' ? emptyAnswer(call) : { body: '<DescribeKeyPairsResponse><keySet><item><keyName>ops</keyName></item></keySet></DescribeKeyPairsResponse>' };
  });
  const names = async (next: typeof answer): Promise<unknown> => {
    answer = next;
    await inventory.refresh();
    return inventory.network().map(({ ec2KeyPairs }) => ec2KeyPairs?.map(({ keyName }) => keyName));
  };
  expect(inventory.network().map(({ ec2KeyPairs }) => ec2KeyPairs)).toEqual([undefined]);
  expect(await names('none')).toEqual([[]]);
  expect(await names('one')).toEqual([['ops']]);
  const told = events.filter(({ type }) => type === 'network').length;
  expect(await names('throttled')).toEqual([['ops']]);
  expect(events.filter(({ type }) => type === 'network').length).toBe(told);
  expect(await names('denied')).toEqual([undefined]);
  expect(await names('denied')).toEqual([undefined]);
  expect(events.filter(({ type }) => type === 'network').length).toBe(told + 1);
});

test('interfaces, addresses, status and agent are merged into the instance they belong to', async () => {
  const eni = (more: string): string => `<networkInterfaceId>eni-1</networkInterfaceId>${more}<privateIpAddressesSet><item><privateIpAddress>10.0.0.4</privateIpAddress><primary>true</primary><association><publicIp>203.0.113.9</publicIp></association></item></privateIpAddressesSet>`;
  const { inventory } = await readOne((call) => {
    switch (call.operation) {
      case 'DescribeInstances':
        return instancesAnswer(['i-1'], undefined, `<networkInterfaceSet><item>${eni('<attachment><deviceIndex>0</deviceIndex></attachment>')}</item></networkInterfaceSet>`);
      case 'DescribeNetworkInterfaces':
        return { body: `<DescribeNetworkInterfacesResponse><networkInterfaceSet><item>${eni('<description>front</description><requesterManaged>false</requesterManaged><attachment><instanceOwnerId>111122223333</instanceOwnerId></attachment>')}</item></networkInterfaceSet></DescribeNetworkInterfacesResponse>` };
      case 'DescribeAddresses':
        return { body: '<DescribeAddressesResponse><addressesSet><item><publicIp>203.0.113.9</publicIp><allocationId>eipalloc-1</allocationId><associationId>eipassoc-1</associationId><tagSet><item><key>Name</key><value>front door</value></item></tagSet></item></addressesSet></DescribeAddressesResponse>' };
      case 'DescribeInstanceStatus':
        return { body: '<DescribeInstanceStatusResponse><instanceStatusSet><item><instanceId>i-1</instanceId><eventsSet><item><code>system-reboot</code><notBefore>2026-12-01T00:00:00.000Z</notBefore></item></eventsSet><systemStatus><status>ok</status><details><item><name>reachability</name><status>passed</status></item></details></systemStatus><instanceStatus><status>impaired</status><details><item><name>reachability</name><status>failed</status><impairedSince>2026-11-20T09:00:00.000Z</impairedSince></item></details></instanceStatus></item></instanceStatusSet></DescribeInstanceStatusResponse>' };
      case 'DescribeInstanceInformation':
        return { body: JSON.stringify({ InstanceInformationList: [{ InstanceId: 'i-1', PingStatus: 'Online', LastPingDateTime: 1763805600, AgentVersion: '3.3.0.0', PlatformType: 'Linux' }, { InstanceId: 'mi-1', PingStatus: 'Inactive', ComputerName: 'till-7' }] }) };
      default:
        return emptyAnswer(call);
    }
  });
  const seenAt = '2026-11-22T10:00:00.000Z';
  expect(inventory.instances()).toEqual([
    {
      instanceId: 'i-1',
      scope: { profile: 'p', region: 'eu-west-1', accountId: '111122223333' },
      state: 'running',
      networkInterfaces: [
        {
          networkInterfaceId: 'eni-1',
          description: 'front',
          requesterManaged: false,
          attachment: { deviceIndex: 0, instanceOwnerId: '111122223333' },
          privateIpAddresses: [{ privateIpAddress: '10.0.0.4', primary: true, association: { publicIp: '203.0.113.9', allocationId: 'eipalloc-1', associationId: 'eipassoc-1', name: 'front door' } }],
          ipv6Addresses: [],
          ipv4Prefixes: [],
          ipv6Prefixes: [],
          groups: [],
          tags: {},
        },
      ],
      securityGroups: [],
      statusChecks: {
        instanceStatus: { status: 'impaired', impairedSince: '2026-11-20T09:00:00.000Z', detail: 'reachability' },
        systemStatus: { status: 'ok' },
        scheduledEvents: [{ code: 'system-reboot', notBefore: '2026-12-01T00:00:00.000Z' }],
        seenAt,
      },
      ssm: { pingStatus: 'Online', lastPingDateTime: '2025-11-22T10:00:00.000Z', agentVersion: '3.3.0.0', platformType: 'Linux', seenAt },
      ssmKnown: true,
      tags: {},
    },
    {
      instanceId: 'mi-1',
      managedNode: { resourceType: 'ManagedInstance' },
      name: 'till-7',
      scope: { profile: 'p', region: 'eu-west-1', accountId: '111122223333' },
      state: 'inactive',
      networkInterfaces: [],
      securityGroups: [],
      ssm: { pingStatus: 'Inactive', computerName: 'till-7', seenAt },
      ssmKnown: true,
      tags: {},
    },
  ]);
});

test('a refresh tells only what differs, and what is gone', async () => {
  let round = 1;
  const { inventory, events } = await readOne((call) => {
    if (call.operation !== 'DescribeInstances') return emptyAnswer(call);
    const extra = round === 1 ? '' : '<keyName>new</keyName>';
    const same = instancesAnswer(['i-same', ...(round === 1 ? ['i-gone'] : [])]).body;
    return { body: same.replace('</reservationSet>', `<item><ownerId>111122223333</ownerId><instancesSet><item><instanceId>i-other</instanceId>${extra}</item></instancesSet></item></reservationSet>`) };
  });
  events.length = 0;
  round = 2;
  await inventory.refresh();
  expect(events.flatMap((event) => (event.type === 'changed' ? event.instances.map((instance) => [instance.instanceId, instance.keyName]) : []))).toEqual([['i-other', 'new']]);
  expect(events.flatMap((event) => (event.type === 'removed' ? event.instanceIds : []))).toEqual(['i-gone']);
  events.length = 0;
  await inventory.refresh();
  expect(events.map((event) => event.type).filter((type) => type !== 'scopes')).toEqual([]);
});

test('a scope that fails at a refresh keeps its instances, and works again afterwards', async () => {
  let answer = 'good';
  const { inventory } = await readOne((call) => (call.operation !== 'DescribeInstances' ? emptyAnswer(call) : answer === 'good' ? instancesAnswer(['i-1']) : ec2Error('RequestExpired')));
  answer = 'expired';
  await inventory.refresh();
  expect(inventory.statuses().map(({ state, error, instanceCount, remembered }) => [state, error?.code, instanceCount, remembered])).toEqual([['failed', 'aws.credentials-expired', 1, true]]);
  expect(inventory.instances().length).toBe(1);
  answer = 'good';
  await inventory.refresh(scopeOf('p'));
  expect(inventory.statuses().map(({ state, error, remembered }) => [state, error, remembered])).toEqual([['ready', undefined, undefined]]);
});

test('a list that breaks off at its second page takes nothing away: what its first page said is new, the rest stands as it did', async () => {
  let refresh = false;
  const { inventory, events } = await readOne((call) => {
    if (call.operation !== 'DescribeInstances') return emptyAnswer(call);
    if (call.input['NextToken'] !== undefined) return refresh ? ec2Error('InternalError', 500) : instancesAnswer(['i-2']);
    const first = instancesAnswer(['i-1'], 'more');
    return refresh ? { ...first, body: first.body.replace('<instanceId>i-1</instanceId>', '<instanceId>i-1</instanceId><keyName>new</keyName>') } : first;
  });
  refresh = true;
  events.length = 0;
  await inventory.refresh();
  expect(inventory.statuses().map(({ state, error, instanceCount, refreshedAt, remembered }) => [state, error?.code, instanceCount, refreshedAt, remembered])).toEqual([['failed', 'aws.failed', 2, '2026-11-22T10:00:00.000Z', true]]);
  expect(inventory.instances().map(({ instanceId, keyName }) => [instanceId, keyName])).toEqual([['i-1', 'new'], ['i-2', undefined]]);
  expect(events.filter(({ type }) => type === 'removed')).toEqual([]);
});

test('an instance that two scopes see is one row, of the scope chosen first', async () => {
  const server = await serve((call) => (call.operation === 'DescribeInstances' ? instancesAnswer(['i-1']) : emptyAnswer(call)));
  const { inventory, events } = await openInventory(profileSection('first', server.url) + profileSection('second', server.url));
  inventory.select([scopeOf('first'), scopeOf('second')]);
  await inventory.settled();
  expect(inventory.instances().map((instance) => instance.scope.profile)).toEqual(['first']);
  inventory.select([scopeOf('second')]);
  expect(inventory.instances().map((instance) => instance.scope.profile)).toEqual(['second']);
  events.length = 0;
  inventory.select([]);
  expect(inventory.instances()).toEqual([]);
  expect(events[0]).toEqual({ type: 'removed', instanceIds: ['i-1'] });
});

test('the late answer of a scope that is no longer chosen is dropped', async () => {
  const { promise: asked, resolve: arrived } = Promise.withResolvers<void>();
  const { promise: released, resolve: release } = Promise.withResolvers<void>();
  const server = await serve(async (call) => {
    arrived();
    await released;
    return instancesAnswer(['i-late'], undefined, call.operation);
  });
  const { inventory, events } = await openInventory(profileSection('p', server.url));
  inventory.select([scopeOf('p')]);
  await asked;
  inventory.select([]);
  release();
  await inventory.settled();
  expect(inventory.instances()).toEqual([]);
  expect(events.filter((event) => event.type === 'changed')).toEqual([]);
});

test('a reading that is stopped keeps what arrived; a scope that was whole before stays as it was, and can be read again', async () => {
  let pages: 'first' | 'all' = 'first';
  const server = await serve((call) => {
    if (call.operation !== 'DescribeInstances') return emptyAnswer(call);
    if (call.input['NextToken'] === undefined) return instancesAnswer(['i-1'], 'more');
    return pages === 'all' ? instancesAnswer(['i-2']) : undefined;
  });
  const { inventory } = await openInventory(profileSection('p', server.url));
  const status = (): unknown => inventory.statuses().map(({ state, error, instanceCount, refreshedAt }) => [state, error?.code, instanceCount, refreshedAt]);
  const firstPage = nextInstances(inventory);
  inventory.select([scopeOf('p')]);
  await firstPage;
  inventory.cancel(scopeOf('p'));
  await inventory.settled();
  expect(status()).toEqual([['failed', 'cancelled', 1, undefined]]);
  expect(inventory.instance('i-1')?.state).toBe('running');
  pages = 'all';
  await inventory.refresh(scopeOf('p'));
  expect(status()).toEqual([['ready', undefined, 2, '2026-11-22T10:00:00.000Z']]);
  pages = 'first';
  const reading = inventory.refresh(scopeOf('p'));
  inventory.cancel(scopeOf('p'));
  await reading;
  expect(status()).toEqual([['ready', undefined, 2, '2026-11-22T10:00:00.000Z']]);
  // Nothing is read: nothing is stopped.
  inventory.cancel(scopeOf('p'));
  inventory.cancel(scopeOf('unknown'));
});

const failures: readonly [string, Script, string][] = [
  ['HTML', () => ({ body: '<!doctype html><html><body>Sign in</body></html>', headers: { 'content-type': 'text/html' } }), 'aws.endpoint-not-aws'],
  ['an HTML error page', () => ({ status: 404, body: '<html><body>Not found</body></html>', headers: { 'content-type': 'text/html' } }), 'aws.endpoint-not-aws'],
  ['a page that is no XML, as an error', () => ({ status: 403, body: 'Blocked by policy' }), 'aws.endpoint-not-aws'],
  ['nothing', () => ({ body: '' }), 'aws.endpoint-not-aws'],
  ['nothing, as an error', () => ({ status: 502, body: '' }), 'aws.endpoint-not-aws'],
  ['XML that breaks off', () => ({ body: '<DescribeInstancesResponse><reservationSet><item>' }), 'aws.endpoint-not-aws'],
  ['a list that never ends', () => instancesAnswer(['i-1'], 'same'), 'aws.endpoint-not-aws'],
  ['throttling', () => ec2Error('RequestLimitExceeded', 503), 'aws.throttled'],
  ['an expired token', () => ec2Error('RequestExpired'), 'aws.credentials-expired'],
  ['refused keys', () => ec2Error('AuthFailure', 401), 'aws.credentials-refused'],
  ['a region that is not enabled', () => ec2Error('OptInRequired', 403), 'aws.region-unknown'],
  ['an internal error', () => ec2Error('InternalError', 500), 'aws.failed'],
  ['a dropped connection', (call) => void call.response.destroy(), 'aws.endpoint-unreachable'],
];

test.for(failures)('an endpoint that answers with %s is one clear line with a code', async ([, script, code]) => {
  const { inventory } = await readOne(script);
  const [status] = inventory.statuses();
  expect(status?.state).toBe('failed');
  expect(status?.error?.code).toBe(code);
  expect(status?.error?.message).toMatch(/^[^\n]+\.$/);
  expect(status?.error?.message).toMatch(/profile p in eu-west-1|profile p\.|http:\/\/127\.0\.0\.1:\d+/);
  expect(status?.error?.remedy).toMatch(/\.$|: /);
  expect(JSON.stringify(status)).not.toMatch(/wJalr|AKID|secret detail/);
});

test('an endpoint that hangs is given up, and the error says that it did not answer', async () => {
  const { inventory } = await readOne(() => undefined, { connectMs: 300, answerMs: 300, attempts: 1 });
  expect(inventory.statuses().map(({ error }) => error?.code)).toEqual(['aws.endpoint-unreachable']);
});

test('an answer that stops in the middle is given up', async () => {
  const { inventory } = await readOne((call) => {
    call.response.writeHead(200, { 'content-length': '1000' });
    call.response.write('<DescribeInstancesResponse>');
    return undefined;
  }, { connectMs: 300, answerMs: 300, attempts: 1 });
  expect(inventory.statuses().map(({ error }) => error?.code)).toEqual(['aws.endpoint-unreachable']);
});

test('a closed port, an unknown profile, a region that is none and missing credentials each have their code', async () => {
  const server = await startScriptedAws(() => undefined);
  await server.close();
  const { inventory } = await openInventory(`${profileSection('closed', server.url)}[profile empty]\nregion = eu-west-1\nendpoint_url = ${server.url}\n`);
  inventory.select([scopeOf('closed'), scopeOf('nobody'), scopeOf('closed', 'eu west'), scopeOf('empty')]);
  await inventory.settled();
  expect(inventory.statuses().map(({ error }) => error?.code)).toEqual(['aws.endpoint-unreachable', 'aws.profile-not-found', 'aws.region-unknown', 'aws.no-credentials']);
});

test('the region is the one that is signed for', async () => {
  const server = await serve((call) => (call.operation === 'DescribeInstances' ? (call.region === 'eu-west-1' ? instancesAnswer(['i-1']) : ec2Error('AuthFailure', 401)) : emptyAnswer(call)));
  const { inventory } = await openInventory(profileSection('p', server.url));
  inventory.select([scopeOf('p'), scopeOf('p', 'mars-north-1')]);
  await inventory.settled();
  expect(inventory.statuses().map(({ scope, error }) => [scope.region, error?.code])).toEqual([
    ['eu-west-1', undefined],
    ['mars-north-1', 'aws.credentials-refused'],
  ]);
});
