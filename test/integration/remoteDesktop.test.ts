/** Remote Desktop of a Windows instance: the tunnel that leads to it, and the system's client that is started. The demo cloud where AWS would be. */
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { AppInfo } from '../../src/contract/settings.ts';
import { startDemoCloud, type DemoCloud } from '../../src/demo/demoCloud.ts';
import { systemClock } from '../../src/services/base/clock.ts';
import { silentLog } from '../../src/services/base/log.ts';
import { MemorySecretStore } from '../../src/services/base/secret.ts';
import { createServices, type Services } from '../../src/services/services.ts';

/** X.224 Connection Request with RDP_NEG_REQ for TLS and CredSSP, as mstsc sends it, and the answer that chooses TLS (MS-RDPBCGR 2.2.1.1, 2.2.1.2). */
const CONNECTION_REQUEST = Buffer.from('030000130ee000000000000100080003000000', 'hex');
const CONNECTION_CONFIRM = '030000130ed000001234000200080001000000';

let folder: string;
let cloud: DemoCloud;
let services: Services;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'postern-desktop-'));
  cloud = await startDemoCloud({ seed: randomBytes(32), log: silentLog });
});

afterEach(async () => {
  vi.unstubAllEnvs();
  await services.close();
  rmSync(folder, { recursive: true, force: true });
});

async function start(app: AppInfo['app']): Promise<string> {
  services = await createServices({ app, version: '0.0.0', dataDir: folder, secrets: new MemorySecretStore(), log: silentLog, clock: systemClock, clouds: [cloud] });
  await services.local.select(['demo'], ['ap-northeast-1']);
  await services.local.allInstances();
  return cloud.instance('desktop-1').instanceId;
}

async function negotiate(address: string): Promise<string> {
  const socket = connect(Number(address.split(':')[1]), '127.0.0.1');
  socket.write(CONNECTION_REQUEST);
  const chunks: Buffer[] = [];
  socket.on('data', (bytes: Buffer) => chunks.push(bytes));
  await once(socket, 'end');
  socket.destroy();
  return Buffer.concat(chunks).toString('hex');
}

test('without an agent the desktop is reached where its security group lets 3389 in, by one tunnel for every connection', async () => {
  const instanceId = await start('web');
  const desktop = await services.windows.openRemoteDesktop({ instanceId });
  expect(await negotiate(desktop.address)).toBe(CONNECTION_CONFIRM);
  expect(await negotiate(desktop.address)).toBe(CONNECTION_CONFIRM);
  expect(desktop).toEqual({ address: desktop.address, forwardId: desktop.forwardId, opened: false, rdpFile: `full address:s:${desktop.address}\r\nusername:s:Administrator\r\nprompt for credentials:i:1\r\nauthentication level:i:2\r\n` });
  expect(await services.windows.openRemoteDesktop({ instanceId })).toEqual(desktop);
  expect((await services.forwards.list({})).map(({ forwardId, instanceName, remotePort, state, totalConnections }) => ({ forwardId, instanceName, remotePort, state, totalConnections }))).toEqual([{ forwardId: desktop.forwardId, instanceName: 'desktop-1', remotePort: 3389, state: 'listening', totalConnections: 2 }]);
  expect(cloud.messages.sessions()).toEqual([]);
});

test('with its agent online the desktop is reached by Session Manager', async () => {
  const machine = cloud.instance('desktop-1');
  Object.assign(machine, { agent: { ...machine.agent, pingStatus: 'Online' } });
  const instanceId = await start('web');
  // Systems Manager's facts come behind EC2's.
  await expect.poll(async () => (await services.instances.list({ refresh: false })).find((instance) => instance.instanceId === instanceId)?.ssm?.pingStatus, { timeout: 10_000 }).toBe('Online');
  const { address } = await services.windows.openRemoteDesktop({ instanceId });
  expect(await negotiate(address)).toBe(CONNECTION_CONFIRM);
  expect(cloud.messages.sessions().map(({ target }) => target)).toEqual([instanceId]);
});

test('on the desktop the system’s client is started with the tunnel’s address and the user, and no password', async () => {
  const told = join(folder, 'told');
  const client = join(folder, 'xfreerdp3');
  writeFileSync(client, `#!/bin/sh\nprintf '%s\\n' "$@" > '${told}.part' && mv '${told}.part' '${told}'\n`);
  chmodSync(client, 0o755);
  vi.stubEnv('PATH', `${folder}${delimiter}${process.env['PATH'] ?? ''}`);
  const instanceId = await start('electron');
  const { address, opened } = await services.windows.openRemoteDesktop({ instanceId });
  expect(opened).toBe(true);
  await expect.poll(() => existsSync(told)).toBe(true);
  expect(readFileSync(told, 'utf8')).toBe(`/v:${address}\n/u:Administrator\n`);
});

