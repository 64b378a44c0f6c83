/**
 * Whether the agent of EC2 Instance Connect is in the image an instance was started from, as far as names tell. Pure.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-instance-connect-set-up.html (images that have it: Amazon Linux 2
 *   and 2023, Ubuntu 20.04 and later)
 */
import type { ImageFacts } from '../../../contract/hostDetail.ts';
import { isWindows, type Instance } from '../../../contract/instance.ts';

export interface InstanceConnectAgent {
  readonly there: 'yes' | 'no' | 'unknown';
  readonly because: 'image' | 'platform' | 'windows' | 'minimal' | 'unknown';
  /** The image or the system that tells. */
  readonly from?: string;
}

const AMAZON_LINUX = /^(?:al2023-ami-|amzn2-ami-)/;
const UBUNTU = /^ubuntu(?:-pro-server)?\/images\/.*\b(?:ubuntu-[a-z]+-|ubuntu-)(\d\d)\.(\d\d)\b/;
const FIRST_UBUNTU = 20.04;

/** @param image absent: not known */
export function instanceConnectAgent(instance: Pick<Instance, 'platformDetails' | 'ssm'>, image: ImageFacts | undefined): InstanceConnectAgent {
  if (isWindows(instance)) return { there: 'no', because: 'windows' };
  const name = image?.name;
  if (name !== undefined) {
    if (/-minimal-/.test(name) && AMAZON_LINUX.test(name)) return { there: 'no', because: 'minimal', from: name };
    const ubuntu = UBUNTU.exec(name);
    if (AMAZON_LINUX.test(name) || (ubuntu !== null && Number(`${ubuntu[1] ?? ''}.${ubuntu[2] ?? ''}`) >= FIRST_UBUNTU)) return { there: 'yes', because: 'image', from: name };
  }
  const { platformName = '', platformVersion = '' } = instance.ssm ?? {};
  const version = Number.parseFloat(platformVersion);
  if ((platformName === 'Amazon Linux' && (version === 2 || version >= 2022)) || (platformName === 'Ubuntu' && version >= FIRST_UBUNTU)) return { there: 'unknown', because: 'platform', from: `${platformName} ${platformVersion}` };
  return { there: 'unknown', because: 'unknown' };
}
