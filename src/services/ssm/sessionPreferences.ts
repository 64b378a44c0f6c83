/**
 * The preferences of Session Manager: read from the account's session document, and kept for a while.
 *
 * @see https://docs.aws.amazon.com/systems-manager/latest/userguide/session-manager-schema.html and session-manager-protocol.md section 7.1
 */
import * as z from 'zod';
import type { Scope } from '../../contract/scope.ts';
import { say } from '../../contract/say.ts';
import { scopeKey } from '../../contract/scope.ts';
import type { SessionPreferences } from '../../contract/sessionPreferences.ts';
import type { Clock } from '../base/clock.ts';

/** The name under which every account has its preferences, once somebody has set them. */
export const PREFERENCES_DOCUMENT = 'SSM-SessionManagerRunShell';
/** Without a document, or without a value in it. */
const DEFAULT_IDLE_MINUTES = 20;
/** Administrators change them now and then; a refusal may be lifted any minute. */
const KEPT_FOR_MS = 5 * 60_000;
/** What is shown of a text; a document may be 64 KiB. */
const MAX_TEXT_LENGTH = 2_000;

const text = z.string().catch('');
/** Written by consoles and templates: truth values as words, numbers as texts. */
const flag = z.union([z.boolean(), z.string().transform((word) => word.toLowerCase() === 'true')]).catch(false);
const minutes = z.coerce.number().int().positive().optional().catch(undefined);
const Inputs = z.object({
  s3BucketName: text,
  s3KeyPrefix: text,
  cloudWatchLogGroupName: text,
  kmsKeyId: text,
  runAsEnabled: flag,
  runAsDefaultUser: text,
  idleSessionTimeout: minutes,
  maxSessionDuration: minutes,
  shellProfile: z.object({ linux: text, windows: text }).catch({ linux: '', windows: '' }),
});
const DocumentContent = z.object({ inputs: Inputs.optional() });

/**
 * What a document says; AWS's defaults for what it does not, or cannot, say.
 *
 * @param content of the document, JSON; absent: the account has none
 */
export function parsePreferences(documentName: string, content: string | undefined): SessionPreferences {
  if (content === undefined) return { idleMinutes: DEFAULT_IDLE_MINUTES, shellProfile: {}, recordedTo: [] };
  const { inputs } = DocumentContent.catch({}).parse(parseJson(content));
  const { linux, windows } = inputs?.shellProfile ?? { linux: '', windows: '' };
  return {
    documentName,
    idleMinutes: inputs?.idleSessionTimeout ?? DEFAULT_IDLE_MINUTES,
    ...(inputs?.maxSessionDuration === undefined ? {} : { maxMinutes: inputs.maxSessionDuration }),
    ...(inputs?.runAsEnabled === true && inputs.runAsDefaultUser !== '' ? { runAsUser: shortened(inputs.runAsDefaultUser) } : {}),
    shellProfile: { ...(linux === '' ? {} : { linux: shortened(linux) }), ...(windows === '' ? {} : { windows: shortened(windows) }) },
    ...(inputs === undefined || inputs.kmsKeyId === '' ? {} : { kmsKeyId: shortened(inputs.kmsKeyId) }),
    recordedTo: inputs === undefined ? [] : recordings(inputs),
  };
}

function recordings({ s3BucketName, s3KeyPrefix, cloudWatchLogGroupName }: z.infer<typeof Inputs>): string[] {
  const bucket = s3BucketName === '' ? [] : [say`S3 bucket ${shortened(s3BucketName)}${s3KeyPrefix === '' ? '' : `/${shortened(s3KeyPrefix)}`}`];
  return cloudWatchLogGroupName === '' ? bucket : [...bucket, say`CloudWatch log group ${shortened(cloudWatchLogGroupName)}`];
}

function shortened(value: string): string {
  return value.length > MAX_TEXT_LENGTH ? `${value.slice(0, MAX_TEXT_LENGTH)}…` : value;
}

function parseJson(content: string): unknown {
  try {
    return JSON.parse(content);
  } catch {
    // Not ours to complain about: the service itself starts sessions by it.
    return undefined;
  }
}

export interface PreferencesReader {
  /** @throws PosternError `aws.access-denied` where GetDocument is not allowed; any other `aws.*` */
  of(scope: Scope): Promise<SessionPreferences>;
}

/** @param getDocument GetDocument: the content, or absent when there is no such document */
export function createPreferencesReader(getDocument: (scope: Scope, name: string) => Promise<string | undefined>, clock: Clock): PreferencesReader {
  const kept = new Map<string, { readonly answer: Promise<SessionPreferences>; readonly untilMs: number }>();
  return {
    of(scope) {
      const key = scopeKey(scope);
      const before = kept.get(key);
      if (before !== undefined && clock.now() < before.untilMs) return before.answer;
      const answer = getDocument(scope, PREFERENCES_DOCUMENT).then((content) => parsePreferences(PREFERENCES_DOCUMENT, content));
      kept.set(key, { answer, untilMs: clock.now() + KEPT_FOR_MS });
      // Whatever failed is asked again; a refusal costs one call for each session that is opened.
      answer.catch(() => kept.delete(key));
      return answer;
    },
  };
}
