/**
 * The handshake a configuration asks for: its lists, as far as ssh2 can do what they name.
 */
import { PosternError } from '../../contract/error.ts';
import { say } from '../../contract/say.ts';
import type { SshAlgorithms } from './algorithms.ts';
import { sshAlgorithms } from './algorithms.ts';
import type { AlgorithmList } from './openSshAlgorithms.ts';
import type { SshConfig } from './sshConfigResult.ts';

/**
 * Only lists that a file or the command line sets are followed; the others stay Postern's own, which are stricter than OpenSSH's.
 *
 * @param offer what can be offered, with or without what is no longer safe: a list that names such a thing is an exception for that host
 * @throws PosternError `input.invalid` when nothing of a list can be done
 */
export function configuredAlgorithms(config: SshConfig, offer: (withWeak: boolean) => SshAlgorithms): SshAlgorithms {
  const ours = offer(false);
  const all = offer(true);
  const narrowed = <Name extends string>(list: AlgorithmList, offered: readonly Name[], possible: readonly Name[]): Name[] => {
    if (!isSet(config, list)) return [...offered];
    const chosen = config[list].flatMap((name) => possible.filter((one) => one === name));
    if (chosen.length > 0) return chosen;
    throw new PosternError({
      code: 'input.invalid',
      message: say`Postern can do nothing of what ${list} names for ${config.originalHost}: ${config[list].join(', ')}.`,
      remedy: say`Add one of ${offered.slice(0, 3).join(', ')}.`,
    });
  };
  const hostKeys = narrowed('hostKeyAlgorithms', ours.serverHostKey, all.serverHostKey);
  return {
    ...ours,
    kex: narrowed('kexAlgorithms', ours.kex, all.kex),
    cipher: narrowed('ciphers', ours.cipher, all.cipher),
    hmac: narrowed('macs', ours.hmac, all.hmac),
    // The types that are trusted come first, whatever order the list has: a host that showed another key would look changed.
    serverHostKey: [...ours.serverHostKey.filter((name) => hostKeys.includes(name)), ...hostKeys.filter((name) => !ours.serverHostKey.includes(name))],
  };
}

/** What the lists of a configuration name that Postern would not offer by itself: to be seen. */
export function weakerThanOurs(config: SshConfig): string[] {
  const ours = sshAlgorithms([]);
  const all = sshAlgorithms([], undefined, true);
  const weak = (list: AlgorithmList, offered: readonly string[], possible: readonly string[]): string[] =>
    isSet(config, list) ? config[list].filter((name) => possible.includes(name) && !offered.includes(name)) : [];
  return [
    ...weak('kexAlgorithms', ours.kex, all.kex),
    ...weak('ciphers', ours.cipher, all.cipher),
    ...weak('macs', ours.hmac, all.hmac),
    ...weak('hostKeyAlgorithms', ours.serverHostKey, all.serverHostKey),
  ];
}

function isSet(config: SshConfig, list: AlgorithmList): boolean {
  return config.places.has(list.toLowerCase());
}
