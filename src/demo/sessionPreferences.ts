/**
 * Session Manager preferences of a demo account: the document SSM-SessionManagerRunShell, which an account has once somebody has set them.
 *
 * @see session-manager-protocol.md, section 7.1
 */
import { SHELL_DOCUMENT, sessionDocuments } from './sessionDocuments.ts';
import type { SessionDocument } from './sessionDocuments.ts';

export interface SessionPreferences {
  /** Id or ARN of the key that encrypts shells and commands. Ports never are. */
  readonly kmsKeyId?: string;
  /** Typed into every new shell. */
  readonly shellProfile?: { readonly linux?: string; readonly windows?: string };
  /** Who shells and commands run as, instead of `ssm-user`. */
  readonly runAsDefaultUser?: string;
  /** 1 to 60. AWS's default: 20. */
  readonly idleSessionTimeoutMinutes?: number;
  /** 1 to 1440. AWS's default: no limit. */
  readonly maxSessionDurationMinutes?: number;
}

export function preferencesDocument(preferences: SessionPreferences): SessionDocument {
  const shell = sessionDocuments[SHELL_DOCUMENT];
  if (shell === undefined) throw new Error('there is no document for shells');
  return {
    ...shell,
    inputs: {
      s3BucketName: '',
      s3KeyPrefix: '',
      s3EncryptionEnabled: true,
      cloudWatchLogGroupName: '',
      cloudWatchEncryptionEnabled: true,
      cloudWatchStreamingEnabled: false,
      kmsKeyId: preferences.kmsKeyId ?? '',
      runAsEnabled: preferences.runAsDefaultUser !== undefined,
      runAsDefaultUser: preferences.runAsDefaultUser ?? '',
      idleSessionTimeout: String(preferences.idleSessionTimeoutMinutes ?? 20),
      maxSessionDuration: preferences.maxSessionDurationMinutes === undefined ? '' : String(preferences.maxSessionDurationMinutes),
      shellProfile: { windows: preferences.shellProfile?.windows ?? '', linux: preferences.shellProfile?.linux ?? '' },
    },
  };
}
