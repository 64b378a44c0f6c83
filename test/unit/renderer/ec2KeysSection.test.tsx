import { renderToStaticMarkup } from 'react-dom/server';
import { expect, test } from 'vitest';
import type { NetworkFacts } from '../../../src/contract/network.ts';
import { Ec2KeysSection } from '../../../src/renderer/panels/Ec2KeysSection.tsx';
import { createHostActionCalls } from '../../../src/renderer/state/hostActionCalls.ts';
// The component's words.
import '../../../src/renderer/i18n/i18n.ts';
import { networkFacts } from './literals.ts';

const calls = createHostActionCalls(() => {
  throw new Error('asked');
});

function text(...facts: readonly NetworkFacts[]): string {
  const network = new Map(facts.map((one) => [one.scope.region, one]));
  return renderToStaticMarkup(<Ec2KeysSection network={network} instances={new Map()} keys={[]} calls={calls} />).replace(/<[^>]*>/g, ' ').replace(/\s+/g, ' ');
}

test('that EC2 has no key pair is said only where all were read; where they were not, the place is named beside those that were', () => {
  const none = 'EC2 has told of no key pair in the regions listed.';
  const { ec2KeyPairs: _pairs, ...unread } = networkFacts;
  const elsewhere = { ...networkFacts.scope, region: 'eu-west-1' };
  expect(text(networkFacts)).toContain(none);
  expect(text(networkFacts)).not.toContain('Not read');
  for (const shown of [text(unread), text(unread, { ...networkFacts, scope: elsewhere })]) {
    expect(shown).toContain('Not read: prod/ap-northeast-1.');
    expect(shown).not.toContain(none);
  }
  const both = text(unread, { ...networkFacts, scope: elsewhere, ec2KeyPairs: [{ keyName: 'ops', scope: elsewhere }] });
  expect(both).toContain('Not read: prod/ap-northeast-1.');
  expect(both).toMatch(/ ops .*prod\/eu-west-1/);
});
