import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import * as z from 'zod';
import { presignTunnel } from '../../../src/services/aws/presignTunnel.ts';

const Vector = z.object({ name: z.string(), accessKey: z.string(), secretKey: z.string(), sessionToken: z.string().optional(), region: z.string(), amzDate: z.string(), signature: z.string(), url: z.string() });
const { eicePresign } = z.object({ eicePresign: z.object({ vectors: z.array(Vector) }) }).parse(JSON.parse(readFileSync('test/fixtures/ssm/session-manager-vectors.json', 'utf8')));

test.each(eicePresign.vectors.map((vector) => [vector.name, vector] as const))('a tunnel is signed as AWS signs it: %s', async (_name, { accessKey, secretKey, sessionToken, region, amzDate, signature, url }) => {
  const wanted = new URL(url);
  const parameter = (name: string): string => wanted.searchParams.get(name) ?? '';
  const duration = wanted.searchParams.get('maxTunnelDuration');
  const now = new Date(amzDate.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'));
  const made = new URL(
    await presignTunnel(
      {
        dnsName: wanted.host,
        instanceConnectEndpointId: parameter('instanceConnectEndpointId'),
        privateIpAddress: parameter('privateIpAddress'),
        port: Number(parameter('remotePort')),
        ...(duration === null ? {} : { maxTunnelDurationSeconds: Number(duration) }),
      },
      region,
      { accessKeyId: accessKey, secretAccessKey: secretKey, sessionToken },
      now,
    ),
  );
  expect(made.searchParams.get('X-Amz-Signature')).toBe(signature);
  expect(`${made.protocol}//${made.host}${made.pathname}`).toBe(`${wanted.protocol}//${wanted.host}${wanted.pathname}`);
  expect(Object.fromEntries(made.searchParams)).toEqual(Object.fromEntries(wanted.searchParams));
});

test('only a tunnel on this machine is not encrypted', async () => {
  const tunnel = { instanceConnectEndpointId: 'eice-1', privateIpAddress: '10.0.0.1', port: 22 };
  const keys = { accessKeyId: 'a', secretAccessKey: 'b' };
  expect(await presignTunnel({ ...tunnel, dnsName: '127.0.0.1:8080' }, 'eu-west-1', keys, new Date())).toMatch(/^ws:\/\/127\.0\.0\.1:8080\/openTunnel\?/);
  expect(await presignTunnel({ ...tunnel, dnsName: '127.0.0.1.example.com' }, 'eu-west-1', keys, new Date())).toMatch(/^wss:\/\/127\.0\.0\.1\.example\.com\/openTunnel\?/);
});
