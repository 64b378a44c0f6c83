/** Runs a profile's `credential_process`, the very text a person agreed to, and reads what it prints. */
import { exec } from 'node:child_process';
import { createHash } from 'node:crypto';
import * as z from 'zod';
import { PosternError } from '../../contract/error.ts';
import { say } from '../../contract/say.ts';
import type { AwsCredentialIdentity } from './awsCredentials.ts';

/** It may itself wait for a person: a hardware key, a browser. */
const PROCESS_TIMEOUT_MS = 3 * 60_000;
const MAX_OUTPUT_BYTES = 1024 * 1024;

const Output = z.object({
  Version: z.literal(1),
  AccessKeyId: z.string().min(1),
  SecretAccessKey: z.string().min(1),
  SessionToken: z.string().nullish(),
  Expiration: z.string().refine((text) => !Number.isNaN(Date.parse(text))).nullish(),
});

/** What agreement to a command is remembered by: its exact text. */
export function commandHash(command: string): string {
  return createHash('sha256').update(command).digest('hex');
}

/**
 * Neither the output nor what the command says on stderr is ever shown: both may hold secrets.
 *
 * @throws PosternError `aws.no-credentials` when it fails or prints something else
 * @see https://docs.aws.amazon.com/sdkref/latest/guide/feature-process-credentials.html
 */
export async function runCredentialProcess(profile: string, command: string): Promise<AwsCredentialIdentity> {
  const failed = (why: string): PosternError =>
    new PosternError({ code: 'aws.no-credentials', message: say`The credential_process of profile ${profile} ${why}.`, remedy: say`Run the command of the profile in a terminal to see what it says.` });
  const stdout = await new Promise<string>((resolve, reject) => {
    exec(command, { encoding: 'utf8', timeout: PROCESS_TIMEOUT_MS, maxBuffer: MAX_OUTPUT_BYTES, windowsHide: true }, (error, output) => {
      // The error's own text quotes the command and stderr.
      if (error === null) resolve(output);
      else if (error.killed === true) reject(failed(say`took too long or printed too much`));
      else reject(failed(say`ended with status ${String(error.code ?? error.signal ?? 'unknown')}`));
    });
  });
  const parsed = Output.safeParse(parseJson(stdout));
  if (!parsed.success) throw failed(say`printed something else than credentials of version 1`);
  const { AccessKeyId, SecretAccessKey, SessionToken, Expiration } = parsed.data;
  if (Expiration != null && Date.parse(Expiration) <= Date.now()) throw failed(say`printed credentials that have expired`);
  return { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, ...(SessionToken == null ? {} : { sessionToken: SessionToken }), ...(Expiration == null ? {} : { expiration: new Date(Expiration) }) };
}

function parseJson(text: string): unknown {
  try {
    const parsed: unknown = JSON.parse(text.trim());
    return parsed;
  } catch {
    return undefined;
  }
}
