/**
 * Whether a Match line applies (ssh_config(5), Match). Commands of `exec` are run by the caller or not at all.
 */
import { say } from '../../contract/say.ts';
import { SshConfigFault, takeWord } from './sshConfigLine.ts';
import { asciiLower, matchHostName, matchPatternList } from './sshPattern.ts';

/** What the criteria are held against. Texts that cost something are asked for when needed. */
export interface MatchSubject {
  /** The name to connect to, as far as it is known now. */
  readonly host: () => string;
  readonly originalHost: string;
  readonly user: string;
  readonly localUser: string;
  readonly tag: string;
  /** The files are being read again, with the final name of the host. */
  readonly isFinalPass: boolean;
  /** `Match final` was seen: the files have to be read again. */
  readonly wantFinalPass: () => void;
  /** A command, tokens not yet replaced. Undefined: it was not run. */
  readonly exec: (command: string) => Promise<boolean | undefined>;
}

/**
 * Reads the criteria up to the end of the line; an `exec` after a criterion that failed is not asked about.
 *
 * @throws SshConfigFault
 */
export async function matches(criteria: string, subject: MatchSubject): Promise<boolean> {
  let result = true;
  let attributes = 0;
  let rest: string | undefined = criteria;
  const take = (): string | undefined => {
    if (rest === undefined) return undefined;
    const taken = takeWord(rest);
    rest = taken?.rest;
    return taken?.word;
  };
  for (let word = take(); word !== undefined && word !== '' && !word.startsWith('#'); word = take()) {
    const negated = word.startsWith('!');
    const attribute = asciiLower(negated ? word.slice(1) : word);
    if (attribute === 'all') {
      const next = take();
      if (attributes > 1 || (next !== undefined && next !== '' && !next.startsWith('#'))) throw new SshConfigFault(say`"${word}" cannot be combined with other criteria`);
      return result && !negated;
    }
    attributes += 1;
    if (attribute === 'canonical' || attribute === 'final') {
      if (attribute === 'final') subject.wantFinalPass();
      if (subject.isFinalPass === negated) result = false;
      continue;
    }
    const argument = take();
    if (argument === undefined || argument === '' || argument.startsWith('#')) throw new SshConfigFault(say`the criterion "${attribute}" says nothing to match`);
    if (attribute === 'exec') {
      const ran = result ? await subject.exec(argument) : undefined;
      // Not run is not matched, in either sense.
      if (ran === undefined || ran === negated) result = false;
    } else if (isCriterionMet(attribute, argument, subject) === negated) {
      result = false;
    }
  }
  if (attributes === 0) throw new SshConfigFault(say`a Match line needs at least one criterion`);
  return result;
}

function isCriterionMet(attribute: string, argument: string, subject: MatchSubject): boolean {
  switch (attribute) {
    case 'host':
      return matchHostName(subject.host(), argument) === 'matched';
    case 'originalhost':
      return matchHostName(subject.originalHost, argument) === 'matched';
    case 'user':
      return matchPatternList(subject.user, argument) === 'matched';
    case 'localuser':
      return matchPatternList(subject.localUser, argument) === 'matched';
    case 'tagged':
      return matchPatternList(subject.tag, argument) === 'matched';
    default:
      throw new SshConfigFault(say`"${attribute}" is no criterion of a Match line that Postern knows`);
  }
}
