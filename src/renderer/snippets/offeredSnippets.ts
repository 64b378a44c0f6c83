/** Which snippets a tab is offered: those for its host, its account, its tags, or for everything. Pure. */
import type { Instance } from '../../contract/instance.ts';
import type { Snippet } from '../../contract/snippet.ts';
import { wholeMatcher } from '../../query/hostFilter.ts';

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
  if (hosts.map(wholeMatcher).some((matches) => matches(target.hostId) || matches(target.hostName))) return true;
  return tags.some((tag) => {
    const at = tag.indexOf('=');
    const key = tag.slice(0, at);
    const held = target.instance?.tags ?? {};
    return Object.hasOwn(held, key) && held[key] === tag.slice(at + 1);
  });
}
