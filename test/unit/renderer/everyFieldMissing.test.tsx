/**
 * Each panel with every field missing in turn, every list empty, every part denied, throttled and failed, and every word AWS may
 * say: nothing breaks, nothing unreadable is shown, and nothing of the rest goes with it. In each language.
 */
import type { ReactNode } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import { beforeAll, describe, expect, test } from 'vitest';
import * as z from 'zod';
import { ActionCosts, actionKinds, ActionRun, Protection } from '../../../src/contract/action.ts';
import { errorCodes } from '../../../src/contract/error.ts';
import { HistoryEntry } from '../../../src/contract/history.ts';
import { ConsoleOutput, InstanceAccess, InstanceDetails, InstanceStorage } from '../../../src/contract/hostDetail.ts';
import { Instance } from '../../../src/contract/instance.ts';
import { HostKey, KeyPair } from '../../../src/contract/key.ts';
import { MetricsReading } from '../../../src/contract/metrics.ts';
import { NetworkFacts } from '../../../src/contract/network.ts';
import { NetworkDetail } from '../../../src/contract/networkDetail.ts';
import { NetworkReach } from '../../../src/contract/networkReach.ts';
import { part } from '../../../src/contract/part.ts';
import { RoutePlan } from '../../../src/contract/route.ts';
import { ScopeStatus } from '../../../src/contract/scope.ts';
import { SessionPreferences } from '../../../src/contract/sessionPreferences.ts';
import { ResolvedConfig } from '../../../src/contract/sshConfig.ts';
import { en } from '../../../src/renderer/i18n/en.ts';
import { i18n, languages } from '../../../src/renderer/i18n/i18n.ts';
import { ja } from '../../../src/renderer/i18n/ja.ts';
import { itemLabel } from '../../../src/renderer/map/itemWords.ts';
import { VPC, zoneId } from '../../../src/renderer/map/layoutVpc.ts';
import { MapFoot } from '../../../src/renderer/map/MapFoot.tsx';
import { toVpcGraph } from '../../../src/renderer/map/vpcGraph.ts';
import { paletteNames, toVpcSvg, type Palette } from '../../../src/renderer/map/vpcSvg.ts';
import { SecurityGroupsSection } from '../../../src/renderer/network/SecurityGroupsSection.tsx';
import { SubnetSection } from '../../../src/renderer/network/SubnetSection.tsx';
import { VpcSection } from '../../../src/renderer/network/VpcSection.tsx';
import { HistoryTable } from '../../../src/renderer/panels/history/HistoryTable.tsx';
import { ActionCostList } from '../../../src/renderer/panels/hostActions/ActionCostList.tsx';
import { ActionProgress } from '../../../src/renderer/panels/hostActions/ActionProgress.tsx';
import { ProtectionView } from '../../../src/renderer/panels/hostActions/ProtectionSection.tsx';
import { AccessSection } from '../../../src/renderer/panels/hostDetail/AccessSection.tsx';
import { OutputView } from '../../../src/renderer/panels/hostDetail/ConsoleSection.tsx';
import { DetailsSection } from '../../../src/renderer/panels/hostDetail/DetailsSection.tsx';
import { MetricCharts } from '../../../src/renderer/panels/hostDetail/MetricCharts.tsx';
import { MetricNotes } from '../../../src/renderer/panels/hostDetail/MetricsSection.tsx';
import { StorageSection } from '../../../src/renderer/panels/hostDetail/StorageSection.tsx';
import { HostPanel } from '../../../src/renderer/panels/HostPanel.tsx';
import { InstanceRow, instanceRowTitle, ScopeRow } from '../../../src/renderer/panels/HostRowView.tsx';
import { HostSsh } from '../../../src/renderer/panels/HostSsh.tsx';
import { RoutesSection } from '../../../src/renderer/panels/RoutesSection.tsx';
import { PreferenceFacts } from '../../../src/renderer/panels/SessionManagerSection.tsx';
import { SshConfigFacts } from '../../../src/renderer/panels/SshConfigFacts.tsx';
import { StatusBar } from '../../../src/renderer/panels/StatusBar.tsx';
import { judgeReach } from '../../../src/services/reach/networkReach.ts';
import { leavesOf, variantsOf, wholeAnswer, type Hints, type Variant } from './answerVariants.ts';
import { NOW_MS } from './literals.ts';

beforeAll(() => {
  i18n.addResourceBundle('ja', 'translation', ja);
});

/** Asked in effects only, which do not run here. */
const never = (): Promise<never> => Promise.reject(new Error('asked'));
const nothing = (): void => undefined;
const recordingCalls = { start: never, stop: never, mark: never, content: never, show: never, remove: never, history: never, removeEntries: never };

/** What cannot be read, in markup: values that are none, names of texts, empty elements, labels of nothing, separators of nothing. */
const BLEMISHES = new RegExp(
  [
    String.raw`undefined|\bnull\b|NaN|Invalid Date|\[object|Infinity`,
    String.raw`\{\{|\}\}`,
    String.raw`\b(?:${Object.keys(en).join('|')})\.[a-zA-Z]\w+`,
    String.raw`<(dt|dd|h\d|p|li|strong|summary|label|button|figcaption|option)(?: [^>]*)?>\s*</\1>`,
    String.raw`<(?:ul|ol)(?: [^>]*)?></`,
    String.raw` (?:title|aria-label|alt)="[^"]*(?:^|: ?)"`,
    String.raw`:\s*</(?:p|li|dd|td|h\d)>`,
    String.raw`\(\s*\)|\(\s*,|,\s*\)|,\s*,|·\s*·|^\s*[,·]|>\s*[,·] |[·,]\s*</(?:p|dd|li|span)>`,
  ].join('|'),
);

/** They look like names of texts. */
const CODES = new RegExp(`>(?:${errorCodes.join('|').replaceAll('.', String.raw`\.`)})(?=<| ·)`, 'g');

function textOf(markup: string): string {
  return markup.replace(/<[^>]*>/g, ' ').replace(/&#x27;/g, "'").replace(/&quot;/g, '"').replace(/&lt;/g, '<').replace(/&gt;/g, '>').replace(/&amp;/g, '&').replace(/\s+/g, ' ').trim();
}

interface Panel {
  readonly name: string;
  readonly hints?: Hints;
  /** What goes with what: it has no meaning without the other. */
  readonly goesWith?: readonly (readonly [lacking: RegExp, gone: RegExp])[];
}

/** Draws all variants of an answer and returns what is wrong with any; and how many there were. */
function faultsOf<T extends z.ZodType>({ name, hints, goesWith = [] }: Panel, schema: T, draw: (value: z.output<T>) => ReactNode, isTried: (variant: Variant) => boolean): { readonly count: number; readonly faults: readonly string[] } {
  const whole = wholeAnswer(schema, hints);
  const wholeText = textOf(renderToStaticMarkup(<>{draw(whole)}</>));
  const leaves = leavesOf(whole);
  // What stands in two places is shown for either.
  const told = leaves.filter((leaf) => leaf !== '' && leaves.indexOf(leaf) === leaves.lastIndexOf(leaf) && wholeText.includes(leaf));
  expect(told.length, `${name} shows what it is told`).toBeGreaterThan(0);
  const faults: string[] = [];
  const all = [{ name: 'whole', lacks: false, value: whole as unknown }, ...variantsOf(schema, whole)].filter(isTried);
  for (const variant of all) {
    const parsed = schema.safeParse(variant.value);
    if (!parsed.success) {
      faults.push(`${name} ${variant.name}: the contract does not allow it`);
      continue;
    }
    let markup: string;
    try {
      markup = renderToStaticMarkup(<>{draw(parsed.data)}</>);
    } catch (thrown) {
      faults.push(`${name} ${variant.name}: ${String(thrown)}`);
      continue;
    }
    const blemish = BLEMISHES.exec(markup.replace(CODES, ''));
    if (blemish !== null) faults.push(`${name} ${variant.name}: ${blemish[0]} in …${blemish.input.slice(Math.max(0, blemish.index - 80), blemish.index + blemish[0].length + 30)}…`);
    if (!variant.lacks) continue;
    const shown = textOf(markup);
    const held = new Set(leavesOf(parsed.data));
    const gone = told.filter((leaf) => held.has(leaf) && !shown.includes(leaf) && !goesWith.some(([lacking, going]) => lacking.test(variant.name) && going.test(leaf)));
    if (gone.length > 0) faults.push(`${name} ${variant.name}: takes away ${gone.join(', ')}`);
  }
  return { count: all.length, faults };
}

const OPTION_OF_NOTHING = [/dhcpOptions.options.0.values empty/, /^key-/] as const;
/** What stands in no subnet stands nowhere, a table of no subnet is none of this host's, and of a host in no VPC there is nothing to say of one. */
const NOT_ON_THE_MAP = [
  [/instanceConnectEndpoints.0.(?:vpcId|subnetId) absent/, /^instanceConnectEndpointId/],
  [/natGateways.0.subnetId absent/, /^(?:natGatewayId|name)|^10\./],
  [/routeTables.0.associations empty/, /^(?:name|destinationCidrBlock|natGatewayId)/],
  [/instance.vpcId absent/, /./],
  OPTION_OF_NOTHING,
] as const;

const palette = Object.fromEntries(paletteNames.map((name) => [name, '#888888'])) as unknown as Palette;
const MapFacts = z.object({ facts: NetworkFacts, detail: NetworkDetail, instance: Instance.omit({ managedNode: true }) });

const host = wholeAnswer(Instance.omit({ managedNode: true }));
const facts = wholeAnswer(NetworkFacts);

describe.each(languages)('in %s', (language) => {
  beforeAll(async () => {
    await i18n.changeLanguage(language);
    return async () => void (await i18n.changeLanguage('en'));
  });

  /** @param atLeast so many variants there are: the generator finds what the schema says */
  const check = <T extends z.ZodType>(panel: Panel, schema: T, atLeast: number, draw: (value: z.output<T>) => ReactNode): void => {
    test(`${panel.name}`, () => {
      // What is missing is missing in every language; the words for what AWS may say are looked at in each.
      const { count, faults } = faultsOf(panel, schema, draw, language === 'en' ? () => true : ({ lacks }) => !lacks);
      expect(faults).toEqual([]);
      if (language === 'en') expect(count).toBeGreaterThanOrEqual(atLeast);
    });
  };
  const panel = (instance: Instance): ReactNode => (
    <>
      <HostPanel
        instance={instance}
        network={facts}
        ssh={<HostSsh instance={instance} settings={{ osUsers: [], weakAlgorithmHosts: [] }} hostKeys={[]} onChange={nothing} />}
        plan={{ name: 'ready', plans: [] }}
        nowMs={NOW_MS}
        onReadPreferences={never}
        foldedSections={[]}
        onFold={nothing}
        onOpen={nothing}
        onChooseRoute={nothing}
        onForward={nothing}
      />
      <ul>
        <li title={instanceRowTitle(instance)}>
          <InstanceRow instance={instance} />
        </li>
      </ul>
    </>
  );

  check({ name: 'host panel and row' }, Instance.omit({ managedNode: true }), 95, panel);
  check({ name: 'host panel of a managed node' }, Instance, 100, panel);
  check({ name: 'details' }, InstanceDetails, 115, (details) => <DetailsSection instance={host} details={details} nowMs={NOW_MS} />);
  check({ name: 'access', goesWith: [[/^roles /, /^policy/], [/^roles\.value absent/, /^policy/]] }, InstanceAccess, 55, (access) => <AccessSection instance={host} access={access} keys={[]} ec2KeyNames={[]} />);
  check({ name: 'private half of the key pair', goesWith: [[/^ec2KeyPairs empty/, /^keyName/]] }, KeyPair, 15, (key) => <AccessSection instance={{ ...host, keyName: key.ec2KeyPairs[0]?.keyName ?? 'key', scope: { profile: 'p', region: 'r' } }} access={wholeAnswer(InstanceAccess)} keys={[{ ...key, ec2KeyPairs: key.ec2KeyPairs.map((pair) => ({ ...pair, scopeKey: 'p/r' })) }]} ec2KeyNames={[]} />);
  check({ name: 'storage' }, InstanceStorage, 90, (storage) => <StorageSection storage={storage} />);
  check({ name: 'console output' }, ConsoleOutput, 4, (output) => <OutputView output={output} nowMs={NOW_MS} />);
  check({ name: 'console output of before' }, ConsoleOutput.extend({ latest: z.literal(false) }), 3, (output) => <OutputView output={output} nowMs={NOW_MS} />);
  check({ name: 'metrics' }, MetricsReading, 40, (reading) => (
    <>
      <MetricNotes reading={reading} nameOf={(instanceId) => instanceId} />
      <MetricCharts reading={reading} instanceIds={reading.hosts.map(({ instanceId }) => instanceId)} nameOf={(instanceId) => instanceId} theme="dark" />
    </>
  ));
  check({ name: 'security groups, subnet and VPC', goesWith: [OPTION_OF_NOTHING] }, NetworkReach, 180, (reach) => (
    <>
      <SecurityGroupsSection reach={reach} onLookUp={never} />
      <SubnetSection reach={reach} />
      <VpcSection reach={reach} />
    </>
  ));
  check({ name: 'map, and what is judged of it', hints: { vpcId: () => 'vpc-1', subnetId: () => 'subnet-1', routeTableId: () => 'rtb-1', gatewayId: () => 'igw-1' }, goesWith: NOT_ON_THE_MAP }, MapFacts, 270, ({ facts: network, detail, instance }) => {
    const graph = toVpcGraph({ vpcId: 'vpc-1', facts: network, detail, instances: [instance] });
    const ids = [VPC, ...graph.zones.map(({ zone }) => zoneId(zone)), ...graph.subnets.keys(), ...graph.items.keys()];
    const layout = { boxes: new Map(ids.map((id, index) => [id, { x: 0, y: 100 * index, width: 500, height: 90 }])), width: 500, height: 100 * ids.length };
    const reach = judgeReach(instance, { network, detail, memberCount: () => 1, person: undefined, addressSource: 'checkip.example', denied: [] });
    return (
      <>
        {ids.map((id) => (
          <MapFoot key={id} graph={graph} selectedId={id} plan={{ name: 'ready', plans: [] }} way={undefined} wayIndex={-1} reading={false} onWay={nothing} onOpen={nothing} />
        ))}
        <ul>
          {[...graph.items.values()].map((item) => (
            <li key={item.id}>{itemLabel(item, graph, i18n.t)}</li>
          ))}
        </ul>
        <div dangerouslySetInnerHTML={{ __html: toVpcSvg({ graph, layout, way: undefined, palette }, i18n.t) }} />
        <SecurityGroupsSection reach={reach} onLookUp={never} />
        <SubnetSection reach={reach} />
        <VpcSection reach={reach} />
      </>
    );
  });
  check({ name: 'Session Manager preferences' }, SessionPreferences, 10, (preferences) => [true, false].map((windows) => <PreferenceFacts key={String(windows)} preferences={preferences} windows={windows} />));
  check({ name: 'routes' }, z.array(RoutePlan), 10, (plans) => <RoutesSection plan={{ name: 'ready', plans }} onOpen={nothing} />);
  check({ name: 'SSH configuration', goesWith: [[/^values.0.file absent/, /^\d+$/]] }, ResolvedConfig, 12, (config) => <SshConfigFacts state={{ name: 'read', config }} />);
  check({ name: 'host keys' }, z.array(HostKey), 6, (hostKeys) => <HostSsh instance={{ ...host, instanceId: 'i-1', scope: { profile: 'p', region: 'r' } }} settings={{ osUsers: [], weakAlgorithmHosts: [] }} hostKeys={hostKeys.map((key) => ({ ...key, instanceId: 'i-1', scopeKey: 'p/r' }))} onChange={nothing} />);
  check({ name: 'what an action costs' }, z.array(ActionCosts).min(1), 25, (costs) => actionKinds.map((kind) => <ActionCostList key={kind} kind={kind} costs={costs} typed={{}} onType={nothing} />));
  check({ name: 'how an action goes' }, ActionRun, 20, (run) => <ActionProgress run={run} instances={new Map()} />);
  check({ name: 'protection' }, z.object({ name: z.string(), protection: part(Protection) }), 5, ({ name, protection }) => (
    <>
      {name}
      <ProtectionView protection={protection} busy={false} onChange={nothing} />
    </>
  ));
  check({ name: 'history' }, z.array(HistoryEntry), 45, (entries) => <HistoryTable entries={entries} nowMs={NOW_MS} openId={entries[0]?.entryId} calls={recordingCalls} onOpen={nothing} onPlay={nothing} />);
  check({ name: 'scopes' }, z.array(ScopeStatus), 20, (scopes) => (
    <>
      {scopes.map((status, index) => (
        <ScopeRow key={index} status={status} nowMs={NOW_MS} onRetry={nothing} />
      ))}
      <StatusBar scopes={scopes} hostCount={1} forwards={[]} link={{ name: 'open' }} info={undefined} nowMs={NOW_MS} onRefresh={nothing} onStopReading={nothing} onRetryLink={nothing} onChooseScopes={nothing} onShowTunnels={nothing} />
    </>
  ));
});
