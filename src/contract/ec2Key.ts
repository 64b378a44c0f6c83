/** Key pairs in EC2: made here and lent to EC2 as a public half, and who uses one. */
import * as z from 'zod';
import { part } from './part.ts';
import { Scope } from './scope.ts';

/** EC2's own limit; printable ASCII. @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ImportKeyPair.html */
export const Ec2KeyName = z.string().regex(/^[\x21-\x7e](?:[\x20-\x7e]{0,253}[\x21-\x7e])?$/, 'up to 255 printable ASCII characters, no space at either end');

export const Ec2KeyRef = z.object({ scope: Scope, keyName: Ec2KeyName });
export type Ec2KeyRef = z.infer<typeof Ec2KeyRef>;

export const CreateEc2Key = z.object({ scope: Scope, keyName: Ec2KeyName, keyType: z.enum(['ed25519', 'rsa']), bits: z.union([z.literal(3072), z.literal(4096)]).optional() });
export type CreateEc2Key = z.infer<typeof CreateEc2Key>;

export const Ec2KeyUse = z.object({
  instances: z.array(z.object({ instanceId: z.string(), instanceName: z.string().optional(), state: z.string() })),
  launchTemplates: part(z.array(z.object({ launchTemplateId: z.string(), launchTemplateName: z.string(), version: z.number().int() }))),
});
export type Ec2KeyUse = z.infer<typeof Ec2KeyUse>;
