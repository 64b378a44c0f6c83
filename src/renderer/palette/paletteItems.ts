/** What the palette finds, and in which order. Pure. */
import type { Instance } from '../../contract/instance.ts';
import type { ConfigHost } from '../../contract/sshConfig.ts';
import { usageScore, type Usage } from './usage.ts';

export interface PaletteAction {
  /** The same in every language and run: what was used is remembered by it. */
  readonly id: string;
  readonly kind: 'action' | 'tab' | 'snippet' | 'setting';
  readonly name: string;
  /** Other words it is found by, e.g. its name in English. */
  readonly also?: string;
  /** Beside the name. */
  readonly note?: string | undefined;
  readonly shortcut?: string | undefined;
  readonly run: () => void;
}

export type PaletteItem =
  | { readonly kind: 'command'; readonly command: PaletteAction }
  | { readonly kind: 'config'; readonly host: ConfigHost }
  | { readonly kind: 'host'; readonly instance: Instance };

export type PaletteMode = 'all' | 'actions' | 'hosts' | 'snippets' | 'help';

const modes: Readonly<Record<string, PaletteMode>> = { '>': 'actions', '@': 'hosts', '#': 'snippets', '?': 'help' };

/** The first character may say what is looked for. */
export function paletteQuery(typed: string): { readonly mode: PaletteMode; readonly query: string } {
  const text = typed.trimStart();
  const mode = modes[text.charAt(0)];
  return mode === undefined ? { mode: 'all', query: typed.trim() } : { mode, query: text.slice(1).trim() };
}

export function keyOf(item: PaletteItem): string {
  if (item.kind === 'command') return item.command.id;
  return `host:${item.kind === 'host' ? item.instance.instanceId : item.host.hostId}`;
}

const SHOWN_HOSTS = 40;
const SHOWN_RECENT = 8;

export interface PaletteSources {
  readonly mode: PaletteMode;
  readonly query: string;
  /** Those that match, the best first. */
  readonly hosts: readonly Instance[];
  /** Those that match. */
  readonly configHosts: readonly ConfigHost[];
  readonly commands: readonly PaletteAction[];
  readonly usage: Usage;
  readonly nowMs: number;
}

export interface PaletteGroup {
  /** Absent: everything that matches, in one order. */
  readonly heading?: 'recent' | 'tabs' | 'hosts' | 'actions' | 'snippets' | 'settings';
  readonly items: readonly PaletteItem[];
}

/** @param recentHosts instances that were used, wherever they stand in the list */
export function paletteGroups(sources: PaletteSources, recentHosts: readonly Instance[]): readonly PaletteGroup[] {
  const { mode, query } = sources;
  if (mode === 'help') return [];
  const commands = sources.commands.filter(({ kind }) => mode === 'all' || (mode === 'snippets' ? kind === 'snippet' : mode === 'actions' && kind !== 'tab' && kind !== 'snippet'));
  const withHosts = mode === 'all' || mode === 'hosts';
  const hosts = withHosts ? sources.hosts.slice(0, SHOWN_HOSTS).map((instance): PaletteItem => ({ kind: 'host', instance })) : [];
  const configHosts = withHosts ? sources.configHosts.slice(0, SHOWN_HOSTS).map((host): PaletteItem => ({ kind: 'config', host })) : [];
  const items = commands.map((command): PaletteItem => ({ kind: 'command', command }));
  if (query !== '') {
    const ranked = rankedItems([...hosts, ...configHosts, ...items], sources);
    return ranked.length === 0 ? [] : [{ items: ranked }];
  }
  const used = [...(withHosts ? recentHosts.map((instance): PaletteItem => ({ kind: 'host', instance })) : []), ...configHosts, ...items]
    .map((item) => ({ item, score: usageScore(sources.usage.get(keyOf(item)), sources.nowMs) }))
    .filter(({ score }) => score > 0)
    .toSorted((a, b) => b.score - a.score)
    .slice(0, SHOWN_RECENT)
    .map(({ item }) => item);
  const shown = new Set(used.map(keyOf));
  const rest = (all: readonly PaletteItem[]): readonly PaletteItem[] => all.filter((item) => !shown.has(keyOf(item)));
  const ofKind = (kind: PaletteAction['kind']): readonly PaletteItem[] => rest(items.filter((item) => item.kind === 'command' && item.command.kind === kind));
  const groups: readonly PaletteGroup[] = [
    { heading: 'recent', items: used },
    { heading: 'tabs', items: ofKind('tab') },
    { heading: 'actions', items: ofKind('action') },
    { heading: 'snippets', items: ofKind('snippet') },
    { heading: 'hosts', items: rest([...hosts, ...configHosts]) },
    { heading: 'settings', items: ofKind('setting') },
  ];
  return groups.filter((group) => group.items.length > 0);
}

/** How a name fits; smaller is better. */
const fits = { exact: 0, start: 1, words: 2, inside: 3, elsewhere: 4, letters: 5 } as const;

function rankedItems(items: readonly PaletteItem[], { query, usage, nowMs }: PaletteSources): readonly PaletteItem[] {
  const wanted = query.toLowerCase();
  const terms = wanted.split(/\s+/);
  return items
    .flatMap((item, place) => {
      const fit = fitOf(item, wanted, terms);
      return fit === undefined ? [] : [{ item, fit, place, used: usageScore(usage.get(keyOf(item)), nowMs) }];
    })
    .toSorted((a, b) => a.fit - b.fit || b.used - a.used || a.place - b.place)
    .map(({ item }) => item);
}

/** Hosts come here because they match: by their name, or by something else. */
function fitOf(item: PaletteItem, wanted: string, terms: readonly string[]): number | undefined {
  if (item.kind === 'host') return fitOfName(item.instance.name ?? item.instance.instanceId, wanted, terms) ?? fits.elsewhere;
  if (item.kind === 'config') return fitOfName(item.host.name, wanted, terms) ?? fits.elsewhere;
  const { name, also } = item.command;
  const byName = fitOfName(name, wanted, terms);
  const byOther = also === undefined ? undefined : fitOfName(also, wanted, terms);
  if (byName === undefined && byOther === undefined) return hasLetters(name, wanted) || (also !== undefined && hasLetters(also, wanted)) ? fits.letters : undefined;
  return Math.min(byName ?? fits.letters, byOther ?? fits.letters);
}

function fitOfName(name: string, wanted: string, terms: readonly string[]): number | undefined {
  const text = name.toLowerCase();
  if (text === wanted) return fits.exact;
  if (text.startsWith(wanted)) return fits.start;
  let fit: number = fits.words;
  for (const term of terms) {
    const at = text.indexOf(term);
    if (at < 0) return undefined;
    if (at > 0 && !isWordStart(text, term)) fit = fits.inside;
  }
  return fit;
}

function isWordStart(text: string, term: string): boolean {
  for (let at = text.indexOf(term); at >= 0; at = text.indexOf(term, at + 1)) if (at === 0 || !/[\p{L}\p{N}]/u.test(text.charAt(at - 1))) return true;
  return false;
}

/** Its letters in order, the first at the beginning of a word: `clt` finds `Close tab`. Two letters are too few to mean it. */
function hasLetters(name: string, wanted: string): boolean {
  const letters = wanted.replaceAll(' ', '');
  if (letters.length < 3) return false;
  const text = name.toLowerCase();
  let from = 0;
  for (const letter of letters) {
    const at = text.indexOf(letter, from);
    if (at < 0 || (from === 0 && at > 0 && !/[^\p{L}\p{N}]/u.test(text.charAt(at - 1)))) return false;
    from = at + 1;
  }
  return true;
}
