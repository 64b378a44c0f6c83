/** A profile's section as the accounts panel shows it: what kind, whose role, through which sign-in. Never a key. */
import type { AccountProfile } from '../../contract/account.ts';
import { filled, type ConfigFiles } from './configFiles.ts';
import { profileKind } from './profileKind.ts';
import { signInOf } from './roleChain.ts';

export function toAccountProfile(profile: string, files: ConfigFiles, fromEnvironment: boolean): AccountProfile {
  const section = files.profiles.get(profile) ?? {};
  const kind = fromEnvironment ? 'environment' : profileKind(section);
  const region = filled(section['region']);
  const role = kind === 'identity-center' ? filled(section['sso_role_name']) : filled(section['role_arn']);
  const accountId = filled(section['sso_account_id']) ?? /^arn:[^:]+:iam::(\d{12}):role\//.exec(filled(section['role_arn']) ?? '')?.[1];
  const source = kind === 'role' ? (filled(section['source_profile']) ?? filled(section['credential_source'])) : undefined;
  const signIn = fromEnvironment ? undefined : signInOf(profile, files);
  return {
    profile,
    kind,
    ...(region === undefined ? {} : { region }),
    ...(accountId === undefined ? {} : { accountId }),
    ...(role === undefined ? {} : { role }),
    ...(source === undefined ? {} : { source }),
    ...(signIn === undefined ? {} : { signIn }),
    added: files.added.has(profile),
  };
}
