import { renderToStaticMarkup } from 'react-dom/server';
import { expect, onTestFinished, test } from 'vitest';
import type { NetworkFacts } from '../../../src/contract/network.ts';
import { Ec2KeysSection } from '../../../src/renderer/panels/Ec2KeysSection.tsx';
import type { ScopeStatus } from '../../../src/contract/scope.ts';
import { createHostActionCalls } from '../../../src/renderer/state/hostActionCalls.ts';
import { toAwsError } from '../../../src/services/aws/awsErrors.ts';
import { i18n } from '../../../src/renderer/i18n/i18n.ts';
import { ja } from '../../../src/renderer/i18n/ja.ts';
import { services } from '../../../src/renderer/i18n/ja/services.ts';
import { networkFacts, scopeStatus } from './literals.ts';

const calls = createHostActionCalls(() => {
  throw new Error('asked');
});

const text = (...facts: readonly NetworkFacts[]): string => textWith([], ...facts);

function textWith(statuses: readonly ScopeStatus[], ...facts: readonly NetworkFacts[]): string {
  const network = new Map(facts.map((one) => [one.scope.region, one]));
  return renderToStaticMarkup(<Ec2KeysSection network={network} instances={new Map()} keys={[]} calls={calls} statuses={statuses} />).replace(/<[^>]*>/g, ' ').replace(/\s+/g, ' ');
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

const ACTION = 'ec2:DescribeKeyPairs';
const { ec2KeyPairs: _unread, ...unread } = networkFacts;

/** A region whose call for key pairs failed so, as the services tell it. */
function failed(region: string, thrown: object): ScopeStatus {
  const call = { action: ACTION, profile: 'prod', region, endpoint: `ec2.${region}.amazonaws.com` };
  return scopeStatus({ scope: { profile: 'prod', region }, problems: [{ action: ACTION, error: toAwsError(Object.assign(new Error('no'), thrown), call).toReport() }] });
}

test('a place whose key pairs were not read says why: the permission that is missing, too many calls, no network, or that it is being read', () => {
  const region = unread.scope.region;
  const reasonFor = (status: ScopeStatus): string => /Not read: prod\/ap-northeast-1\. (.*?) (?=$)/.exec(textWith([status], unread))?.[1] ?? '';
  expect(reasonFor(failed(region, { name: 'UnauthorizedOperation' }))).toBe('ec2:DescribeKeyPairs is not allowed there.');
  expect(reasonFor(failed(region, { name: 'RequestLimitExceeded' }))).toBe('ec2:DescribeKeyPairs is throttled by AWS for profile prod in ap-northeast-1. Wait a minute and refresh.');
  expect(reasonFor(failed(region, { code: 'ENETUNREACH' }))).toBe('No connection to ec2.ap-northeast-1.amazonaws.com (ENETUNREACH). Check the network connection and the endpoint of the profile.');
  const expired = { code: 'aws.credentials-expired', message: 'They have expired.', retryable: false } as const;
  expect(reasonFor(scopeStatus({ scope: unread.scope, state: 'needs-sign-in', error: expired }))).toBe('They have expired.');
  expect(textWith([scopeStatus({ scope: unread.scope, state: 'loading' })])).toContain('Being read: prod/ap-northeast-1.');
});

test('places with the same reason share a line; a region that told nothing at all is named too', () => {
  const shown = textWith(['us-east-1', 'eu-west-1'].map((region) => failed(region, { name: 'UnauthorizedOperation' })), networkFacts);
  expect(shown).toContain('Not read: prod/us-east-1, prod/eu-west-1. ec2:DescribeKeyPairs is not allowed there.');
  expect(shown).not.toContain('EC2 has told of no key pair');
});

test('the reason is said in the language of the window', async () => {
  i18n.addResourceBundle('ja', 'translation', ja);
  i18n.addResourceBundle('ja', 'services', services);
  await i18n.changeLanguage('ja');
  onTestFinished(async () => void (await i18n.changeLanguage('en')));
  expect(textWith([failed(unread.scope.region, { name: 'UnauthorizedOperation' })], unread)).toContain('読み取れていない場所: prod/ap-northeast-1。ec2:DescribeKeyPairs が許可されていません。');
  expect(textWith([failed(unread.scope.region, { name: 'RequestLimitExceeded' })], unread)).toContain('読み取れていない場所: prod/ap-northeast-1。プロファイル prod（ap-northeast-1）の ec2:DescribeKeyPairs が AWS によってスロットリングされています。1 分ほど待ってから更新してください。');
});
