/**
 * Who signs in: what a rule of the settings says, else what is usual for the image.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/managing-users.html
 */
import type { Instance } from './instance.ts';
import type { OsUserRule } from './settings.ts';

const usersByPlatform: readonly (readonly [RegExp, string])[] = [
  [/ubuntu/i, 'ubuntu'],
  [/debian/i, 'admin'],
  [/fedora/i, 'fedora'],
  [/centos/i, 'centos'],
  [/rocky/i, 'rocky'],
  [/bitnami/i, 'bitnami'],
  [/windows/i, 'Administrator'],
];

/** `ec2-user` where nothing says otherwise: Amazon Linux, RHEL, SUSE, Oracle, macOS. */
export function guessOsUser(instance: Pick<Instance, 'platformDetails' | 'ssm'>): string {
  const platform = `${instance.ssm?.platformName ?? ''} ${instance.platformDetails ?? ''}`;
  return usersByPlatform.find(([pattern]) => pattern.test(platform))?.[1] ?? 'ec2-user';
}

/** By the first rule that fits, else guessed. */
export function osUserOf(instance: Pick<Instance, 'instanceId' | 'name' | 'tags' | 'platformDetails' | 'ssm'>, rules: readonly OsUserRule[]): string {
  return rules.find((rule) => fits(rule, instance))?.osUser ?? guessOsUser(instance);
}

/** Whether all that a rule names fits the host. */
export function fits({ instanceId, name, tag }: Pick<OsUserRule, 'instanceId' | 'name' | 'tag'>, instance: Pick<Instance, 'instanceId' | 'name' | 'tags'>): boolean {
  if (instanceId !== undefined && instanceId !== instance.instanceId) return false;
  if (tag !== undefined && (!Object.hasOwn(instance.tags, tag.key) || instance.tags[tag.key] !== tag.value)) return false;
  return name === undefined || matchesGlob(instance.name ?? '', name);
}

/** `*` stands for anything. Walks instead of a regular expression: names and patterns may be long and alike. */
function matchesGlob(text: string, pattern: string): boolean {
  const [first = '', ...others] = pattern.split('*');
  const last = others.pop();
  if (last === undefined) return text === pattern;
  if (!text.startsWith(first)) return false;
  let at = first.length;
  for (const part of others) {
    const found = text.indexOf(part, at);
    if (found === -1) return false;
    at = found + part.length;
  }
  return text.length - last.length >= at && text.endsWith(last);
}
