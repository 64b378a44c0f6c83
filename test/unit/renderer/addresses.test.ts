import { expect, test } from 'vitest';
import { instanceAddresses } from '../../../src/renderer/state/addresses.ts';
import { instance, networkInterface } from './literals.ts';

test('an Elastic IP is fixed and names its allocation and association', () => {
  const host = instance({
    publicIpAddress: '203.0.113.9',
    publicDnsName: 'ec2-203-0-113-9.compute.amazonaws.com',
    privateDnsName: 'ip-10-0-1-20.internal',
    networkInterfaces: [
      networkInterface({
        privateIpAddresses: [{ privateIpAddress: '10.0.1.20', primary: true, association: { publicIp: '203.0.113.9', allocationId: 'eipalloc-1', associationId: 'eipassoc-1', ipOwnerId: '123456789012' } }],
      }),
    ],
  });
  const { addresses, missing } = instanceAddresses(host);
  expect(addresses.map(({ address, kind }) => `${kind} ${address}`)).toEqual(['private 10.0.1.20', 'elastic 203.0.113.9', 'dns ip-10-0-1-20.internal', 'dns ec2-203-0-113-9.compute.amazonaws.com']);
  expect(addresses[0]?.meaning).toBe("Kept for the interface's life, through stop and start.");
  expect(addresses[1]?.meaning).toBe('Fixed: kept until it is released, through stop and start.');
  expect(addresses[1]?.details).toEqual([
    { name: 'allocation', value: 'eipalloc-1' },
    { name: 'association', value: 'eipassoc-1' },
    { name: 'owner', value: '123456789012' },
  ]);
  expect(missing).toEqual([]);
});

test('an automatic public address is released at stop, and a missing DNS name is explained', () => {
  const host = instance({ privateDnsName: 'ip-10-0-1-20.internal', networkInterfaces: [networkInterface({ privateIpAddresses: [{ privateIpAddress: '10.0.1.20', primary: true, association: { publicIp: '198.51.100.7', ipOwnerId: 'amazon' } }] })] });
  const { addresses, missing } = instanceAddresses(host);
  expect(addresses[1]).toMatchObject({ kind: 'public', meaning: 'Released when the instance stops; a new one at the next start.' });
  expect(missing).toEqual(['EC2 told no public DNS name: it gives none where the VPC has DNS hostnames switched off.']);
});

test('with several interfaces each address says which one holds it', () => {
  const host = instance({
    privateDnsName: 'x',
    networkInterfaces: [
      networkInterface({ attachment: { deviceIndex: 0 }, privateIpAddresses: [{ privateIpAddress: '10.0.1.20', primary: true }, { privateIpAddress: '10.0.1.21', primary: false }] }),
      networkInterface({ networkInterfaceId: 'eni-2', attachment: { deviceIndex: 1 }, privateIpAddresses: [{ privateIpAddress: '10.0.2.5', primary: true }], ipv6Addresses: [{ ipv6Address: '2001:db8::1', isPrimaryIpv6: true }] }),
    ],
  });
  expect(instanceAddresses(host).addresses.map(({ label }) => label)).toEqual(['Private IPv4 (device 0)', 'Secondary private IPv4 (device 0)', 'Private IPv4 (device 1)', 'Primary IPv6 (device 1)', 'Private DNS name']);
});

test('why there is no public address depends on the state', () => {
  expect(instanceAddresses(instance({ privateDnsName: 'x' })).missing).toEqual(['No public address: neither its subnet nor its launch asked for one, and no Elastic IP is associated.']);
  expect(instanceAddresses(instance({ privateDnsName: 'x', state: 'stopped' })).missing).toEqual(['No public address: an automatic one is released at stop; it may get a new one at the next start.']);
});

test('a terminated instance has given its addresses back', () => {
  const { addresses, missing } = instanceAddresses(instance({ state: 'terminated', privateIpAddress: undefined, networkInterfaces: [] }));
  expect(addresses).toEqual([]);
  expect(missing).toEqual(['A terminated instance has given its addresses back.']);
});
