/**
 * What reading configuration files has gathered so far for one host: the first value of each keyword, and the lists.
 */
import type { SshConfigPlace } from './sshConfigLine.ts';
import type { SshForward, SshJump } from './sshConfigValues.ts';

/** Keywords whose first value wins. Absent: not set yet. */
export interface FirstValues {
  user: string;
  hostName: string;
  port: number;
  tag: string;
  hostKeyAlias: string;
  addressFamily: 'any' | 'inet' | 'inet6';
  bindAddress: string;
  batchMode: boolean;
  compression: boolean;
  tcpKeepAlive: boolean;
  connectTimeoutSeconds: number;
  serverAliveIntervalSeconds: number;
  serverAliveCountMax: number;
  /** As written; `none` is kept until the end, for it hides every later one. */
  proxyCommand: string;
  /** Empty: `none`. */
  proxyJump: readonly SshJump[];
  identitiesOnly: boolean;
  identityAgent: string;
  addKeysToAgent: { readonly mode: 'yes' | 'no' | 'ask' | 'confirm'; readonly lifetimeSeconds: number };
  forwardAgent: boolean;
  forwardAgentSocket: string;
  pubkeyAuthentication: 'yes' | 'no' | 'unbound' | 'host-bound';
  passwordAuthentication: boolean;
  kbdInteractiveAuthentication: boolean;
  preferredAuthentications: string;
  numberOfPasswordPrompts: number;
  strictHostKeyChecking: 'yes' | 'no' | 'ask' | 'accept-new';
  hashKnownHosts: boolean;
  visualHostKey: boolean;
  ciphers: string;
  macs: string;
  kexAlgorithms: string;
  hostKeyAlgorithms: string;
  pubkeyAcceptedAlgorithms: string;
  requestTty: 'yes' | 'no' | 'force' | 'auto';
  remoteCommand: string;
  exitOnForwardFailure: boolean;
  gatewayPorts: boolean;
  clearAllForwardings: boolean;
  logLevel: 'QUIET' | 'FATAL' | 'ERROR' | 'INFO' | 'VERBOSE' | 'DEBUG' | 'DEBUG2' | 'DEBUG3';
  ignoreUnknown: string;
  canonicalizeHostname: 'yes' | 'no' | 'always';
  canonicalizeMaxDots: number;
  canonicalizeFallbackLocal: boolean;
}

/** Something a configuration says that is shown to the person. */
export interface SshConfigNote extends SshConfigPlace {
  readonly message: string;
}

/** A keyword that applies to this host and that OpenSSH knows and Postern does not follow. */
export interface UnsupportedKeyword extends SshConfigPlace {
  readonly keyword: string;
  /** As written. */
  readonly value: string;
}

/** A `Match exec` command that was not run, so that its block was passed over. */
export interface RefusedCommand extends SshConfigPlace {
  readonly command: string;
}

export interface SshConfigDraft {
  readonly first: Partial<FirstValues>;
  readonly identityFiles: string[];
  readonly certificateFiles: string[];
  readonly localForwards: SshForward[];
  readonly remoteForwards: SshForward[];
  readonly sendEnv: string[];
  readonly setEnv: string[];
  readonly userKnownHostsFiles: string[];
  readonly globalKnownHostsFiles: string[];
  readonly canonicalDomains: string[];
  readonly unsupported: UnsupportedKeyword[];
  readonly errors: SshConfigNote[];
  readonly refusedCommands: RefusedCommand[];
  /** Where each keyword (in lower case) got its value, or the first one of its list. */
  readonly places: Map<string, SshConfigPlace>;
}

export function createDraft(first: Partial<FirstValues>): SshConfigDraft {
  return {
    first: { ...first },
    identityFiles: [],
    certificateFiles: [],
    localForwards: [],
    remoteForwards: [],
    sendEnv: [],
    setEnv: [],
    userKnownHostsFiles: [],
    globalKnownHostsFiles: [],
    canonicalDomains: [],
    unsupported: [],
    errors: [],
    refusedCommands: [],
    places: new Map(),
  };
}
