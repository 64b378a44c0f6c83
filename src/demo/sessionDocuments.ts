/**
 * Session documents: what StartSession names, which parameters it takes, and what an agent is told. Session-manager-protocol.md, section 6.1.
 *
 * The contents have the shape of AWS's own, down to the patterns, so that GetDocument can hand them out.
 */
import { AwsError } from './awsError.ts';

export type SessionKind = 'Standard_Stream' | 'InteractiveCommands' | 'NonInteractiveCommands' | 'Port';

export interface SessionDocument {
  readonly schemaVersion: '1.0';
  readonly description: string;
  readonly sessionType: SessionKind;
  readonly inputs?: Readonly<Record<string, unknown>>;
  readonly parameters?: Readonly<Record<string, DocumentParameter>>;
  /** Texts may name parameters as `{{ name }}`. */
  readonly properties?: SessionProperties;
}

export interface DocumentParameter {
  readonly type: 'String';
  readonly description: string;
  readonly default?: string;
  /** A regular expression for the whole value. */
  readonly allowedPattern?: string;
}

/** Texts, truth values and objects of them. */
export interface SessionProperties {
  readonly [name: string]: string | boolean | SessionProperties;
}

/** A session as its agent sees it. */
export interface ResolvedSession {
  readonly documentName: string;
  readonly kind: SessionKind;
  readonly properties: SessionProperties;
}

export const SHELL_DOCUMENT = 'SSM-SessionManagerRunShell';
const PORT = '([1-9]|[1-9][0-9]{1,3}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5])';
const portNumber = (description: string, fallback: string): DocumentParameter => ({ type: 'String', description, allowedPattern: `^${PORT}$`, default: fallback });
const localPortNumber: DocumentParameter = { type: 'String', description: 'Port on this machine, 0 for any', allowedPattern: `^(0|${PORT.slice(1)}$`, default: '0' };
const command: DocumentParameter = { type: 'String', description: 'The command to run' };
const host: DocumentParameter = {
  type: 'String',
  description: 'Host that the instance reaches',
  allowedPattern: '^[^,$^&()!;\'"<>`{}\\[\\]|#=]{3,}$',
  default: 'localhost',
};

export const sessionDocuments: Readonly<Record<string, SessionDocument>> = {
  [SHELL_DOCUMENT]: { schemaVersion: '1.0', description: 'Document to hold regional settings for Session Manager', sessionType: 'Standard_Stream' },
  'AWS-StartInteractiveCommand': {
    schemaVersion: '1.0',
    description: 'Document to run a single interactive command on an instance',
    sessionType: 'InteractiveCommands',
    parameters: { command },
    properties: commandProperties({}),
  },
  'AWS-StartNonInteractiveCommand': {
    schemaVersion: '1.0',
    description: 'Document to run a single command on an instance without a terminal',
    sessionType: 'NonInteractiveCommands',
    parameters: { command },
    properties: commandProperties({}),
  },
  'AWS-StartSSHSession': {
    schemaVersion: '1.0',
    description: 'Document to start a session for SSH',
    sessionType: 'Port',
    parameters: { portNumber: portNumber('Port of the SSH server', '22') },
    properties: { portNumber: '{{ portNumber }}' },
  },
  'AWS-StartPortForwardingSession': {
    schemaVersion: '1.0',
    description: 'Document to start port forwarding to the instance',
    sessionType: 'Port',
    parameters: { portNumber: portNumber('Port on the instance', '80'), localPortNumber },
    properties: { portNumber: '{{ portNumber }}', type: 'LocalPortForwarding', localPortNumber: '{{ localPortNumber }}' },
  },
  'AWS-StartPortForwardingSessionToRemoteHost': {
    schemaVersion: '1.0',
    description: 'Document to start port forwarding to a host that the instance reaches',
    sessionType: 'Port',
    parameters: { host, portNumber: portNumber('Port on the host', '80'), localPortNumber },
    properties: { host: '{{ host }}', portNumber: '{{ portNumber }}', type: 'LocalPortForwarding', localPortNumber: '{{ localPortNumber }}' },
  },
  // The account's own: AWS has no document that keeps the error output apart.
  'Demo-StartCommandWithExitCode': {
    schemaVersion: '1.0',
    description: 'Document to run a single command that keeps its error output apart and tells its exit code',
    sessionType: 'NonInteractiveCommands',
    parameters: { command },
    properties: commandProperties({ separateOutputStream: true }),
  },
};

/**
 * What the agent gets: the document's properties with the parameters put in.
 *
 * @param documents by name; with the account's own
 * @throws AwsError `InvalidDocument`, `InvalidParameters`
 */
export function resolveSession(documents: Readonly<Record<string, SessionDocument>>, documentName: string = SHELL_DOCUMENT, given: Readonly<Record<string, readonly string[]>> = {}): ResolvedSession {
  const document = Object.hasOwn(documents, documentName) ? documents[documentName] : undefined;
  if (document === undefined) throw new AwsError('InvalidDocument', `Document with name ${documentName} does not exist.`);
  const parameters = document.parameters ?? {};
  for (const name of Object.keys(given)) {
    if (!Object.hasOwn(parameters, name)) throw new AwsError('InvalidParameters', `Parameter "${name}" is not defined in document ${documentName}.`);
  }
  const values = new Map<string, string>();
  for (const [name, parameter] of Object.entries(parameters)) {
    const value = given[name]?.[0] ?? parameter.default;
    if (value === undefined) throw new AwsError('InvalidParameters', `Parameter "${name}" requires a value.`);
    if ((given[name]?.length ?? 1) !== 1) throw new AwsError('InvalidParameters', `Parameter "${name}" takes one value.`);
    if (parameter.allowedPattern !== undefined && !new RegExp(parameter.allowedPattern).test(value)) {
      throw new AwsError('InvalidParameters', `Parameter "${name}" has value "${value}" not matching "${parameter.allowedPattern}".`);
    }
    values.set(name, value);
  }
  return { documentName, kind: document.sessionType, properties: fill(document.properties ?? {}, values) };
}

function fill(properties: SessionProperties, values: ReadonlyMap<string, string>): SessionProperties {
  return Object.fromEntries(
    Object.entries(properties).map(([name, value]) => {
      if (typeof value === 'string') return [name, value.replaceAll(/\{\{ *(\w+) *\}\}/g, (whole, parameter: string) => values.get(parameter) ?? whole)];
      return [name, typeof value === 'boolean' ? value : fill(value, values)];
    }),
  );
}

function commandProperties(more: SessionProperties): SessionProperties {
  const onePlatform = { commands: '{{ command }}', runAsElevated: false, ...more };
  return { linux: onePlatform, macos: onePlatform, windows: onePlatform };
}
