/** Which snippets a tab is offered: those for its host, its account, its tags, or for everything. Pure. */
import type { Instance } from '../../contract/instance.ts';
import type { Snippet } from '../../contract/snippet.ts';

export interface SnippetTarget {
  /** Of an instance, or of a host of ~/.ssh/config. */
  readonly hostId: string;
  readonly hostName: string | undefined;
  readonly instance: Pick<Instance, 'scope' | 'tags'> | undefined;
}

export function fitsSnippet({ tags = [], accounts = [], hosts = [] }: Pick<Snippet, 'tags' | 'accounts' | 'hosts'>, target: SnippetTarget): boolean {
  if (tags.length + accounts.length + hosts.length === 0) return true;
  const accountId = target.instance?.scope.accountId;
  if (accountId !== undefined && accounts.includes(accountId)) return true;
  if (hosts.some((pattern) => matchesName(pattern, target.hostId) || (target.hostName !== undefined && matchesName(pattern, target.hostName)))) return true;
  return tags.some((tag) => {
    const at = tag.indexOf('=');
    const key = tag.slice(0, at);
    const held = target.instance?.tags ?? {};
    return Object.hasOwn(held, key) && held[key] === tag.slice(at + 1);
  });
}

/** `*` stands for anything; without a regular expression, whose time a name could choose. */
export function matchesName(pattern: string, name: string): boolean {
  const [first = '', ...rest] = pattern.toLowerCase().split('*');
  const text = name.toLowerCase();
  if (rest.length === 0) return text === first;
  if (!text.startsWith(first)) return false;
  const last = rest.pop() ?? '';
  let from = first.length;
  for (const part of rest) {
    const found = text.indexOf(part, from);
    if (found < 0) return false;
    from = found + part.length;
  }
  return text.length - last.length >= from && text.endsWith(last);
}
