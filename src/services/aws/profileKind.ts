/** What kind of profile a section is, in the order the AWS SDKs look. */
import type { ProfileKind } from '../../contract/account.ts';
import { filled, type Section } from './configFiles.ts';

export function profileKind(section: Section): Exclude<ProfileKind, 'environment'> {
  const has = (key: string): boolean => filled(section[key]) !== undefined;
  if (has('role_arn') && (has('source_profile') || has('credential_source'))) return 'role';
  if (has('aws_access_key_id') && has('aws_secret_access_key')) return 'keys';
  if (has('role_arn') && has('web_identity_token_file')) return 'web-identity';
  if (has('credential_process')) return 'process';
  if (has('sso_session') || has('sso_start_url')) return 'identity-center';
  if (has('login_session')) return 'login';
  switch (filled(section['credential_source'])) {
    case 'EcsContainer':
      return 'container';
    case 'Ec2InstanceMetadata':
      return 'instance';
    default:
      return 'none';
  }
}
