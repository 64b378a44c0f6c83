import { afterEach, expect, test } from 'vitest';
import { readConfigFiles } from '../../../src/services/aws/configFiles.ts';
import { configuredEndpoint } from '../../../src/services/aws/endpoints.ts';
import { createCloud } from '../../integration/scriptedAws.ts';

const cleanups: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup();
});

const everything = `[profile p]
endpoint_url = http://profile
services = local
[services local]
ec2 =
  endpoint_url = http://section-ec2
`;

async function endpointsOf(config: string, environment: Record<string, string> = {}): Promise<(string | undefined)[]> {
  const cloud = await createCloud(config, { environment });
  cleanups.push(cloud.remove);
  const files = await readConfigFiles(cloud);
  return (['ec2', 'ssm', 'sts'] as const).map((service) => configuredEndpoint(service, 'p', environment, files));
}

test('the order is: the service in the environment, the environment, the services section, the profile', async () => {
  expect(await endpointsOf(everything)).toEqual(['http://section-ec2', 'http://profile', 'http://profile']);
  expect(await endpointsOf(everything, { AWS_ENDPOINT_URL: 'http://environment' })).toEqual(['http://environment', 'http://environment', 'http://environment']);
  expect(await endpointsOf(everything, { AWS_ENDPOINT_URL: 'http://environment', AWS_ENDPOINT_URL_SSM: 'http://environment-ssm' })).toEqual(['http://environment', 'http://environment-ssm', 'http://environment']);
  expect(await endpointsOf(everything, { AWS_ENDPOINT_URL_STS: 'http://environment-sts' })).toEqual(['http://section-ec2', 'http://profile', 'http://environment-sts']);
  expect(await endpointsOf('[profile p]\nregion = eu-west-1\n')).toEqual([undefined, undefined, undefined]);
});

test('configured endpoints are ignored on request, of the environment or of the profile', async () => {
  const none = [undefined, undefined, undefined];
  expect(await endpointsOf(everything, { AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: 'true', AWS_ENDPOINT_URL: 'http://environment' })).toEqual(none);
  expect(await endpointsOf(everything.replace('services =', 'ignore_configured_endpoint_urls = true\nservices ='))).toEqual(none);
});

test('a variable set to nothing counts as not set', async () => {
  expect(await endpointsOf('[profile p]\nendpoint_url = http://profile\n', { AWS_ENDPOINT_URL: '', AWS_ENDPOINT_URL_EC2: ' ' })).toEqual(['http://profile', 'http://profile', 'http://profile']);
});

test('a services section that is not there and an endpoint that is no URL are errors', async () => {
  await expect(endpointsOf('[profile p]\nservices = missing\n')).rejects.toMatchObject({ code: 'data.unreadable', message: expect.stringContaining('Profile p names the services section missing') });
  await expect(endpointsOf('[profile p]\nendpoint_url = localhost:4566\n')).rejects.toMatchObject({ code: 'data.unreadable', message: 'The ec2 endpoint of profile p is not an http or https URL.' });
});
