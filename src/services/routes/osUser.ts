/**
 * Guesses the login user from what is known of the image.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/managing-users.html
 */
import type { Instance } from '../../contract/instance.ts';

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
