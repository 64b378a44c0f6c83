/**
 * Puts links into the built index.html, so that the browser fetches with the first file what that one will ask for: the window's own
 * code at once, and the workspace's, which is needed as soon as there are tabs, behind it.
 */
import type { HtmlTagDescriptor, Plugin } from 'vite';

interface Chunk {
  readonly type: 'chunk';
  readonly fileName: string;
  readonly facadeModuleId: string | null;
  readonly imports: readonly string[];
}

export type Bundle = Readonly<Record<string, Chunk | { readonly type: 'asset' }>>;

/** What most of the window is made of is one file: the bundler alone would make fifteen small ones of it, each asked for by itself. */
export const windowOutput = {
  codeSplitting: { groups: [{ name: 'base', test: /src[\\/](?:contract|link)[\\/]|renderer[\\/](?:ui|state)[\\/]|node_modules[\\/](?:zod|react|i18next|react-i18next)[\\/]/ }] },
} as const;

const AT_ONCE = ['/src/renderer/Window.tsx'];
const BEHIND = ['/src/renderer/workspace/Workspace.tsx', '/src/renderer/workspace/WorkBars.tsx'];

export function preloadWindow(): Plugin {
  return {
    name: 'postern:preload-window',
    transformIndexHtml: { order: 'post', handler: (html, { bundle }) => (bundle === undefined ? [] : preloadLinks(html, bundle)) },
  };
}

/** @throws where a file that should be fetched early begins no chunk: it was renamed, or is imported by another way */
export function preloadLinks(html: string, bundle: Bundle): HtmlTagDescriptor[] {
  const linked = new Set<string>();
  const links: HtmlTagDescriptor[] = [];
  const add = (fileName: string, priority: 'high' | 'low'): void => {
    const chunk = bundle[fileName];
    if (chunk?.type !== 'chunk' || linked.has(fileName) || html.includes(fileName)) return;
    linked.add(fileName);
    links.push({ tag: 'link', attrs: { rel: 'modulepreload', crossorigin: true, href: `./${fileName}`, ...(priority === 'low' ? { fetchpriority: 'low' } : {}) }, injectTo: 'head' });
    for (const imported of chunk.imports) add(imported, priority);
  };
  for (const [files, priority] of [[AT_ONCE, 'high'], [BEHIND, 'low']] as const) {
    for (const file of files) {
      const chunk = Object.values(bundle).find((candidate) => candidate.type === 'chunk' && candidate.facadeModuleId?.endsWith(file) === true);
      if (chunk?.type !== 'chunk') throw new Error(`${file} begins no chunk of the window`);
      add(chunk.fileName, priority);
    }
  }
  return links;
}
