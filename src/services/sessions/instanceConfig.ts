/** How OpenSSH's configuration may name an instance: by its Name tag, its id, or one of its addresses. */
import type { Instance } from '../../contract/instance.ts';
import { isSafeHostName } from '../ssh/hostileNames.ts';

/** In this order; a tag that is no host name is none (threats: a tag may hold anything). */
export function namesOfInstance(instance: Instance): string[] {
  const { name, instanceId, publicIpAddress, privateIpAddress, ipv6Address, publicDnsName, privateDnsName } = instance;
  return [...new Set([name, instanceId, publicDnsName, publicIpAddress, privateDnsName, privateIpAddress, ipv6Address])].filter((one): one is string => one !== undefined && one !== '' && isSafeHostName(one));
}

/** Where SSH goes to it when the configuration gives no HostName. */
export function addressOfInstance({ publicIpAddress, privateIpAddress, ipv6Address, networkInterfaces: [eni] }: Instance, isBehindJump: boolean): string | undefined {
  const privateAddress = privateIpAddress ?? eni?.privateIpAddresses[0]?.privateIpAddress;
  return isBehindJump ? (privateAddress ?? publicIpAddress ?? ipv6Address) : (publicIpAddress ?? privateAddress ?? ipv6Address);
}
