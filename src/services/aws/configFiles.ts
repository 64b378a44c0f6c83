/** Reads the AWS config and credentials files of a cloud, anew each time: people edit them while Postern runs. */
import { getHomeDir, loadSharedConfigFiles } from '@smithy/shared-ini-file-loader';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PosternError } from '../../contract/error.ts';
import type { AddedProfile, AddedSignIn } from '../../contract/account.ts';
import { say } from '../../contract/say.ts';
import type { Cloud } from '../base/cloud.ts';

/** The settings of one section by name; of a nested one as `ec2.endpoint_url`. */
export type Section = Readonly<Record<string, string | undefined>>;

export interface ConfigFiles {
  readonly configFile: string;
  readonly credentialsFile: string;
  /** By profile, both files merged; a name in the credentials file wins. */
  readonly profiles: ReadonlyMap<string, Section>;
  /** The `[services NAME]` sections by name. */
  readonly services: ReadonlyMap<string, Section>;
  /** The `[sso-session NAME]` sections by name. */
  readonly signIns: ReadonlyMap<string, Section>;
  /** Names of profiles and sign-ins that are Postern's own. */
  readonly added: ReadonlySet<string>;
  /** What could not be read, naming file and line; the rest of both files is used. */
  readonly problems: readonly PosternError[];
}

export type ConfigSource = Pick<Cloud, 'configFile' | 'credentialsFile' | 'environment'> & {
  /** What was added in Postern, in no file of AWS's. */
  readonly added?: () => Promise<AddedAccounts>;
};

export interface AddedAccounts {
  readonly profiles: readonly AddedProfile[];
  readonly signIns: readonly AddedSignIn[];
}

export function configPaths(cloud: ConfigSource): { configFile: string; credentialsFile: string } {
  return {
    configFile: atHome(cloud.configFile ?? filled(cloud.environment['AWS_CONFIG_FILE']) ?? '~/.aws/config'),
    credentialsFile: atHome(cloud.credentialsFile ?? filled(cloud.environment['AWS_SHARED_CREDENTIALS_FILE']) ?? '~/.aws/credentials'),
  };
}

export async function readConfigFiles(cloud: ConfigSource): Promise<ConfigFiles> {
  const { configFile, credentialsFile } = configPaths(cloud);
  const [files, added, ...problems] = await Promise.all([
    loadSharedConfigFiles({ configFilepath: configFile, filepath: credentialsFile, ignoreCache: true }),
    cloud.added?.() ?? { profiles: [], signIns: [] },
    problemsOf(configFile, 'config'),
    problemsOf(credentialsFile, 'credentials'),
  ]);
  const profiles = new Map<string, Section>();
  const services = new Map<string, Section>();
  const signIns = new Map<string, Section>();
  for (const [name, section] of Object.entries(files.configFile)) {
    if (name.startsWith('services.')) services.set(name.slice('services.'.length), section);
    else if (name.startsWith('sso-session.')) signIns.set(name.slice('sso-session.'.length), section);
    else profiles.set(name, section);
  }
  for (const [name, section] of Object.entries(files.credentialsFile)) profiles.set(name, { ...profiles.get(name), ...section });
  // The files win: a name that turns up there later means what the AWS tools mean by it.
  const own = new Set<string>();
  for (const { signIn, startUrl, region } of added.signIns) {
    if (signIns.has(signIn)) continue;
    own.add(signIn);
    signIns.set(signIn, { sso_start_url: startUrl, sso_region: region, sso_registration_scopes: 'sso:account:access' });
  }
  for (const { profile, signIn, accountId, roleName, region } of added.profiles) {
    if (profiles.has(profile)) continue;
    own.add(profile);
    profiles.set(profile, { ...signInSettings(signIn, signIns, profiles), sso_account_id: accountId, sso_role_name: roleName, region });
  }
  return { configFile, credentialsFile, profiles, services, signIns, added: own, problems: problems.flat() };
}

/** A session by its name; the older form by its start URL, with the settings of the profile that has it. */
function signInSettings(signIn: string, signIns: ReadonlyMap<string, Section>, profiles: ReadonlyMap<string, Section>): Section {
  if (signIns.has(signIn)) return { sso_session: signIn };
  const older = [...profiles.values()].find((section) => section['sso_start_url'] === signIn && section['sso_session'] === undefined);
  return { sso_start_url: signIn, ...(older?.['sso_region'] === undefined ? {} : { sso_region: older['sso_region'] }) };
}

/** What the SDK's reader passes over in silence. Never quotes a line: it may hold a key. */
async function problemsOf(path: string, kind: 'config' | 'credentials'): Promise<PosternError[]> {
  let content: string;
  try {
    content = await readFile(path, 'utf8');
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : say`unknown error`;
    if (code === 'ENOENT' || code === 'ENOTDIR') return [];
    return [new PosternError({ code: 'data.unreadable', message: say`${path} cannot be read (${code}).`, remedy: say`Check the permissions of the file.` }, { cause })];
  }
  const problems: PosternError[] = [];
  const report = (line: number, what: string, remedy: string): void => {
    problems.push(new PosternError({ code: 'data.unreadable', message: say`${path} line ${line}: ${what}`, remedy }));
  };
  let insideSection = false;
  for (const [index, whole] of content.split(/\r?\n/).entries()) {
    const line = whole.split(/(?:^|\s)[;#]/)[0]?.trim() ?? '';
    if (line === '') continue;
    if (line.startsWith('[')) {
      insideSection = true;
      const name = /^\[(.*)\]$/.exec(line)?.[1]?.trim();
      if (name === undefined) report(index + 1, say`a section name that does not end with ].`, say`Write it as [name]; the settings below it are not used.`);
      else if (/^(profile\s+)?["']?__proto__["']?$/.test(name)) report(index + 1, say`this section name makes the whole file unreadable.`, say`Choose another name.`);
      else if (kind === 'config' && !/^(default|preview|plugins)$/.test(name) && !/^(profile|sso-session|services)\s+\S/.test(name)) {
        report(index + 1, say`the section [${name}] is not used.`, say`Write it as [profile ${name}]: only the credentials file has bare names.`);
      }
    } else if (!insideSection) report(index + 1, say`a setting before the first section.`, say`Put it below a section such as [default].`);
    else if (!/^[^=]+=/.test(line) && !/^\s/.test(whole)) report(index + 1, say`neither a section nor a setting.`, say`Write settings as name = value.`);
  }
  return problems;
}

function atHome(path: string): string {
  return path.startsWith('~/') ? join(getHomeDir(), path.slice(2)) : path;
}

/** A variable that is set to nothing counts as not set. */
export function filled(value: string | undefined): string | undefined {
  return value === undefined || value.trim() === '' ? undefined : value.trim();
}
