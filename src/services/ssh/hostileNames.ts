/**
 * Names of hosts and users that OpenSSH refuses, because a ProxyCommand or an option parser could take them for something else.
 */
import { PosternError } from '../../contract/error.ts';
import { say } from '../../contract/say.ts';

/** `valid_hostname` of OpenSSH 9.6: no leading dash, nothing a shell treats specially, no white space, no control characters. */
export function isSafeHostName(name: string): boolean {
  return !/^-|['`"$\\;&<>|(){}\s\p{Cc}]/u.test(name);
}

/** `valid_ruser` of OpenSSH 9.6, control characters refused too. A backslash may stand before a name, as in `DOMAIN\name`. */
export function isSafeUser(user: string): boolean {
  return !/^-|['`";&<>|(){}\p{Cc}]|\s-|\\$/u.test(user);
}

/** @throws PosternError `input.invalid` */
export function checkHostName(name: string): void {
  if (name !== '' && isSafeHostName(name)) return;
  throw new PosternError({
    code: 'input.invalid',
    message: say`${JSON.stringify(name)} is no host name: it is empty, begins with a dash, or has white space, control characters or one of ' \` " $ \\ ; & < > | ( ) { }.`,
    remedy: say`Check where the name comes from; a command may be hidden in it.`,
  });
}

/** @throws PosternError `input.invalid` */
export function checkUser(user: string): void {
  if (user !== '' && isSafeUser(user)) return;
  throw new PosternError({
    code: 'input.invalid',
    message: say`${JSON.stringify(user)} is no user name: it is empty, begins with a dash, or has control characters or one of ' \` " ; & < > | ( ) { }.`,
    remedy: say`Check where the name comes from; a command may be hidden in it.`,
  });
}
