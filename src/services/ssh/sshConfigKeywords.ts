/**
 * Each ssh_config keyword Postern follows, and what its line does to the draft; and the ones it knows and does not follow.
 */
import { say } from '../../contract/say.ts';
import type { AlgorithmList } from './openSshAlgorithms.ts';
import { checkAlgorithms, openSshAlgorithms } from './openSshAlgorithms.ts';
import type { FirstValues, SshConfigDraft } from './sshConfigDraft.ts';
import { SshConfigFault } from './sshConfigLine.ts';
import type { Environment } from './sshConfigTokens.ts';
import { expandVariables } from './sshConfigTokens.ts';
import type { SshForward } from './sshConfigValues.ts';
import { toChoice, toForward, toInteger, toJumps, toSeconds, toUsablePort } from './sshConfigValues.ts';
import { asciiLower, matchesPattern } from './sshPattern.ts';

/** One line as its keyword's rule sees it. */
export interface KeywordContext {
  readonly draft: SshConfigDraft;
  /** Whether the line applies to this host. A line that does not is still checked. */
  readonly active: boolean;
  /** The arguments that are left; a rule takes what it needs, and what remains is an error. */
  readonly args: string[];
  /** Everything after the keyword, unsplit: commands are not words to us. */
  readonly rest: string;
  readonly environment: Environment;
}

/** @returns whether the line gave a value */
type KeywordRule = (line: KeywordContext) => boolean;

/** SSH_MAX_IDENTITY_FILES and SSH_MAX_CERTIFICATE_FILES of OpenSSH. */
const KEY_FILES_MAX = 100;
/** SSH_MAX_HOSTS_FILES of OpenSSH. */
const KNOWN_HOSTS_FILES_MAX = 32;
/** MAX_CANON_DOMAINS of OpenSSH. */
const CANONICAL_DOMAINS_MAX = 32;

const yesNo = { true: true, false: false, yes: true, no: false };
const yesNoAskConfirm = { true: 'yes', false: 'no', yes: 'yes', no: 'no', ask: 'ask', confirm: 'confirm' } as const;

const rules: Readonly<Record<string, KeywordRule>> = {
  addkeystoagent: first('addKeysToAgent', ({ args }) => {
    const mode = takeArgument(args);
    const lifetime = args.shift();
    if (!Object.hasOwn(yesNoAskConfirm, asciiLower(mode))) {
      if (lifetime !== undefined) throw new SshConfigFault(say`"${mode} ${lifetime}" is no answer to whether keys go to the agent`);
      return { mode: 'yes', lifetimeSeconds: toSeconds(mode) };
    }
    const chosen = toChoice(mode, yesNoAskConfirm);
    if (lifetime === undefined) return { mode: chosen, lifetimeSeconds: 0 };
    if (chosen !== 'confirm') throw new SshConfigFault(say`only "confirm" takes a time after it, not "${mode}"`);
    return { mode: chosen, lifetimeSeconds: toSeconds(lifetime) };
  }),
  addressfamily: choice('addressFamily', { inet: 'inet', inet6: 'inet6', any: 'any' }),
  batchmode: choice('batchMode', yesNo),
  bindaddress: text('bindAddress'),
  canonicaldomains: ({ draft, active, args }) => {
    const domains = takeWords(args, 'CanonicalDomains').map((domain) => {
      if (!/^[a-z0-9](?!.*\.\.)[a-z0-9._-]*$/i.test(domain)) throw new SshConfigFault(say`"${domain}" is no domain`);
      return asciiLower(domain).replace(/\.$/, '');
    });
    return addOnce(draft.canonicalDomains, domains, active, CANONICAL_DOMAINS_MAX);
  },
  canonicalizefallbacklocal: choice('canonicalizeFallbackLocal', yesNo),
  canonicalizehostname: choice('canonicalizeHostname', { true: 'yes', false: 'no', yes: 'yes', no: 'no', always: 'always' }),
  canonicalizemaxdots: first('canonicalizeMaxDots', ({ args }) => toInteger(takeArgument(args))),
  certificatefile: ({ draft, active, args }) => addKeyFile(draft.certificateFiles, takeArgument(args), active),
  ciphers: algorithms('ciphers'),
  clearallforwardings: choice('clearAllForwardings', yesNo),
  compression: choice('compression', { yes: true, no: false }),
  connecttimeout: time('connectTimeoutSeconds'),
  dynamicforward: ({ draft, active, args, environment }) =>
    addForward(draft.localForwards, toForward(takeArgument(args), undefined, { remote: false, environment }), active),
  exitonforwardfailure: choice('exitOnForwardFailure', yesNo),
  forwardagent: ({ draft, active, args, environment }) => {
    const value = takeArgument(args);
    if (Object.hasOwn(yesNo, asciiLower(value))) return setFirst(draft, 'forwardAgent', toChoice(value, yesNo), active);
    const set = setFirst(draft, 'forwardAgent', true, active);
    return setFirst(draft, 'forwardAgentSocket', checkAgentPath(value, environment), active) || set;
  },
  gatewayports: choice('gatewayPorts', yesNo),
  globalknownhostsfile: ({ draft, active, args }) =>
    addOnce(draft.globalKnownHostsFiles, takeWords(args, 'GlobalKnownHostsFile'), active, KNOWN_HOSTS_FILES_MAX),
  hashknownhosts: choice('hashKnownHosts', yesNo),
  hostkeyalgorithms: algorithms('hostKeyAlgorithms'),
  hostkeyalias: text('hostKeyAlias'),
  hostname: text('hostName'),
  identitiesonly: choice('identitiesOnly', yesNo),
  identityagent: first('identityAgent', ({ args, environment }) => checkAgentPath(takeArgument(args), environment)),
  identityfile: ({ draft, active, args }) => addKeyFile(draft.identityFiles, takeArgument(args), active),
  ignoreunknown: text('ignoreUnknown'),
  kbdinteractiveauthentication: choice('kbdInteractiveAuthentication', yesNo),
  kexalgorithms: algorithms('kexAlgorithms'),
  localforward: ({ draft, active, args, environment }) => {
    const listen = takeArgument(args);
    const connect = args.shift() ?? '';
    if (connect === '') throw new SshConfigFault(say`a LocalForward says where from and where to`);
    return addForward(draft.localForwards, toForward(listen, connect, { remote: false, environment }), active);
  },
  loglevel: choice('logLevel', {
    silent: 'QUIET',
    quiet: 'QUIET',
    fatal: 'FATAL',
    error: 'ERROR',
    info: 'INFO',
    verbose: 'VERBOSE',
    debug: 'DEBUG',
    debug1: 'DEBUG',
    debug2: 'DEBUG2',
    debug3: 'DEBUG3',
  }),
  macs: algorithms('macs'),
  numberofpasswordprompts: first('numberOfPasswordPrompts', ({ args }) => toInteger(takeArgument(args))),
  passwordauthentication: choice('passwordAuthentication', yesNo),
  port: first('port', ({ args }) => toUsablePort(takeArgument(args))),
  preferredauthentications: text('preferredAuthentications'),
  proxycommand: (line) => {
    const command = takeCommand(line);
    // Between ProxyCommand and ProxyJump, too, the first one wins; but `ProxyJump none` leaves the command its turn.
    return (line.draft.first.proxyJump ?? []).length === 0 && setFirst(line.draft, 'proxyCommand', command, line.active);
  },
  proxyjump: (line) => {
    const jumps = toJumps(takeCommand(line));
    return line.draft.first.proxyCommand === undefined && setFirst(line.draft, 'proxyJump', jumps, line.active);
  },
  pubkeyacceptedalgorithms: algorithms('pubkeyAcceptedAlgorithms'),
  pubkeyauthentication: choice('pubkeyAuthentication', {
    true: 'yes',
    false: 'no',
    yes: 'yes',
    no: 'no',
    unbound: 'unbound',
    'host-bound': 'host-bound',
  }),
  remotecommand: first('remoteCommand', takeCommand),
  remoteforward: ({ draft, active, args, environment }) => {
    const listen = takeArgument(args);
    const connect = args.shift();
    return addForward(draft.remoteForwards, toForward(listen, connect === '' ? undefined : connect, { remote: true, environment }), active);
  },
  requesttty: choice('requestTty', { true: 'yes', false: 'no', yes: 'yes', no: 'no', force: 'force', auto: 'auto' }),
  sendenv: ({ draft, active, args }) => {
    const names = args.splice(0);
    const wrong = names.find((name) => name === '' || name.includes('='));
    if (wrong !== undefined) throw new SshConfigFault(say`"${wrong}" is no name of an environment variable`);
    if (!active) return false;
    for (const name of names) {
      if (!name.startsWith('-')) draft.sendEnv.push(name);
      else draft.sendEnv.splice(0, Infinity, ...draft.sendEnv.filter((kept) => !matchesPattern(kept, name.slice(1))));
    }
    return true;
  },
  serveralivecountmax: first('serverAliveCountMax', ({ args }) => toInteger(takeArgument(args))),
  serveraliveinterval: time('serverAliveIntervalSeconds'),
  setenv: ({ draft, active, args }) => {
    const settings = args.splice(0);
    const wrong = settings.find((setting) => !setting.includes('='));
    if (wrong !== undefined) throw new SshConfigFault(say`"${wrong}" is no NAME=value`);
    const names = settings.map((setting) => setting.slice(0, setting.indexOf('=')));
    return addOnce(draft.setEnv, settings.filter((_, index) => names.indexOf(names[index] ?? '') === index), active, Infinity);
  },
  stricthostkeychecking: choice('strictHostKeyChecking', {
    true: 'yes',
    false: 'no',
    yes: 'yes',
    no: 'no',
    off: 'no',
    ask: 'ask',
    'accept-new': 'accept-new',
  }),
  tag: text('tag'),
  tcpkeepalive: choice('tcpKeepAlive', yesNo),
  user: text('user'),
  userknownhostsfile: ({ draft, active, args }) =>
    addOnce(draft.userKnownHostsFiles, takeWords(args, 'UserKnownHostsFile'), active, KNOWN_HOSTS_FILES_MAX),
  visualhostkey: choice('visualHostKey', yesNo),
};

/** Older names of keywords, and Debian's own (ssh_config(5), ServerAliveInterval). */
const aliases: Readonly<Record<string, string>> = {
  challengeresponseauthentication: 'kbdinteractiveauthentication',
  dsaauthentication: 'pubkeyauthentication',
  identityfile2: 'identityfile',
  keepalive: 'tcpkeepalive',
  protocolkeepalives: 'serveraliveinterval',
  pubkeyacceptedkeytypes: 'pubkeyacceptedalgorithms',
  setuptimeout: 'serveraliveinterval',
  skeyauthentication: 'kbdinteractiveauthentication',
  tisauthentication: 'kbdinteractiveauthentication',
};

/** What some OpenSSH up to 10, Debian's or Apple's, knows and Postern does not follow. */
const unsupported: ReadonlySet<string> = new Set(
  `afstokenpassing bindinterface canonicalizepermittedcnames casignaturealgorithms channeltimeout checkhostip cipher compressionlevel
  connectionattempts controlmaster controlpath controlpersist enableescapecommandline enablesshkeysign escapechar fallbacktorsh
  fingerprinthash forkafterauthentication forwardx11 forwardx11timeout forwardx11trusted globalknownhostsfile2 gssapiauthentication
  gssapiclientidentity gssapidelegatecredentials gssapikexalgorithms gssapikeyexchange gssapirenewalforcesrekey gssapiserveridentity
  gssapitrustdns hostbasedacceptedalgorithms hostbasedauthentication hostbasedkeytypes ipqos kbdinteractivedevices
  kerberosauthentication kerberostgtpassing knownhostscommand localcommand logverbose nohostauthenticationforlocalhost
  obscurekeystroketiming permitlocalcommand permitremoteopen pkcs11provider protocol proxyusefdpass refuseconnection rekeylimit
  requiredrsasize revokedhostkeys rhostsauthentication rhostsrsaauthentication rsaauthentication securitykeyprovider sessiontype
  smartcarddevice stdinnull streamlocalbindmask streamlocalbindunlink syslogfacility tunnel tunneldevice updatehostkeys
  useprivilegedport usekeychain userknownhostsfile2 useroaming usersh verifyhostkeydns versionaddendum warnweakcrypto
  xauthlocation`.split(/\s+/),
);

/** What to do with a keyword's line; the keyword's present name, in lower case. */
export function keywordRule(keyword: string): { readonly name: string; readonly apply: KeywordRule } | 'unsupported' | 'unknown' {
  const name = Object.hasOwn(aliases, keyword) ? (aliases[keyword] ?? keyword) : keyword;
  const apply = Object.hasOwn(rules, name) ? rules[name] : undefined;
  if (apply !== undefined) return { name, apply };
  return unsupported.has(name) ? 'unsupported' : 'unknown';
}

/** The names, in lower case, of the keywords Postern follows, `host`, `match` and `include` apart. */
export const supportedKeywords: readonly string[] = Object.keys(rules);

function setFirst<Key extends keyof FirstValues>(draft: SshConfigDraft, key: Key, value: FirstValues[Key] | undefined, active: boolean): boolean {
  if (!active || value === undefined || draft.first[key] !== undefined) return false;
  draft.first[key] = value;
  return true;
}

function first<Key extends keyof FirstValues>(key: Key, parse: (line: KeywordContext) => FirstValues[Key] | undefined): KeywordRule {
  return (line) => setFirst(line.draft, key, parse(line), line.active);
}

function text<Key extends 'user' | 'hostName' | 'hostKeyAlias' | 'bindAddress' | 'preferredAuthentications' | 'ignoreUnknown' | 'tag'>(key: Key): KeywordRule {
  return first(key, ({ args }) => takeArgument(args));
}

function choice<Key extends keyof FirstValues>(key: Key, choices: Readonly<Record<string, FirstValues[Key]>>): KeywordRule {
  return first(key, ({ args }) => toChoice(takeArgument(args), choices));
}

/** `none` is as if the line were not there. */
function time(key: 'connectTimeoutSeconds' | 'serverAliveIntervalSeconds'): KeywordRule {
  return first(key, ({ args }) => {
    const value = takeArgument(args);
    return value === 'none' ? undefined : toSeconds(value);
  });
}

function algorithms(list: AlgorithmList): KeywordRule {
  return first(list, ({ args }) => {
    const value = takeArgument(args);
    checkAlgorithms(list, value, openSshAlgorithms[list]);
    return value;
  });
}

function takeArgument(args: string[]): string {
  const argument = args.shift();
  if (argument === undefined || argument === '') throw new SshConfigFault(say`a value is missing`);
  return argument;
}

/** All arguments; `none` stands alone. */
function takeWords(args: string[], keyword: string): string[] {
  const words = args.splice(0);
  if (words.includes('')) throw new SshConfigFault(say`an argument of ${keyword} is empty`);
  if (words.length > 1 && words.some((word) => asciiLower(word) === 'none')) throw new SshConfigFault(say`"none" is the only argument of ${keyword} or is none of them`);
  return words;
}

/** The rest of the line as it stands: quotes and all. */
function takeCommand({ args, rest }: KeywordContext): string {
  args.splice(0);
  return rest.replace(/^[ \t\r\n=]+/, '');
}

/** An agent's socket: a path, `none`, `SSH_AUTH_SOCK` or `$NAME`; its variables must be set. */
function checkAgentPath(path: string, environment: Environment): string {
  expandVariables(path, environment);
  if (/^\$(?!\{)/.test(path) && !/^\$[A-Za-z0-9_]+$/.test(path)) throw new SshConfigFault(say`"${path}" is no name of an environment variable`);
  return path;
}

function addKeyFile(files: string[], file: string, active: boolean): boolean {
  if (!active || files.includes(file)) return false;
  if (files.length >= KEY_FILES_MAX) throw new SshConfigFault(say`more than ${KEY_FILES_MAX} files for one host`);
  files.push(file);
  return true;
}

/** The first line of such a keyword wins, with all its words. */
function addOnce(list: string[], words: readonly string[], active: boolean, limit: number): boolean {
  if (!active || list.length > 0) return false;
  if (words.length > limit) throw new SshConfigFault(say`more than ${limit} entries in one line`);
  list.push(...words);
  return words.length > 0;
}

function addForward(forwards: SshForward[], forward: SshForward, active: boolean): boolean {
  const same = JSON.stringify(sortedEntries(forward));
  if (!active || forwards.some((known) => JSON.stringify(sortedEntries(known)) === same)) return false;
  forwards.push(forward);
  return true;
}

function sortedEntries(forward: SshForward): [string, unknown][] {
  return Object.entries(forward).sort(([one], [other]) => (one < other ? -1 : 1));
}
