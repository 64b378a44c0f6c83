/**
 * What ssh2 and the socket say went wrong, as the one kind of error the rest of Postern knows.
 */
import { PosternError } from '../../contract/error.ts';
import { say } from '../../contract/say.ts';
import type { HandshakeNotes } from './handshakeNotes.ts';
import { toPlainText } from './plainText.ts';

/** Longest reason shown, in characters: a server may send 32 KiB of it. */
const MAX_REASON_CHARACTERS = 300;

/** An error event of ssh2: `level` says which part of it speaks, a numeric `code` is the reason of an SSH_MSG_DISCONNECT. */
export interface SshFailure extends Error {
  readonly level?: string;
  readonly code?: unknown;
}

/** An error event of ssh2 during the handshake. */
export function toHandshakeError(cause: SshFailure, host: string, notes: HandshakeNotes): PosternError {
  const { lastCompared, serverIdentification } = notes;
  if (/no matching/i.test(cause.message) && lastCompared !== undefined) {
    return new PosternError(
      {
        code: 'ssh.weak-algorithms',
        message: say`${host} and Postern have no ${toReason(lastCompared.kind)} in common. It offers ${toReason(lastCompared.theirs)}; Postern offers ${lastCompared.ours}.`,
        remedy: say`Update the SSH server of the host: what it offers is no longer safe. If that cannot be, allow weak algorithms for this host in its panel.`,
      },
      { cause },
    );
  }
  if (typeof cause.code === 'number') return connectionLost(host, say`the host said "${toReason(cause.message)}"`, cause);
  if (cause.level === 'client-socket') return connectionLost(host, cause.message, cause);
  return new PosternError(
    {
      code: 'ssh.protocol',
      message: serverIdentification === undefined ? say`What answers at ${host} does not speak SSH: ${toReason(cause.message)}.` : say`The SSH handshake with ${host} failed: ${toReason(cause.message)}.`,
      remedy: say`Check that the port is that of sshd, and that nothing between here and the host changes the connection.`,
    },
    { cause },
  );
}

export function connectionLost(host: string, reason: string, cause?: unknown): PosternError {
  return new PosternError(
    { code: 'ssh.connection-lost', message: say`The connection to ${host} was lost: ${toReason(reason)}.`, remedy: say`Connect again.`, retryable: true },
    { cause },
  );
}

/** Closed in the first moment, as sshd does when it has too many half-open connections or does not like the address. */
export function closedAtOnce(host: string): PosternError {
  return new PosternError({
    code: 'ssh.connection-lost',
    message: say`${host} closed the connection before it said that it is an SSH server.`,
    remedy: say`Try again. If it stays, look for MaxStartups or a refusal of this address in the log of sshd.`,
    retryable: true,
  });
}

export function cancelled(host: string): PosternError {
  return new PosternError({ code: 'cancelled', message: say`The connection to ${host} was cancelled.` });
}

/** Another key at a re-key of a running session (CVE-2026-60002 is what that can do to a client that goes on). */
export function hostKeySwapped(host: string, accepted: string, shown: string): PosternError {
  return new PosternError({
    code: 'ssh.host-key-changed',
    message: say`${host} changed its host key in the running session, from ${accepted} to ${shown}. The session was ended.`,
    remedy: say`Somebody may have taken over the connection. Connect again: the key is checked anew.`,
  });
}

/** A server without strict key exchange that has nothing but ciphers that Terrapin breaks. */
export function openToTerrapin(host: string): PosternError {
  return new PosternError({
    code: 'ssh.protocol',
    message: say`${host} has no strict key exchange and only ciphers that need it (ChaCha20-Poly1305, CBC), so that somebody on the way could cut messages out (CVE-2023-48795).`,
    remedy: say`Update the SSH server of the host, or let it offer aes128-gcm@openssh.com.`,
  });
}

/** A shell, command or terminal that the server would not start. */
export function notStarted(host: string, what: string, cause: Error): PosternError {
  return new PosternError(
    {
      code: 'ssh.protocol',
      message: say`${host} let you in but did not start ${what}: ${toReason(cause.message)}.`,
      remedy: say`Check the login shell of the user, and PermitTTY, ForceCommand and MaxSessions in sshd_config.`,
    },
    { cause },
  );
}

const lineReasons: Readonly<Record<string, string>> = {
  ECONNRESET: say`the line was cut (ECONNRESET)`,
  EPIPE: say`the line was cut (EPIPE)`,
  ETIMEDOUT: say`the host does not answer any more (ETIMEDOUT)`,
  EHOSTUNREACH: say`no way leads to the host any more (EHOSTUNREACH)`,
  ENETUNREACH: say`this machine has no network (ENETUNREACH)`,
  ENETDOWN: say`this machine has no network (ENETDOWN)`,
};

/** What became of the line, in words where the system has a code only. */
export function lineReason({ code, message }: SshFailure): string {
  return (typeof code === 'string' ? lineReasons[code] : undefined) ?? message;
}

/** A far end's or a library's words as the end of a sentence. */
export function toReason(text: string): string {
  return toPlainText(text, MAX_REASON_CHARACTERS).replaceAll(/\s+/g, ' ').trim().replace(/\.$/, '');
}
