/** Finds the host a person means by a name, an id, an address, or a unique part of a name. Several are listed, never guessed. */
import { PosternError } from '../../contract/error.ts';
import type { Instance } from '../../contract/instance.ts';
import type { ConfigHost } from '../../contract/sshConfig.ts';
import { printable } from './printable.ts';

/** What a target is found to be. */
export type Target = { readonly kind: 'instance'; readonly instance: Instance } | { readonly kind: 'config'; readonly host: ConfigHost };

/** A host of ~/.ssh/config by its exact name, as ssh has it: no instance is asked for. */
export function findAlias(configHosts: readonly ConfigHost[], target: string): ConfigHost | undefined {
  return configHosts.find(({ name }) => name === target);
}

/**
 * Of hosts of both kinds. What names an instance exactly is that instance; a part of a name has to be unique among all of them.
 *
 * @throws PosternError `instance.not-found`, `instance.ambiguous` (its message lists the matches)
 */
export function findHost(instances: readonly Instance[], configHosts: readonly ConfigHost[], target: string): Target {
  const wanted = target.toLowerCase();
  const alias = findAlias(configHosts, target);
  if (alias !== undefined) return { kind: 'config', host: alias };
  const aliases = configHosts.filter(({ name }) => name.toLowerCase().includes(wanted));
  const [first] = aliases;
  if (first === undefined || exactRules(target).some((rule) => instances.some(rule))) return { kind: 'instance', instance: findTarget(instances, target) };
  const partly = instances.filter((instance) => instance.state !== 'terminated' && partRules(target).some((rule) => rule(instance)));
  if (partly.length === 0 && aliases.length === 1) return { kind: 'config', host: first };
  throw new PosternError({
    code: 'instance.ambiguous',
    message: `"${printable(target)}" matches ${partly.length + aliases.length} hosts:\n${[...partly.map(describe), ...aliases.map(describeAlias)].join('\n')}`,
    remedy: 'Use the instance id, or the whole name of the host in ~/.ssh/config.',
  });
}

function describeAlias({ name, file, line }: ConfigHost): string {
  return `  ${printable(name)}  (${printable(file)} line ${line})`;
}

type Rule = (instance: Instance) => boolean;

function exactRules(target: string): Rule[] {
  const wanted = target.toLowerCase();
  return [
    (instance) => instance.instanceId === target,
    (instance) => instance.name === target,
    (instance) => addressesOf(instance).includes(wanted),
    (instance) => instance.name?.toLowerCase() === wanted,
  ];
}

function partRules(target: string): Rule[] {
  const wanted = target.toLowerCase();
  return [(instance) => instance.name?.toLowerCase().includes(wanted) ?? false, (instance) => instance.instanceId.startsWith(wanted)];
}

/** @throws PosternError `instance.not-found`, `instance.ambiguous` (its message lists the matches) */
export function findTarget(instances: readonly Instance[], target: string): Instance {
  for (const rule of [...exactRules(target), ...partRules(target)]) {
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
