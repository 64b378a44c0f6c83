/**
 * What a configuration says for a host and a connection of Postern does not do: shown, never passed over in silence.
 */
import type { UnsupportedKeyword } from './sshConfigDraft.ts';
import { dumpSshConfig } from './sshConfigDump.ts';
import type { SshConfig } from './sshConfigResult.ts';

/** Keywords that are understood and printed, and that a connection does not follow. */
const notFollowed: ReadonlySet<string> = new Set([
  'addkeystoagent',
  'batchmode',
  'bindaddress',
  'canonicalizehostname',
  'compression',
  'exitonforwardfailure',
  'numberofpasswordprompts',
  'passwordauthentication',
  'kbdinteractiveauthentication',
  'preferredauthentications',
  'pubkeyacceptedalgorithms',
  'remotecommand',
  'requesttty',
  'serveralivecountmax',
  'tcpkeepalive',
  'visualhostkey',
]);

/** What does nothing at its usual value is not worth a word. */
const harmless: Readonly<Record<string, string>> = {
  addkeystoagent: 'no',
  batchmode: 'no',
  canonicalizehostname: 'no',
  compression: 'no',
  exitonforwardfailure: 'no',
  numberofpasswordprompts: '3',
  passwordauthentication: 'yes',
  kbdinteractiveauthentication: 'yes',
  requesttty: 'auto',
  serveralivecountmax: '3',
  tcpkeepalive: 'yes',
  visualhostkey: 'no',
};

/** Every keyword that a file, or a command line, sets for this host and that has no effect here, with where it stands. */
export function unheededKeywords(config: SshConfig): UnsupportedKeyword[] {
  const dump = dumpSshConfig(config);
  const place = (keyword: string) => config.places.get(keyword) ?? { file: 'command line', line: 0 };
  const known = [...notFollowed].flatMap((keyword): UnsupportedKeyword[] => {
    const value = (dump.get(keyword) ?? []).join(' ');
    return !config.places.has(keyword) || value === '' || value === harmless[keyword] ? [] : [{ ...place(keyword), keyword, value }];
  });
  const toSockets = config.localForwards.filter(({ listenPath, connectPath }) => listenPath !== undefined || connectPath !== undefined);
  const sockets = toSockets.length === 0 ? [] : [{ ...place('localforward'), keyword: 'localforward', value: 'from or to a socket' }];
  const remote = config.remoteForwards.filter(({ listenPath, connectPath, connectHost }) => listenPath !== undefined || connectPath !== undefined || connectHost === undefined);
  const remoteSockets = remote.length === 0 ? [] : [{ ...place('remoteforward'), keyword: 'remoteforward', value: 'from or to a socket, or by SOCKS from the host' }];
  return [...config.unsupported, ...known, ...sockets, ...remoteSockets];
}

/**
 * One line for a terminal, at each connection; undefined when there is nothing to tell. What the distribution wrote into the system's
 * file (Debian: GSSAPIAuthentication) nobody on this machine chose: it is shown with the resolved configuration only.
 */
export function unheededText(all: readonly UnsupportedKeyword[]): string | undefined {
  const unheeded = all.filter(({ file }) => !/^(\/etc\/ssh\/|[A-Z]:\\ProgramData\\ssh\\)/i.test(file));
  if (unheeded.length === 0) return undefined;
  return `Postern does not follow: ${unheeded.map(({ keyword, value, file, line }) => `${keyword} ${value} (${line === 0 ? file : `${file} line ${line}`})`).join(', ')}`;
}
