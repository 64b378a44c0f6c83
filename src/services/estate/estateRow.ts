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

/** One for all: 10,000 empty lists are a third of a megabyte. */
const none: never[] = [];

/** Of instances, what their short rows hold: without interfaces, groups and the rest. @param text a JSON array of such rows */
export function fromShownRows(text: string, scope: Scope): Instance[] {
  // By number: taking a row apart by names goes through its iterator, which costs more than all the rest where nothing is warm yet.
  return (JSON.parse(text) as ShownRow[]).map((row) => {
    const instance: Instance = { instanceId: row[0], state: row[2], scope, networkInterfaces: none, securityGroups: none, ssmKnown: row[13], tags: row[14] };
    if (row[1] !== null) instance.name = row[1];
    if (row[3] !== null) instance.instanceType = row[3];
    if (row[4] !== null) instance.privateIpAddress = row[4];
    if (row[5] !== null) instance.publicIpAddress = row[5];
    if (row[6] !== null) instance.ssm = { pingStatus: row[6], seenAt: '', ...(row[12] === null ? {} : { platformName: row[12] }) };
    if (row[7] !== null) instance.managedNode = { resourceType: row[7] };
    if (row[8] !== null) instance.availabilityZone = row[8];
    if (row[9] !== null) instance.keyName = row[9];
    if (row[10] !== null) instance.imageId = row[10];
    if (row[11] !== null) instance.platformDetails = row[11];
    return instance;
  });
}
