import { renderToStaticMarkup } from 'react-dom/server';
import { expect, test } from 'vitest';
import type { Instance } from '../../../src/contract/instance.ts';
import { i18n } from '../../../src/renderer/i18n/i18n.ts';
import { ja } from '../../../src/renderer/i18n/ja.ts';
import { HostPanel } from '../../../src/renderer/panels/HostPanel.tsx';
import { InstanceRow } from '../../../src/renderer/panels/HostRowView.tsx';
import { instance, NOW_MS } from './literals.ts';

const nothing = (): void => undefined;
const node = (change: Partial<Instance> = {}): Instance => ({
  ...instance({ instanceId: 'mi-0abc', name: 'office-files', privateIpAddress: '192.168.10.20', vpcId: undefined, networkInterfaces: [], platformDetails: 'Ubuntu', ssm: { pingStatus: 'Online', computerName: 'office-files.corp.example', seenAt: '2026-11-22T08:59:00Z' } }),
  managedNode: { resourceType: 'ManagedInstance', iamRole: 'managed-nodes', registrationDate: '2026-11-20T09:00:00Z' },
  ...change,
});

function text(markup: string): string {
  return markup.replace(/<[^>]*>/g, ' ').replace(/\s+/g, ' ').trim();
}

function panel(shown: Instance): string {
  return text(renderToStaticMarkup(<HostPanel instance={shown} network={undefined} detail={<p>volumes of EC2</p>} networkSections={<p>subnet of EC2</p>} plan={{ name: 'ready', plans: [] }} nowMs={NOW_MS} onReadPreferences={() => Promise.reject(new Error('asked'))} foldedSections={[]} onFold={nothing} onOpen={nothing} onChooseRoute={nothing} onForward={nothing} />));
}

test('a managed node is marked in the list and in its panel, which says why what only EC2 has is not there', () => {
  expect(text(renderToStaticMarkup(<InstanceRow instance={node()} />))).toBe('office-files MI 192.168.10.20 SSM');
  const shown = panel(node());
  for (const part of ['managed node mi-0abc', 'It is no EC2 instance: only Session Manager leads to it', '192.168.10.20 IP address As its agent reports it.', 'EC2 does not know this machine', 'State running as its agent answers', 'Resource type ManagedInstance', 'IAM role managed-nodes', '2 d ago', 'Computer name office-files.corp.example'])
    expect(shown).toContain(part);
  for (const part of ['volumes of EC2', 'subnet of EC2', 'Status checks', 'No public address']) expect(shown).not.toContain(part);
});

test('one whose agent reports no address says so, in Japanese too', async () => {
  const { privateIpAddress: _none, ...without } = node({ state: 'connection-lost' });
  expect(panel(without)).toContain('Its agent reports no address.');
  i18n.addResourceBundle('ja', 'translation', ja);
  await i18n.changeLanguage('ja');
  expect(panel(without)).toContain('エージェントはアドレスを報告していません。');
  await i18n.changeLanguage('en');
});
