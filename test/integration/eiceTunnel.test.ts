/** What an EC2 Instance Connect Endpoint may say, against the demo's tunnels and a server that says it. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { PassThrough } from 'node:stream';
import { afterEach, expect, test } from 'vitest';
import type { WebSocket } from 'ws';
import { WebSocketServer } from 'ws';
import { Faults } from '../../src/demo/faults.ts';
import type { TunnelService } from '../../src/demo/tunnelService.ts';
import { startTunnelService } from '../../src/demo/tunnelService.ts';
import { presignTunnel } from '../../src/services/aws/presignTunnel.ts';
import { silentLog } from '../../src/services/base/log.ts';
import { Secret } from '../../src/services/base/secret.ts';
import { openEiceTunnel } from '../../src/services/routes/eiceTunnel.ts';

const keys = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' };
const now = new Date('2026-11-22T10:00:00Z');
const tunnel = { instanceConnectEndpointId: 'eice-1', privateIpAddress: '10.0.10.21', port: 22 };
const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup();
});

async function startDemo(): Promise<{ tunnels: TunnelService; faults: Faults; far: PassThrough }> {
  const faults = new Faults();
  const far = new PassThrough();
  const tunnels = await startTunnelService({
    regions: [
      { region: 'eu-west-1', instanceConnectEndpoints: [{ instanceConnectEndpointId: 'eice-1', vpcId: 'vpc-1', subnetId: 'subnet-1', availabilityZone: 'eu-west-1a', networkInterfaceId: 'eni-1', groupIds: [], dnsName: '', createdAt: '2026-11-22T00:00:00Z', tags: {} }] },
    ],
    credentials: { accessKeyId: keys.accessKeyId, secretAccessKey: Secret.fromText(keys.secretAccessKey) },
    callerArn: 'arn:aws:iam::111122223333:user/demo',
    faults,
    dial: async () => far,
    clock: { now: () => now.getTime() },
    log: silentLog,
  });
  cleanups.push(() => tunnels.close());
  return { tunnels, faults, far };
}

/** A WebSocket server that does what it is told with each tunnel. */
async function startEndpoint(serve: (socket: WebSocket) => void): Promise<string> {
  const server = createServer();
  const sockets = new WebSocketServer({ server });
  sockets.on('connection', serve);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  cleanups.push(() => {
    for (const socket of sockets.clients) socket.terminate();
    server.close();
  });
  return `ws://127.0.0.1:${(server.address() as AddressInfo).port}/openTunnel`;
}

async function open(dnsName: string, over: Partial<Parameters<typeof presignTunnel>[0]> = {}, signedAt = now, secretAccessKey = keys.secretAccessKey) {
  const url = await presignTunnel({ ...tunnel, dnsName, ...over }, 'eu-west-1', { ...keys, secretAccessKey }, signedAt);
  return openAt(url);
}

async function openAt(url: string) {
  const stream = await openEiceTunnel({ url, instanceConnectEndpointId: 'eice-1', where: '10.0.10.21 port 22' }, new AbortController().signal, 5000);
  cleanups.push(() => stream.destroy());
  return stream;
}

test('a signed address opens a tunnel, and a forged or an old one does not', async () => {
  const { tunnels } = await startDemo();
  const stream = await open(tunnels.address);
  stream.write('ping');
  expect(String((await once(stream, 'data'))[0])).toBe('ping');
  await expect(open(tunnels.address, {}, now, 'another secret')).rejects.toMatchObject({ code: 'aws.access-denied', message: 'The endpoint eice-1 refuses a tunnel to 10.0.10.21 port 22: The signature is not valid (wrong-signature).' });
  await expect(open(tunnels.address, {}, new Date(now.getTime() - 61_000))).rejects.toMatchObject({ code: 'aws.access-denied' });
});

test('what the endpoint refuses is told in its own words, with the request id', async () => {
  const { tunnels, faults } = await startDemo();
  await expect(open(tunnels.address, { port: 80 })).rejects.toMatchObject({
    code: 'eice.tunnel-refused',
    message: 'The endpoint eice-1 refuses a tunnel to 10.0.10.21 port 22: The specified RemotePort is not valid. Specify either 22 or 3389 as the RemotePort and retry your request.',
    requestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
  });
  await expect(open(tunnels.address, { instanceConnectEndpointId: 'eice-2' })).rejects.toMatchObject({ code: 'eice.tunnel-refused', message: expect.stringContaining('The specified EC2 Instance Connect Endpoint does not exist.') });
  faults.deniedActions = ['ec2-instance-connect:OpenTunnel'];
  await expect(open(tunnels.address)).rejects.toMatchObject({ code: 'aws.access-denied', remedy: expect.stringContaining('ec2-instance-connect:OpenTunnel') });
});

test('large writes go out in frames of 65,000 bytes, and any size is taken', async () => {
  const sizes: number[] = [];
  const done = Promise.withResolvers<void>();
  const url = await startEndpoint((socket) => {
    socket.on('message', (data: Buffer) => {
      sizes.push(data.length);
      if (sizes.reduce((sum, size) => sum + size, 0) === 150_000) done.resolve();
    });
    socket.send(Buffer.alloc(300_000, 'x'));
  });
  const stream = await openAt(url);
  stream.write(Buffer.alloc(150_000));
  await done.promise;
  expect(sizes).toEqual([65_000, 65_000, 20_000]);
  let received = 0;
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    received += chunk.length;
    if (received === 300_000) break;
  }
  expect(received).toBe(300_000);
});

test.each<[string, (socket: WebSocket) => void, string]>([
  ['a text message', (socket) => socket.send('target \u001b[31mnot reachable'), 'The endpoint eice-1 found nobody at 10.0.10.21 port 22: target not reachable.'],
  ['a close before the first byte', (socket) => socket.close(1000), 'The endpoint eice-1 found nobody at 10.0.10.21 port 22.'],
  ['a close with another code', (socket) => socket.close(1008, 'Too many connections'), 'The endpoint eice-1 found nobody at 10.0.10.21 port 22: Too many connections.'],
  ['an end with a reason later on', (socket) => socket.send(Buffer.from('hello'), () => socket.close(1011, 'Max tunnel duration reached')), 'The endpoint eice-1 ended the tunnel to 10.0.10.21 port 22: Max tunnel duration reached.'],
])('%s is an error in words', async (_what, serve, message) => {
  const stream = await openAt(await startEndpoint(serve));
  stream.resume();
  const [error] = (await once(stream, 'error')) as [unknown];
  expect(error).toMatchObject({ code: 'eice.tunnel-ended', message });
});

test('an end in order after the last byte is the end', async () => {
  const stream = await openAt(await startEndpoint((socket) => socket.send(Buffer.from('last'), () => socket.close(1000))));
  let received = '';
  for await (const chunk of stream as AsyncIterable<Buffer>) received += String(chunk);
  expect(received).toBe('last');
});

test('nobody at the address of the endpoint is told as unreachable, without its signed address', async () => {
  const url = await presignTunnel({ ...tunnel, dnsName: '127.0.0.1:1' }, 'eu-west-1', keys, now);
  await expect(openAt(url)).rejects.toMatchObject({ code: 'aws.endpoint-unreachable', message: 'No connection to the endpoint eice-1 (ECONNREFUSED).' });
});
