/**
 * Reads ssh_config files line by line into a draft: Host, Match and Include, with the same nesting as OpenSSH.
 */
import { readFile, stat } from 'node:fs/promises';
import { say } from '../../contract/say.ts';
import type { SshConfigDraft } from './sshConfigDraft.ts';
import { keywordRule } from './sshConfigKeywords.ts';
import type { SshConfigPlace } from './sshConfigLine.ts';
import { SshConfigFault, toArguments, toKeywordLine } from './sshConfigLine.ts';
import type { MatchSubject } from './sshConfigMatch.ts';
import { matches } from './sshConfigMatch.ts';
import type { Environment } from './sshConfigTokens.ts';
import { includedFiles, type ConfigFile } from './sshConfigPaths.ts';
import { asciiLower, matchesPattern, matchPatternList } from './sshPattern.ts';

/** READCONF_MAX_DEPTH of OpenSSH. */
const INCLUDE_DEPTH_MAX = 16;

/** Who and where: what the reading of files depends on besides the files. */
export interface ReadingContext {
  readonly draft: SshConfigDraft;
  /** The name Host lines are held against. */
  readonly host: string;
  /** What Match lines are held against; asks about a command with the place it stands at. */
  readonly matchSubject: (place: SshConfigPlace, mayRun: boolean) => MatchSubject;
  readonly home: string;
  readonly localUser: string;
  /** Whose files may be read besides root's; undefined where files have no owner. */
  readonly uid: number | undefined;
  /** Where relative includes of a system file are: /etc/ssh. */
  readonly systemFolder: string;
  readonly environment: Environment;
}

interface Reading extends ConfigFile {
  readonly depth: number;
  /** False inside a block that does not apply: nothing of the file can. */
  readonly mayMatch: boolean;
  /** Files that others can write are refused: they could set a ProxyCommand. */
  readonly checkOwner: boolean;
}

/** Read a file and all it includes. One that does not exist is empty. */
export async function readConfigFile(context: ReadingContext, file: ConfigFile): Promise<void> {
  await readInto(context, { ...file, depth: 0, mayMatch: true, checkOwner: file.kind === 'user' }, { file: file.path, line: 0 });
}

/** Lines as `ssh -o` takes them: they apply to every host, and have no Host, Match or Include. */
export function readOptionLines(context: ReadingContext, lines: readonly string[]): void {
  for (const [index, text] of lines.entries()) {
    const place: SshConfigPlace = { file: 'command line', line: index + 1 };
    noteFault(context.draft, place, () => {
      const found = toKeywordLine(text);
      if (found === undefined) return;
      if (['host', 'match', 'include'].includes(found.keyword)) throw new SshConfigFault(say`"${found.keyword}" stands in files only`);
      applyKeyword(context, place, true, found.keyword, found.rest, toArguments(found.rest));
    });
  }
}

/** @param from where the file is named, for the error that it cannot be read */
async function readInto(context: ReadingContext, reading: Reading, from: SshConfigPlace): Promise<void> {
  const { draft } = context;
  const text = await readText(context, reading).catch((cause: unknown) => {
    draft.errors.push({ ...from, message: cause instanceof Error ? cause.message : String(cause) });
    return undefined;
  });
  if (text === undefined) return;
  let active = reading.mayMatch;
  for (const [index, lineText] of text.split('\n').entries()) {
    const place: SshConfigPlace = { file: reading.path, line: index + 1 };
    try {
      const found = toKeywordLine(lineText);
      if (found === undefined) continue;
      const args = toArguments(found.rest);
      if (found.keyword === 'host') {
        active = false;
        active = reading.mayMatch && isHostLineFor(context.host, args);
      } else if (found.keyword === 'match') {
        active = false;
        const met = await matches(found.rest, context.matchSubject(place, reading.mayMatch));
        active = reading.mayMatch && met;
      } else if (found.keyword === 'include') {
        await include(context, { ...reading, mayMatch: active }, place, args);
      } else {
        applyKeyword(context, place, active, found.keyword, found.rest, args);
      }
    } catch (fault) {
      addFault(draft, place, fault);
    }
  }
}

async function readText({ uid }: ReadingContext, { path, checkOwner }: Reading): Promise<string | undefined> {
  const status = await stat(path).catch((cause: unknown) => {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return undefined;
    throw cause;
  });
  // An include may match a folder; OpenSSH finds no lines in one.
  if (status === undefined || status.isDirectory()) return undefined;
  if (!status.isFile()) throw new SshConfigFault(say`${path} is not a file`);
  const othersMayWrite = (status.mode & 0o022) !== 0 || (status.uid !== 0 && status.uid !== uid);
  if (checkOwner && uid !== undefined && othersMayWrite) throw new SshConfigFault(say`${path} belongs to somebody else or can be written by others, and is not read`);
  return readFile(path, 'utf8');
}

function isHostLineFor(host: string, patterns: readonly string[]): boolean {
  if (patterns.includes('')) throw new SshConfigFault(say`a pattern of this Host line is empty`);
  if (patterns.some((pattern) => pattern.startsWith('!') && matchesPattern(host, pattern.slice(1)))) return false;
  return patterns.some((pattern) => matchesPattern(host, pattern));
}

async function include(context: ReadingContext, reading: Reading, place: SshConfigPlace, patterns: readonly string[]): Promise<void> {
  if (reading.depth >= INCLUDE_DEPTH_MAX) throw new SshConfigFault(say`includes are nested more than ${INCLUDE_DEPTH_MAX} deep`);
  for (const path of await includedFiles(context, reading, patterns)) {
    await readInto(context, { ...reading, path, depth: reading.depth + 1, checkOwner: true }, place);
  }
}

function applyKeyword({ draft, environment }: ReadingContext, place: SshConfigPlace, active: boolean, keyword: string, rest: string, args: string[]): void {
  const rule = keywordRule(keyword);
  if (rule === 'unsupported') {
    if (active) draft.unsupported.push({ ...place, keyword, value: rest });
    return;
  }
  if (rule === 'unknown') {
    if (draft.first.ignoreUnknown !== undefined && matchPatternList(keyword, asciiLower(draft.first.ignoreUnknown)) === 'matched') return;
    throw new SshConfigFault(say`"${keyword}" is no keyword of OpenSSH`);
  }
  const hasValue = rule.apply({ draft, active, args, rest, environment });
  if (hasValue && !draft.places.has(rule.name)) draft.places.set(rule.name, place);
  if (args.length > 0) throw new SshConfigFault(say`"${args.join(' ')}" is more than "${keyword}" takes`);
}

function noteFault(draft: SshConfigDraft, place: SshConfigPlace, work: () => void): void {
  try {
    work();
  } catch (fault) {
    addFault(draft, place, fault);
  }
}

function addFault(draft: SshConfigDraft, place: SshConfigPlace, fault: unknown): void {
  if (!(fault instanceof SshConfigFault)) throw fault;
  draft.errors.push({ ...place, message: fault.message });
}
