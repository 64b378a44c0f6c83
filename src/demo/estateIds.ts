/**
 * Ids as AWS writes them, made from names: the same estate has the same ids in every run.
 */
import { hash } from 'node:crypto';

const DIGITS_AN_ID = 16;
/** A SHA-512 gives so many ids. */
const IDS_A_NAME = 8;

export interface NamedIds {
  /** `i-0` and 16 hexadecimal digits. `index` 0 to 7 tells apart ids that belong to one name. */
  id(prefix: string, index?: number): string;
  /** A locally administered unicast MAC address. */
  mac(index: number): string;
}

export function createIds(...path: readonly string[]): NamedIds {
  const digits = hash('sha512', path.join('/'), 'hex');
  const take = (index: number): string => {
    if (index < 0 || index >= IDS_A_NAME) throw new Error(`a name has ids 0 to ${IDS_A_NAME - 1}, not ${index}`);
    return digits.slice(index * DIGITS_AN_ID, (index + 1) * DIGITS_AN_ID);
  };
  return {
    id: (prefix, index = 0) => `${prefix}-0${take(index)}`,
    mac: (index) => `06:${(take(index).match(/../g) ?? []).slice(0, 5).join(':')}`,
  };
}

/** The ids of things that instances name: made from the name alone, so nothing must be looked up. */
export const vpcIdOf = (region: string, vpc: string): string => createIds(region, 'vpc', vpc).id('vpc');
export const subnetIdOf = (region: string, subnet: string): string => createIds(region, 'subnet', subnet).id('subnet');
export const groupIdOf = (region: string, group: string): string => createIds(region, 'group', group).id('sg');

export function privateDnsName(region: string, privateIp: string): string {
  return `ip-${privateIp.replaceAll('.', '-')}.${region}.compute.internal`;
}

export function publicDnsName(region: string, publicIp: string): string {
  return `ec2-${publicIp.replaceAll('.', '-')}.${region}.compute.amazonaws.com`;
}
