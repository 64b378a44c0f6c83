/** An instance as the estate file holds it. */
import type { Instance } from '../../contract/instance.ts';
import type { Scope } from '../../contract/scope.ts';
import type { EstateRow } from './estateDatabase.ts';

/** What a table shows and most filters ask, in this order; null: it has none. See rowFields in `query/queryNeeds.ts`. */
type ShownRow = readonly [
  instanceId: string,
  name: string | null,
  state: string,
  instanceType: string | null,
  privateIpAddress: string | null,
  publicIpAddress: string | null,
  pingStatus: string | null,
  managedAs: string | null,
  availabilityZone: string | null,
  keyName: string | null,
  imageId: string | null,
  platformDetails: string | null,
  platformName: string | null,
  ssmKnown: boolean,
  tags: Instance['tags'],
];

export function toEstateRow(instance: Instance): EstateRow {
  const { networkInterfaces, ...listed } = instance;
  return [instance.instanceId, JSON.stringify(toShownRow(instance)), JSON.stringify(listed), JSON.stringify(networkInterfaces)];
}

function toShownRow({ instanceId, name, state, instanceType, privateIpAddress, publicIpAddress, ssm, managedNode, availabilityZone, keyName, imageId, platformDetails, ssmKnown, tags }: Instance): ShownRow {
  return [instanceId, name ?? null, state, instanceType ?? null, privateIpAddress ?? null, publicIpAddress ?? null, ssm?.pingStatus ?? null, managedNode?.resourceType ?? null, availabilityZone ?? null, keyName ?? null, imageId ?? null, platformDetails ?? null, ssm?.platformName ?? null, ssmKnown, tags];
}

/** Of instances, what their short rows hold: without interfaces, groups and the rest. @param text a JSON array of such rows */
export function fromShownRows(text: string, scope: Scope): Instance[] {
  return (JSON.parse(text) as ShownRow[]).map(([instanceId, name, state, instanceType, privateIpAddress, publicIpAddress, pingStatus, managedAs, availabilityZone, keyName, imageId, platformDetails, platformName, ssmKnown, tags]) => {
    const instance: Instance = { instanceId, state, scope, networkInterfaces: [], securityGroups: [], ssmKnown, tags };
    if (name !== null) instance.name = name;
    if (instanceType !== null) instance.instanceType = instanceType;
    if (privateIpAddress !== null) instance.privateIpAddress = privateIpAddress;
    if (publicIpAddress !== null) instance.publicIpAddress = publicIpAddress;
    if (pingStatus !== null) instance.ssm = { pingStatus, seenAt: '', ...(platformName === null ? {} : { platformName }) };
    if (managedAs !== null) instance.managedNode = { resourceType: managedAs };
    if (availabilityZone !== null) instance.availabilityZone = availabilityZone;
    if (keyName !== null) instance.keyName = keyName;
    if (imageId !== null) instance.imageId = imageId;
    if (platformDetails !== null) instance.platformDetails = platformDetails;
    return instance;
  });
}
