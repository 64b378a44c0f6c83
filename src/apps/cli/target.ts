/** Finds the instance a person means by a name, an id, an address, or a unique part of a name. Several are listed, never guessed. */
import { PosternError } from '../../contract/error.ts';
import type { Instance } from '../../contract/instance.ts';
import { printable } from './printable.ts';

/** @throws PosternError `instance.not-found`, `instance.ambiguous` (its message lists the matches) */
export function findTarget(instances: readonly Instance[], target: string): Instance {
  const wanted = target.toLowerCase();
  const rules: readonly ((instance: Instance) => boolean)[] = [
    (instance) => instance.instanceId === target,
    (instance) => instance.name === target,
    (instance) => addressesOf(instance).includes(wanted),
    (instance) => instance.name?.toLowerCase() === wanted,
    (instance) => instance.name?.toLowerCase().includes(wanted) ?? false,
    (instance) => instance.instanceId.startsWith(wanted),
  ];
  for (const rule of rules) {
    const matches = instances.filter(rule);
    // A terminated instance keeps its name for an hour: it is meant only when nothing else is.
    const live = matches.filter((instance) => instance.state !== 'terminated');
    const [first, ...more] = live.length > 0 ? live : matches;
    if (first === undefined) continue;
    if (more.length === 0) return first;
    throw new PosternError({
      code: 'instance.ambiguous',
      message: `"${printable(target)}" matches ${more.length + 1} instances:\n${[first, ...more].map(describe).join('\n')}`,
      remedy: 'Use the instance id.',
    });
  }
  throw new PosternError({
    code: 'instance.not-found',
    message: `No instance is called "${printable(target)}", has that id or that address in the scopes listed.`,
    remedy: '"postern ls" shows what is there; --profile and --region choose where to look.',
  });
}

function addressesOf(instance: Instance): string[] {
  const interfaces = instance.networkInterfaces.flatMap((eni) => [
    ...eni.privateIpAddresses.flatMap((address) => [address.privateIpAddress, address.privateDnsName, address.association?.publicIp, address.association?.publicDnsName]),
    ...eni.ipv6Addresses.map((address) => address.ipv6Address),
  ]);
  return [instance.privateIpAddress, instance.publicIpAddress, instance.ipv6Address, instance.privateDnsName, instance.publicDnsName, ...interfaces]
    .filter((address) => address !== undefined)
    .map((address) => address.toLowerCase());
}

function describe(instance: Instance): string {
  const { profile, region } = instance.scope;
  return `  ${instance.instanceId}  ${printable(instance.name ?? '(no name)')}  ${instance.state}  ${instance.privateIpAddress ?? '-'}  ${printable(profile)}/${region}`;
}
