/**
 * The words to start a ProxyCommand with, so that no name can become a command (CVE-2023-51385, CVE-2023-6004).
 */
import { PosternError } from '../../contract/error.ts';
import { say } from '../../contract/say.ts';
import { checkHostName, checkUser } from './hostileNames.ts';
import { SshConfigFault } from './sshConfigLine.ts';
import type { TokenValues } from './sshConfigTokens.ts';
import { expandTokens } from './sshConfigTokens.ts';

export interface ProxyTarget {
  /** %h */
  readonly host: string;
  /** %n; default: host. */
  readonly originalHost?: string;
  /** %k; default: originalHost. */
  readonly hostKeyAlias?: string;
  /** %p */
  readonly port: number;
  /** %r */
  readonly user: string;
}

/**
 * The program and its arguments.
 *
 * A template without shell syntax is split into words first and each word's tokens are replaced after, so a name stays inside
 * its argument. A template with shell syntax (`|`, `2>/dev/null`, `$HOME`) needs `shell`, and then every name it uses has to be
 * made of letters, digits and `. _ - : @ % + , = /` only. A word such as `sh -c "... %h"` hands the name to a shell as well, which is why
 * the characters OpenSSH refuses are refused everywhere, and `$` and `\` in a user (allowed by OpenSSH before 10.6) where `%r` is used.
 *
 * @param shell an absolute path such as /bin/sh, called as OpenSSH does: `shell -c 'exec …'`. Absent: shell syntax is refused
 * @throws PosternError `input.invalid`
 */
export function toProxyArgv(template: string, target: ProxyTarget, { shell }: { readonly shell?: string } = {}): string[] {
  const { host, port, user, originalHost = host, hostKeyAlias = originalHost } = target;
  for (const name of [host, originalHost, hostKeyAlias]) checkHostName(name);
  checkUser(user);
  const tokens: TokenValues = { h: host, k: hostKeyAlias, n: originalHost, p: String(port), r: user };
  const used = [...template.matchAll(/%(.)/gs)].map(([, letter]) => letter);
  if (used.includes('r') && /[$\\]/.test(user)) throw refused(say`The user ${JSON.stringify(user)} has a $ or a backslash, and the ProxyCommand uses it (%r).`);

  const words = splitSimpleCommand(template);
  if (words !== undefined) {
    const argv = words.map((word) => expand(word, tokens));
    if (argv[0] === undefined || argv[0] === '') throw refused(say`The ProxyCommand is empty.`);
    return argv;
  }
  if (shell === undefined) throw refused(say`The ProxyCommand ${JSON.stringify(template)} needs a shell, and none is allowed here.`);
  const values: Readonly<Record<string, string | undefined>> = tokens;
  for (const letter of used) {
    const value = values[letter ?? ''] ?? '';
    if (!/^[A-Za-z0-9._:@%+,=/-]*$/.test(value)) throw refused(say`${JSON.stringify(value)} cannot be part of the ProxyCommand ${JSON.stringify(template)}, which a shell reads.`);
  }
  return [shell, '-c', `exec ${expand(template, tokens)}`];
}

/**
 * The words of a command without shell syntax, quotes removed as sh(1) does.
 *
 * @returns undefined when only a shell can read it
 */
function splitSimpleCommand(command: string): string[] | undefined {
  const words: string[] = [];
  let rest = command.trim();
  while (rest !== '') {
    let word = '';
    for (;;) {
      // A home folder, a comment.
      if (word === '' && /^[~#]/.test(rest)) return undefined;
      // A plain run, '…', "…" without $ ` \, or an escaped character. Brackets stand for themselves, as in `ssh -W [%h]:%p`.
      const [piece, plain, single, double, escaped] = /^(?:([^\s'"\\$`|&;<>(){}*?]+)|'([^']*)'|"([^"$`\\]*)"|\\([^\n]))/.exec(rest) ?? [];
      if (piece === undefined) break;
      // NAME=value before a command sets its environment.
      if (words.length === 0 && word === '' && plain !== undefined && /^[A-Za-z_]\w*=/.test(plain)) return undefined;
      word += plain ?? single ?? double ?? escaped ?? '';
      rest = rest.slice(piece.length);
      if (rest === '' || /^[ \t]/.test(rest)) break;
    }
    if (rest !== '' && !/^[ \t]/.test(rest)) return undefined;
    words.push(word);
    rest = rest.replace(/^[ \t]+/, '');
  }
  return words[0] === 'exec' ? words.slice(1) : words;
}

function expand(text: string, tokens: TokenValues): string {
  try {
    return expandTokens(text, tokens);
  } catch (fault) {
    if (fault instanceof SshConfigFault) throw refused(say`The ProxyCommand cannot be used: ${fault.message}.`);
    throw fault;
  }
}

function refused(message: string): PosternError {
  return new PosternError({ code: 'input.invalid', message, remedy: say`Change ProxyCommand in ~/.ssh/config, or use ProxyJump, which needs no command.` });
}
