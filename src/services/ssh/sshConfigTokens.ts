/**
 * Tokens (`%h`), environment variables (`${NAME}`) and `~` in ssh_config values. Pure text: nothing here runs anything.
 */
import { createHash } from 'node:crypto';
import { say } from '../../contract/say.ts';
import { SshConfigFault } from './sshConfigLine.ts';

/** What each token stands for, by its letter. */
export type TokenValues = Readonly<Partial<Record<'C' | 'L' | 'd' | 'h' | 'i' | 'k' | 'l' | 'n' | 'p' | 'r' | 'u', string>>>;

export type Environment = Readonly<Record<string, string | undefined>>;

/** Who is asking, and on which machine. */
export interface LocalIdentity {
  /** The home folder, absolute. */
  readonly home: string;
  readonly localUser: string;
  /** Absent where users have no number: then owners of files are not checked. */
  readonly uid?: number;
  /** As hostname(1) prints it. */
  readonly localHostName: string;
  readonly environment: Environment;
}

/**
 * A value with its tokens replaced, and with its environment variables when `environment` is given.
 *
 * A replacement is never looked at again: a host called `%u` stays that.
 *
 * @throws SshConfigFault for a token the keyword does not have, or a variable that is not set
 */
export function expandTokens(text: string, tokens: TokenValues, environment?: Environment): string {
  const known: Readonly<Record<string, string | undefined>> = tokens;
  let expanded = '';
  for (let at = 0; at < text.length; at += 1) {
    if (environment !== undefined && text.startsWith('${', at)) {
      const { value, end } = variableAt(text, at, environment);
      expanded += value;
      at = end;
    } else if (text[at] === '%') {
      at += 1;
      const letter = text[at];
      const value = letter === '%' ? '%' : letter === undefined ? undefined : Object.hasOwn(known, letter) ? known[letter] : undefined;
      if (value === undefined) throw new SshConfigFault(say`"${text}" has the token %${letter ?? ''}, which this keyword does not know`);
      expanded += value;
    } else {
      expanded += text[at];
    }
  }
  return expanded;
}

/**
 * A value with its environment variables replaced; percent signs stay.
 *
 * @throws SshConfigFault for a variable that is not set
 */
export function expandVariables(text: string, environment: Environment): string {
  let expanded = '';
  for (let at = 0; at < text.length; at += 1) {
    if (text.startsWith('${', at)) {
      const { value, end } = variableAt(text, at, environment);
      expanded += value;
      at = end;
    } else {
      expanded += text[at];
    }
  }
  return expanded;
}

/** The variable whose `${` stands at `at`; `end` is where its `}` stands. */
function variableAt(text: string, at: number, environment: Environment): { readonly value: string; readonly end: number } {
  const end = text.indexOf('}', at);
  const name = text.slice(at + 2, end);
  if (end === -1 || name === '') throw new SshConfigFault(say`"${text}" has a variable without a name or without its closing brace`);
  const value = Object.hasOwn(environment, name) ? environment[name] : undefined;
  if (value === undefined) throw new SshConfigFault(say`the environment variable ${name} of "${text}" is not set`);
  return { value, end };
}

/** `%C`: what OpenSSH names a connection by. */
export function connectionHash(localHostName: string, host: string, port: number, user: string): string {
  return createHash('sha1').update(`${localHostName}${host}${port}${user}`).digest('hex');
}
