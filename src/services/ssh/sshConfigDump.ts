/**
 * A resolved configuration as text, keyword by keyword: what `ssh -G` prints, and what a person is shown.
 */
import type { SshConfig } from './sshConfigResult.ts';
import type { SshForward, SshJump } from './sshConfigValues.ts';

/** Every value by its keyword in lower case, as `ssh -G` prints it; a keyword without a value has none. */
export function dumpSshConfig(config: SshConfig): ReadonlyMap<string, readonly string[]> {
  const yesNo = (value: boolean): string[] => [value ? 'yes' : 'no'];
  const optional = (value: string | number | undefined): string[] => (value === undefined ? [] : [String(value)]);
  const words = (values: readonly string[]): string[] => [values.length === 0 ? 'none' : values.join(' ')];
  const { mode, lifetimeSeconds } = config.addKeysToAgent;
  return new Map<string, string[]>([
    ['user', [config.user]],
    ['hostname', [config.hostName]],
    ['port', [String(config.port)]],
    ['addressfamily', [config.addressFamily]],
    ['addkeystoagent', [lifetimeSeconds === 0 ? mode : `${mode === 'confirm' ? 'confirm ' : ''}${lifetimeSeconds}`]],
    ['batchmode', yesNo(config.batchMode)],
    ['bindaddress', optional(config.bindAddress)],
    ['canonicalizehostname', [config.canonicalizeHostname]],
    ['certificatefile', config.certificateFiles.map(({ written }) => written)],
    ['ciphers', [config.ciphers.join(',')]],
    ['clearallforwardings', yesNo(config.clearAllForwardings)],
    ['compression', yesNo(config.compression)],
    ['connecttimeout', [String(config.connectTimeoutSeconds ?? 'none')]],
    // OpenSSH prints the local forwards that lead to a socket here too, without that socket.
    ['dynamicforward', [...config.dynamicForwards, ...config.localForwards.filter(({ connectPath }) => connectPath !== undefined)].map(listenText).sort()],
    ['exitonforwardfailure', yesNo(config.exitOnForwardFailure)],
    ['forwardagent', config.forwardAgentSocket === undefined ? yesNo(config.forwardAgent) : [config.forwardAgentSocket.written]],
    ['gatewayports', yesNo(config.gatewayPorts)],
    ['globalknownhostsfile', words(config.globalKnownHostsFiles)],
    ['hashknownhosts', yesNo(config.hashKnownHosts)],
    ['hostkeyalgorithms', [config.hostKeyAlgorithms.join(',')]],
    ['hostkeyalias', optional(config.hostKeyAlias)],
    ['identitiesonly', yesNo(config.identitiesOnly)],
    ['identityagent', optional(config.identityAgent?.written)],
    ['identityfile', config.identityFiles.map(({ written }) => written)],
    ['ignoreunknown', optional(config.ignoreUnknown)],
    ['kbdinteractiveauthentication', yesNo(config.kbdInteractiveAuthentication)],
    ['kexalgorithms', [config.kexAlgorithms.join(',')]],
    ['localforward', config.localForwards.map(forwardText)],
    ['loglevel', [config.logLevel]],
    ['macs', [config.macs.join(',')]],
    ['numberofpasswordprompts', [String(config.numberOfPasswordPrompts)]],
    ['passwordauthentication', yesNo(config.passwordAuthentication)],
    ['preferredauthentications', optional(config.preferredAuthentications)],
    ['proxycommand', config.proxyJump.length > 0 ? [] : optional(config.proxyCommand?.template)],
    ['proxyjump', config.proxyJump.length === 0 ? [] : [config.proxyJump.map(jumpText).join(',')]],
    ['pubkeyacceptedalgorithms', [config.pubkeyAcceptedAlgorithms.join(',')]],
    ['pubkeyauthentication', [config.pubkeyAuthentication]],
    ['remotecommand', optional(config.remoteCommand)],
    ['remoteforward', config.remoteForwards.map(forwardText)],
    ['requesttty', [config.requestTty]],
    ['sendenv', [...config.sendEnv]],
    ['serveralivecountmax', [String(config.serverAliveCountMax)]],
    ['serveraliveinterval', [String(config.serverAliveIntervalSeconds)]],
    ['setenv', [...config.setEnv]],
    ['stricthostkeychecking', [config.strictHostKeyChecking]],
    ['tcpkeepalive', yesNo(config.tcpKeepAlive)],
    ['userknownhostsfile', words(config.userKnownHostsFiles)],
    ['visualhostkey', yesNo(config.visualHostKey)],
  ]);
}

function forwardText(forward: SshForward): string {
  const from = listenText(forward);
  if (forward.connectPath !== undefined) return `${from} ${forward.connectPath}`;
  return forward.connectHost === undefined ? from : `${from} [${forward.connectHost}]:${forward.connectPort}`;
}

function listenText({ listenPath, listenHost, listenPort }: SshForward): string {
  return listenPath ?? (listenHost === undefined ? String(listenPort) : `[${listenHost}]:${listenPort}`);
}

function jumpText({ user, host, port }: SshJump): string {
  return `${user === undefined ? '' : `${user}@`}${host}${port === undefined ? '' : `:${port}`}`;
}
