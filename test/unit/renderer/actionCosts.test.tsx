import { renderToStaticMarkup } from 'react-dom/server';
import { expect, test } from 'vitest';
import type { ActionCosts } from '../../../src/contract/action.ts';
import type { MissingPart } from '../../../src/contract/part.ts';
import { ActionCostList } from '../../../src/renderer/panels/hostActions/ActionCostList.tsx';
// The component's words.
import '../../../src/renderer/i18n/i18n.ts';

const costs: ActionCosts = {
  instanceId: 'i-0aaa',
  state: 'running',
  production: false,
  publicAddresses: [],
  openSessions: 0,
  openForwards: 0,
  protection: { known: true, value: { stop: false, termination: false } },
  hibernationConfigured: { known: true, value: false },
  instanceStoreGb: { known: true, value: 0 },
  deletedVolumes: { known: true, value: [] },
};

function missing(denied: boolean): MissingPart {
  return { known: false, permission: 'ec2:DescribeVolumes', denied, error: { code: denied ? 'aws.access-denied' : 'aws.throttled', message: 'ec2:DescribeVolumes is throttled by AWS.', retryable: !denied } };
}

test('what an action costs and could not be read names its reason: the permission that is missing, or the error', () => {
  const text = (part: MissingPart): string => renderToStaticMarkup(<ActionCostList kind="terminate" costs={[{ ...costs, deletedVolumes: part }]} typed={{}} onType={() => undefined} />).replace(/<[^>]*>/g, ' ');
  expect(text(missing(true))).toContain('Which volumes are deleted with it is not known: ec2:DescribeVolumes is not allowed.');
  expect(text(missing(false))).toContain('Which volumes are deleted with it could not be read. ec2:DescribeVolumes is throttled by AWS.');
});
