/**
 * What ~/.ssh/config and the system's file say about one host, as OpenSSH 9.2 resolves it (`ssh -G`). Reads files; runs nothing.
 */
import { say } from '../../contract/say.ts';
import { canonicalAddress, looksLikeAddress } from './hostAddress.ts';
import { checkHostName, checkUser } from './hostileNames.ts';
import type { FirstValues } from './sshConfigDraft.ts';
import { createDraft } from './sshConfigDraft.ts';
import type { SshConfigPlace } from './sshConfigLine.ts';
import { SshConfigFault } from './sshConfigLine.ts';
import type { MatchSubject } from './sshConfigMatch.ts';
import type { ConfigFile } from './sshConfigPaths.ts';
import type { ReadingContext } from './sshConfigReader.ts';
import { readConfigFile, readOptionLines } from './sshConfigReader.ts';
import type { SshConfig } from './sshConfigResult.ts';
import { toSshConfig } from './sshConfigResult.ts';
import type { LocalIdentity, TokenValues } from './sshConfigTokens.ts';
import { connectionHash, expandTokens } from './sshConfigTokens.ts';
import { asciiLower } from './sshPattern.ts';

export interface SshConfigFiles {
  /** ~/.ssh/config. */
  readonly user?: string;
  /** /etc/ssh/ssh_config. */
  readonly system?: string;
}

export interface ResolveSshConfigOptions extends LocalIdentity {
  /** As the person typed it, without user and port. */
  readonly host: string;
  /** Given beside the configuration; beats it, as do `port`, `tag` and `options`. */
  readonly user?: string;
  readonly port?: number;
  readonly tag?: string;
  /** Lines as `ssh -o` takes them. */
  readonly options?: readonly string[];
  readonly configFiles: SshConfigFiles;
  /** Where the relative includes of the system's file and the system's known_hosts are. Default: /etc/ssh. */
  readonly systemFolder?: string;
  /**
   * Runs the command of a `Match exec` once the person agreed; true when it exited with 0, undefined when it was not run.
   * Each command is asked about once. Without it none is run, and their blocks are passed over.
   */
  readonly exec?: (command: string, place: SshConfigPlace) => Promise<boolean | undefined>;
  /** Whether a full name resolves, for CanonicalizeHostname. Without it names stay as they are. */
  readonly resolves?: (name: string) => Promise<boolean>;
}

const DEFAULT_PORT = 22;

/**
 * Every value for a host; what could not be used is in `errors` and `unsupported`, with file and line. OpenSSH would not
 * connect while there are errors.
 *
 * @throws PosternError `input.invalid` for a host or user with characters OpenSSH refuses
 */
export async function resolveSshConfig(options: ResolveSshConfigOptions): Promise<SshConfig> {
  const { home, localUser, uid, environment, systemFolder = '/etc/ssh' } = options;
  checkHostName(options.host);
  if (options.user !== undefined) checkUser(options.user);
  const draft = createDraft(commandLineValues(options));
  const { first } = draft;
  const askOnce = rememberAnswers(options.exec);
  let wantFinalPass = false;

  const contextFor = (host: string, isFinalPass: boolean): ReadingContext => ({
    draft,
    host,
    home,
    localUser,
    uid,
    systemFolder,
    environment,
    matchSubject: (place, mayRun): MatchSubject => {
      const user = first.user ?? localUser;
      const port = first.port ?? DEFAULT_PORT;
      const hostNow = (): string => (isFinalPass || first.hostName === undefined ? host : expandTokens(first.hostName, { h: host }));
      return {
        host: hostNow,
        originalHost: options.host,
        user,
        localUser,
        tag: first.tag ?? '',
        isFinalPass,
        wantFinalPass: () => {
          wantFinalPass = true;
        },
        exec: async (template) => {
          const target = hostNow();
          const tokens = tokensFor(options, { host: target, user, port, alias: first.hostKeyAlias ?? target, originalHost: options.host });
          const command = expandTokens(template, tokens);
          const ran = mayRun ? await askOnce(command, place) : undefined;
          if (mayRun && ran === undefined) draft.refusedCommands.push({ ...place, command });
          return ran;
        },
      };
    },
  });
  const readAll = async (context: ReadingContext): Promise<void> => {
    for (const file of filesToRead(options.configFiles)) await readConfigFile(context, file);
  };

  const firstPass = contextFor(options.host, false);
  readOptionLines(firstPass, options.options ?? []);
  await readAll(firstPass);
  const fault = (place: SshConfigPlace | undefined, cause: unknown): void => {
    if (!(cause instanceof SshConfigFault)) throw cause;
    draft.errors.push({ ...(place ?? { file: 'command line', line: 0 }), message: cause.message });
  };
  let host = options.host;
  try {
    if (first.hostName !== undefined) host = expandTokens(first.hostName, { h: host });
  } catch (cause) {
    fault(draft.places.get('hostname'), cause);
  }
  host = await finalName(host, first, draft.canonicalDomains, options.resolves).catch((cause: unknown) => {
    fault(draft.places.get('canonicalizehostname'), cause);
    return host;
  });
  if (wantFinalPass || (first.canonicalizeHostname ?? 'no') !== 'no') {
    first.hostName = host;
    await readAll(contextFor(host, true));
  }
  const user = first.user ?? localUser;
  const port = first.port ?? DEFAULT_PORT;
  const tokens = tokensFor(options, {
    host,
    user,
    port,
    alias: first.hostKeyAlias === undefined ? options.host : asciiLower(first.hostKeyAlias),
    originalHost: options.host,
  });
  return toSshConfig(draft, { originalHost: options.host, hostName: host, user, port, tokens, identity: options, systemFolder });
}

function commandLineValues({ user, port, tag }: ResolveSshConfigOptions): Partial<FirstValues> {
  return { ...(user === undefined ? {} : { user }), ...(port === undefined ? {} : { port }), ...(tag === undefined ? {} : { tag }) };
}

function filesToRead({ user, system }: SshConfigFiles): ConfigFile[] {
  return [
    ...(user === undefined ? [] : [{ path: user, kind: 'user' as const }]),
    ...(system === undefined ? [] : [{ path: system, kind: 'system' as const }]),
  ];
}

function tokensFor(
  { home, localUser, uid, localHostName }: LocalIdentity,
  { host, user, port, alias, originalHost }: { readonly host: string; readonly user: string; readonly port: number; readonly alias: string; readonly originalHost: string },
): TokenValues {
  return {
    C: connectionHash(localHostName, host, port, user),
    L: localHostName.split('.', 1)[0] ?? '',
    d: home,
    h: host,
    i: uid === undefined ? '' : String(uid),
    k: alias,
    l: localHostName,
    n: originalHost,
    p: String(port),
    r: user,
    u: localUser,
  };
}

/** The name to connect to: addresses in the system's form, other names in lower case, completed with a domain where configured. */
async function finalName(
  name: string,
  first: Partial<FirstValues>,
  domains: readonly string[],
  resolves: ResolveSshConfigOptions['resolves'],
): Promise<string> {
  const address = canonicalAddress(name, first.addressFamily ?? 'any');
  if (address !== undefined) return address;
  if (looksLikeAddress(name)) return name;
  const lower = asciiLower(name);
  const canonicalize = first.canonicalizeHostname ?? 'no';
  if (canonicalize === 'no' || resolves === undefined) return lower;
  const isProxied = (first.proxyJump?.length ?? 0) > 0 || (first.proxyCommand !== undefined && asciiLower(first.proxyCommand) !== 'none');
  if (isProxied && canonicalize !== 'always') return lower;
  if (lower.endsWith('.')) return (await resolves(lower)) ? lower.slice(0, -1) : lower;
  const dots = lower.split('.').length - 1;
  if (dots > (first.canonicalizeMaxDots ?? 1)) return lower;
  for (const domain of domains) {
    if (domain === 'none') break;
    if (await resolves(`${lower}.${domain}`)) return `${lower}.${domain}`;
  }
  if (first.canonicalizeFallbackLocal === false) throw new SshConfigFault(say`"${lower}" is in none of the CanonicalDomains`);
  return lower;
}

/** A file may be read twice; a command is asked about once. */
function rememberAnswers(exec: ResolveSshConfigOptions['exec']): (command: string, place: SshConfigPlace) => Promise<boolean | undefined> {
  const answers = new Map<string, boolean | undefined>();
  return async (command, place) => {
    if (!answers.has(command)) answers.set(command, await exec?.(command, place));
    return answers.get(command);
  };
}
