/** What a keychain's failure is called, and what the person can do about it on this operating system. */
import { PosternError } from '../../contract/error.ts';
import { say } from '../../contract/say.ts';
import type { SecretServiceState } from './secretServiceState.ts';

const OR_A_FILE = say`or keep keys in a passphrase-encrypted file instead`;

/**
 * @param platform as `process.platform`
 * @param state what the Secret Service says of itself; `unknown` elsewhere
 */
export function toKeychainError(cause: unknown, platform: string, state: SecretServiceState): PosternError {
  if (cause instanceof PosternError) return cause;
  const reason = cause instanceof Error ? cause.message : String(cause);
  if (platform === 'darwin') {
    // errSecInteractionNotAllowed, errSecAuthFailed, userCanceledErr and errSecNotAvailable, in Security.framework's words.
    return /locked|interaction is not allowed|cancel|auth|denied/i.test(reason)
      ? locked(say`The macOS Keychain is locked, or did not let Postern in.`, say`Unlock the login keychain in Keychain Access and allow Postern.`, cause)
      : unavailable(say`The macOS Keychain failed: ${reason}`, say`Look at the login keychain in Keychain Access, ${OR_A_FILE}.`, cause);
  }
  if (platform === 'win32') {
    return unavailable(say`Windows Credential Manager failed: ${reason}`, say`Sign in to Windows with a profile of your own (not by a service or a network logon), ${OR_A_FILE}.`, cause);
  }
  if (/did not receive a reply|timed out|timeout/i.test(reason)) {
    return unavailable(say`The Secret Service does not answer.`, say`Start the keyring program again (gnome-keyring-daemon or kwalletd), ${OR_A_FILE}.`, cause);
  }
  if (state === 'locked' || /dismissed|locked/i.test(reason)) return lockedKeyring(cause);
  if (state === 'no-collection' || /no result found/i.test(reason)) return noKeyring(cause);
  if (/not provided by any|ServiceUnknown|NameHasNoOwner/i.test(reason)) {
    return unavailable(say`No Secret Service runs in this session.`, say`Install and start gnome-keyring or KWallet, ${OR_A_FILE}.`, cause);
  }
  if (/dbus/i.test(reason)) {
    return unavailable(say`There is no D-Bus session, so there is no keychain.`, say`Start Postern from a desktop session or with dbus-run-session, ${OR_A_FILE}.`, cause);
  }
  return unavailable(say`The Secret Service failed: ${reason}`, say`Look at the keyring in "Passwords and Keys" or KWallet, ${OR_A_FILE}.`, cause);
}

export function lockedKeyring(cause?: unknown): PosternError {
  return locked(say`The keyring is locked.`, say`Unlock it (in "Passwords and Keys" or KWallet, or by signing in again).`, cause);
}

export function noKeyring(cause?: unknown): PosternError {
  return unavailable(say`The Secret Service has no default keyring.`, say`Make one in "Passwords and Keys" and set it as default, ${OR_A_FILE}.`, cause);
}

/** @param label e.g. `Secret Service` */
export function keychainTimeout(label: string, timeLimitMs: number): PosternError {
  return unavailable(say`The ${label} did not answer within ${timeLimitMs / 1000} seconds.`, say`Look for a window that asks for its password and do it again, ${OR_A_FILE}.`, undefined);
}

function locked(message: string, remedy: string, cause: unknown): PosternError {
  return new PosternError({ code: 'keychain.locked', message, remedy, retryable: true }, { cause });
}

function unavailable(message: string, remedy: string, cause: unknown): PosternError {
  return new PosternError({ code: 'keychain.unavailable', message, remedy, retryable: true }, { cause });
}
