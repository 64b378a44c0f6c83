/** Credentials as the SDK takes them. */
export interface AwsCredentialIdentity {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
  /** Absent: they do not end by themselves. */
  readonly expiration?: Date;
  readonly accountId?: string;
}
