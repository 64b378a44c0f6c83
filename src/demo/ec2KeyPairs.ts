/** Key pairs of the demo that come and go, and the launch templates that name one. */
import { createHash, randomBytes } from 'node:crypto';
import type { Clock } from '../services/base/clock.ts';
import { AwsError } from './awsError.ts';
import type { Actions } from './awsService.ts';
import { toEc2Date } from './ec2Instances.ts';
import type { DemoKeyPair, RegionEstate } from './estateModel.ts';
import { toEc2Time } from './expandInstance.ts';
import { rsaKeyOf } from './rsaKey.ts';
import type { XmlElements } from './xml.ts';

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ImportKeyPair.html and its neighbours */
export function createKeyPairActions(accountId: string, clock: Clock): Actions<URLSearchParams, XmlElements> {
  return {
    ImportKeyPair(query, region) {
      const keyName = query.get('KeyName');
      const material = query.get('PublicKeyMaterial');
      if (keyName === null || material === null) throw new AwsError('MissingParameter', 'The request must contain the parameters KeyName and PublicKeyMaterial');
      if (region.keyPairs.some((pair) => pair.keyName === keyName)) throw new AwsError('InvalidKeyPair.Duplicate', `The keypair already exists`);
      const publicKey = Buffer.from(material, 'base64').toString('utf8').trim();
      const shape = shapeOf(publicKey);
      if (shape === undefined) throw new AwsError('InvalidKey.Format', 'Key is not in valid OpenSSH public key format');
      const pair: DemoKeyPair = { keyPairId: `key-0${randomBytes(8).toString('hex')}`, keyName, ...shape, publicKey, createTime: toEc2Time(clock.now()), tags: {} };
      (region.keyPairs as DemoKeyPair[]).push(pair);
      return { keyFingerprint: pair.keyFingerprint, keyName, keyPairId: pair.keyPairId };
    },
    DeleteKeyPair(query, region) {
      const index = region.keyPairs.findIndex(({ keyName, keyPairId }) => keyName === query.get('KeyName') || keyPairId === query.get('KeyPairId'));
      const [gone] = index < 0 ? [] : (region.keyPairs as DemoKeyPair[]).splice(index, 1);
      // What is not there counts as deleted.
      return { return: true, ...(gone === undefined ? {} : { keyPairId: gone.keyPairId }) };
    },
    DescribeLaunchTemplateVersions: (query, region) => ({ launchTemplateVersionSet: query.get('LaunchTemplateVersion.1') === null ? [] : templatesOf(region, accountId) }),
  };
}

/** One, in the region that has an Auto Scaling group. */
function templatesOf(region: RegionEstate, accountId: string): XmlElements[] {
  const grouped = region.instances.find(({ tags }) => tags['aws:autoscaling:groupName'] !== undefined);
  if (grouped === undefined) return [];
  return [
    {
      launchTemplateId: 'lt-0d1e2f3a4b5c6d7e8',
      launchTemplateName: 'web',
      versionNumber: 3,
      createdBy: `arn:aws:iam::${accountId}:root`,
      createTime: toEc2Date('2026-06-01T00:00:00Z'),
      defaultVersion: true,
      launchTemplateData: { imageId: grouped.imageId, instanceType: grouped.instanceType, keyName: grouped.keyName },
    },
  ];
}

/** EC2's own fingerprints of imported keys: the MD5 of the SPKI of RSA, the SHA-256 of the blob of ED25519. */
function shapeOf(publicKey: string): Pick<DemoKeyPair, 'keyType' | 'keyFingerprint'> | undefined {
  const [algorithm, blob = ''] = publicKey.split(' ');
  if (algorithm === 'ssh-ed25519') return { keyType: 'ed25519', keyFingerprint: createHash('sha256').update(Buffer.from(blob, 'base64')).digest('base64') };
  const rsa = algorithm === 'ssh-rsa' ? rsaKeyOf(publicKey) : undefined;
  if (rsa === undefined) return undefined;
  const digest = createHash('md5').update(rsa.export({ type: 'spki', format: 'der' })).digest('hex');
  return { keyType: 'rsa', keyFingerprint: (digest.match(/../g) ?? []).join(':') };
}
