/**
 * The resolved configuration of one host: defaults filled in, tokens and paths expanded, and where each value came from.
 */
import { say } from '../../contract/say.ts';
import type { AlgorithmList } from './openSshAlgorithms.ts';
import { openSshAlgorithms, resolveAlgorithms } from './openSshAlgorithms.ts';
import type { FirstValues, RefusedCommand, SshConfigDraft, SshConfigNote, UnsupportedKeyword } from './sshConfigDraft.ts';
import type { SshConfigPlace } from './sshConfigLine.ts';
import { SshConfigFault } from './sshConfigLine.ts';
import type { LocalIdentity, TokenValues } from './sshConfigTokens.ts';
import { expandTilde } from './sshConfigPaths.ts';
import { expandTokens } from './sshConfigTokens.ts';
import type { SshForward, SshJump } from './sshConfigValues.ts';
import { asciiLower } from './sshPattern.ts';

/** A file of a configuration: as written, and where it is. */
export interface ConfiguredPath {
  readonly written: string;
  readonly path: string;
}

/** An agent's socket. Without `path` there is none: `none`, or a variable that is not set. */
export interface ConfiguredSocket {
  /** Tokens and `~` expanded; still `none`, `SSH_AUTH_SOCK` or `$NAME` where it is one of these. */
  readonly written: string;
  readonly path?: string;
}

/** A command line to reach a host by. Never run as it stands: see `toProxyArgv`. */
export interface ConfiguredCommand {
  readonly template: string;
  /** With tokens replaced: for people to read. */
  readonly expanded: string;
}

/** Keywords that always have a value keep their own names; see ssh_config(5) for what each means. */
type Always =
  | 'addressFamily' | 'batchMode' | 'compression' | 'tcpKeepAlive' | 'serverAliveIntervalSeconds' | 'serverAliveCountMax' | 'identitiesOnly'
  | 'addKeysToAgent' | 'forwardAgent' | 'pubkeyAuthentication' | 'passwordAuthentication' | 'kbdInteractiveAuthentication'
  | 'numberOfPasswordPrompts' | 'strictHostKeyChecking' | 'hashKnownHosts' | 'visualHostKey' | 'requestTty' | 'exitOnForwardFailure'
  | 'gatewayPorts' | 'clearAllForwardings' | 'logLevel' | 'canonicalizeHostname';
type Sometimes = 'tag' | 'hostKeyAlias' | 'bindAddress' | 'connectTimeoutSeconds' | 'preferredAuthentications' | 'remoteCommand' | 'ignoreUnknown';

export interface SshConfig
  extends Readonly<Pick<FirstValues, Always>>, Readonly<Partial<Pick<FirstValues, Sometimes>>>, Readonly<Record<AlgorithmList, readonly string[]>> {
  /** As the person typed it. */
  readonly originalHost: string;
  /** What to connect to. */
  readonly hostName: string;
  readonly user: string;
  readonly port: number;
  /** Hosts to pass through, in order; the first is connected to directly. Tokens are replaced. Each has a configuration of its own. */
  readonly proxyJump: readonly SshJump[];
  readonly proxyCommand?: ConfiguredCommand;
  /** `none` is left out. Without any in the configuration: OpenSSH's defaults, and `places` has no `identityfile`. */
  readonly identityFiles: readonly ConfiguredPath[];
  readonly certificateFiles: readonly ConfiguredPath[];
  /** Absent: SSH_AUTH_SOCK. */
  readonly identityAgent?: ConfiguredSocket;
  /** The agent to forward, where it is another than the one that signs. */
  readonly forwardAgentSocket?: ConfiguredSocket;
  readonly userKnownHostsFiles: readonly string[];
  readonly globalKnownHostsFiles: readonly string[];
  readonly sendEnv: readonly string[];
  /** `NAME=value`. */
  readonly setEnv: readonly string[];
  readonly localForwards: readonly SshForward[];
  /** A remote forward without a target speaks SOCKS. */
  readonly remoteForwards: readonly SshForward[];
  readonly dynamicForwards: readonly SshForward[];
  readonly unsupported: readonly UnsupportedKeyword[];
  readonly errors: readonly SshConfigNote[];
  readonly refusedCommands: readonly RefusedCommand[];
  /** Where each keyword (in lower case) got its value; absent: a default. */
  readonly places: ReadonlyMap<string, SshConfigPlace>;
}

export interface ResolvedNames {
  readonly originalHost: string;
  readonly hostName: string;
  readonly user: string;
  readonly port: number;
  readonly tokens: TokenValues;
  readonly identity: LocalIdentity;
  readonly systemFolder: string;
}

/** Debian: with BatchMode, as nobody is there to notice that a network is gone. */
const BATCH_ALIVE_INTERVAL_SECONDS = 300;

const defaultIdentityFiles = ['id_rsa', 'id_ecdsa', 'id_ecdsa_sk', 'id_ed25519', 'id_ed25519_sk', 'id_xmss', 'id_dsa'].map((name) => `~/.ssh/${name}`);

/** Values whose expansion fails are left out, with an error that says where they stand. */
export function toSshConfig(draft: SshConfigDraft, names: ResolvedNames): SshConfig {
  const { first, places } = draft;
  const { originalHost, hostName, user, port, tokens, identity, systemFolder } = names;
  const { environment } = identity;
  const errors = [...draft.errors];
  const attempt = <Value>(keyword: string, work: () => Value): Value[] => {
    try {
      return [work()];
    } catch (fault) {
      if (!(fault instanceof SshConfigFault)) throw fault;
      errors.push({ ...(places.get(keyword) ?? { file: 'command line', line: 0 }), message: fault.message });
      return [];
    }
  };
  const path = (written: string): string => expandTokens(expandTilde(written, identity), tokens, environment);
  const paths = (keyword: string, files: readonly string[]): ConfiguredPath[] =>
    files.filter((file) => asciiLower(file) !== 'none').flatMap((written) => attempt(keyword, () => ({ written, path: path(written) })));
  const socket = (keyword: string, written: string | undefined): ConfiguredSocket[] =>
    written === undefined ? [] : attempt(keyword, () => toSocket(path(written), environment));
  const forwards = (keyword: string, list: readonly SshForward[]): SshForward[] =>
    first.clearAllForwardings === true ? [] : list.flatMap((forward) => attempt(keyword, () => expandForward(forward, tokens)));
  // These two know fewer tokens than paths do.
  const { h = '', k = '', n = '', p = '', r = '' } = tokens;
  const proxyTokens: TokenValues = { h, k, n, p, r };

  const localForwards = forwards('localforward', draft.localForwards);
  const remoteCommand = notNone(first.remoteCommand);
  const proxyCommand = notNone(first.proxyCommand);
  const [identityAgent] = socket('identityagent', first.identityAgent);
  const [forwardAgentSocket] = socket('forwardagent', first.forwardAgentSocket);
  const proxyJump = (first.proxyJump ?? []).flatMap((jump) => attempt('proxyjump', () => expandJump(jump, proxyTokens)));
  const [lastJump] = proxyJump.slice(-1);
  if (lastJump?.host === hostName && (lastJump.port ?? 22) === port && (lastJump.user ?? user) === user) {
    errors.push({ ...(places.get('proxyjump') ?? { file: 'command line', line: 0 }), message: say`"${lastJump.host}" is its own ProxyJump` });
  }
  const [expandedCommand] = proxyCommand === undefined ? [] : attempt('proxycommand', () => expandTokens(proxyCommand, proxyTokens));
  const [expandedRemoteCommand] = remoteCommand === undefined ? [] : attempt('remotecommand', () => expandTokens(remoteCommand, tokens));
  const batchMode = first.batchMode ?? false;

  return {
    originalHost,
    hostName,
    user,
    port,
    addressFamily: first.addressFamily ?? 'any',
    batchMode,
    compression: first.compression ?? false,
    tcpKeepAlive: first.tcpKeepAlive ?? true,
    serverAliveIntervalSeconds: first.serverAliveIntervalSeconds ?? (batchMode ? BATCH_ALIVE_INTERVAL_SECONDS : 0),
    serverAliveCountMax: first.serverAliveCountMax ?? 3,
    identitiesOnly: first.identitiesOnly ?? false,
    addKeysToAgent: first.addKeysToAgent ?? { mode: 'no', lifetimeSeconds: 0 },
    forwardAgent: first.forwardAgent ?? false,
    pubkeyAuthentication: first.pubkeyAuthentication ?? 'yes',
    passwordAuthentication: first.passwordAuthentication ?? true,
    kbdInteractiveAuthentication: first.kbdInteractiveAuthentication ?? true,
    numberOfPasswordPrompts: first.numberOfPasswordPrompts ?? 3,
    strictHostKeyChecking: first.strictHostKeyChecking ?? 'ask',
    hashKnownHosts: first.hashKnownHosts ?? false,
    visualHostKey: first.visualHostKey ?? false,
    requestTty: first.requestTty ?? 'auto',
    exitOnForwardFailure: first.exitOnForwardFailure ?? false,
    gatewayPorts: first.gatewayPorts ?? false,
    clearAllForwardings: first.clearAllForwardings ?? false,
    logLevel: first.logLevel ?? 'INFO',
    canonicalizeHostname: first.canonicalizeHostname ?? 'no',
    ...(first.tag === undefined ? {} : { tag: first.tag }),
    ...(first.hostKeyAlias === undefined ? {} : { hostKeyAlias: asciiLower(first.hostKeyAlias) }),
    ...(first.bindAddress === undefined ? {} : { bindAddress: first.bindAddress }),
    ...(first.connectTimeoutSeconds === undefined ? {} : { connectTimeoutSeconds: first.connectTimeoutSeconds }),
    ...(first.preferredAuthentications === undefined ? {} : { preferredAuthentications: first.preferredAuthentications }),
    ...(first.ignoreUnknown === undefined ? {} : { ignoreUnknown: first.ignoreUnknown }),
    ...(expandedRemoteCommand === undefined ? {} : { remoteCommand: expandedRemoteCommand }),
    proxyJump,
    ...(proxyCommand === undefined || expandedCommand === undefined ? {} : { proxyCommand: { template: proxyCommand, expanded: expandedCommand } }),
    identityFiles: paths('identityfile', draft.identityFiles.length === 0 ? defaultIdentityFiles : draft.identityFiles),
    certificateFiles: paths('certificatefile', draft.certificateFiles),
    ...(identityAgent === undefined ? {} : { identityAgent }),
    ...(forwardAgentSocket === undefined ? {} : { forwardAgentSocket }),
    userKnownHostsFiles: paths(
      'userknownhostsfile',
      draft.userKnownHostsFiles.length === 0 ? ['~/.ssh/known_hosts', '~/.ssh/known_hosts2'] : draft.userKnownHostsFiles,
    ).map((file) => file.path),
    // OpenSSH 9.2 takes these names as they are.
    globalKnownHostsFiles: (draft.globalKnownHostsFiles.length === 0
      ? [`${systemFolder}/ssh_known_hosts`, `${systemFolder}/ssh_known_hosts2`]
      : draft.globalKnownHostsFiles
    ).filter((file) => asciiLower(file) !== 'none'),
    sendEnv: [...new Set(draft.sendEnv)],
    setEnv: [...draft.setEnv],
    localForwards: localForwards.filter((forward) => !isSocks(forward)),
    dynamicForwards: localForwards.filter(isSocks),
    remoteForwards: forwards('remoteforward', draft.remoteForwards),
    ciphers: resolveAlgorithms(first.ciphers, openSshAlgorithms.ciphers),
    macs: resolveAlgorithms(first.macs, openSshAlgorithms.macs),
    kexAlgorithms: resolveAlgorithms(first.kexAlgorithms, openSshAlgorithms.kexAlgorithms),
    hostKeyAlgorithms: resolveAlgorithms(first.hostKeyAlgorithms, openSshAlgorithms.hostKeyAlgorithms),
    pubkeyAcceptedAlgorithms: resolveAlgorithms(first.pubkeyAcceptedAlgorithms, openSshAlgorithms.pubkeyAcceptedAlgorithms),
    // Files may have been read twice.
    unsupported: withoutRepeats(draft.unsupported),
    errors: withoutRepeats(errors),
    refusedCommands: withoutRepeats(draft.refusedCommands),
    places,
  };
}

function notNone(command: string | undefined): string | undefined {
  return command === undefined || asciiLower(command) === 'none' ? undefined : command;
}

function toSocket(written: string, environment: LocalIdentity['environment']): ConfiguredSocket {
  if (asciiLower(written) === 'none') return { written };
  const variable = written === 'SSH_AUTH_SOCK' ? written : written.startsWith('$') ? written.slice(1) : undefined;
  const path = variable === undefined ? written : environment[variable];
  return { written, ...(path === undefined || path === '' ? {} : { path }) };
}

function expandForward(forward: SshForward, tokens: TokenValues): SshForward {
  return {
    ...forward,
    ...(forward.listenPath === undefined ? {} : { listenPath: expandTokens(forward.listenPath, tokens) }),
    ...(forward.connectPath === undefined ? {} : { connectPath: expandTokens(forward.connectPath, tokens) }),
  };
}

function expandJump(jump: SshJump, tokens: TokenValues): SshJump {
  return {
    ...jump,
    host: expandTokens(jump.host, tokens),
    ...(jump.user === undefined ? {} : { user: expandTokens(jump.user, tokens) }),
  };
}

function isSocks(forward: SshForward): boolean {
  return forward.connectHost === undefined && forward.connectPath === undefined;
}

function withoutRepeats<Note extends SshConfigPlace>(notes: readonly Note[]): Note[] {
  return [...new Map(notes.map((note) => [JSON.stringify(note), note])).values()];
}
