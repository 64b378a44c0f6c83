import { expect, test } from 'vitest';
import { preloadLinks, type Bundle } from '../../../build/preloadWindow.ts';

function chunk(fileName: string, facadeModuleId: string | null, ...imports: string[]): Bundle[string] {
  return { type: 'chunk', fileName, facadeModuleId, imports };
}

const bundle: Bundle = {
  'assets/index.js': chunk('assets/index.js', '/x/src/renderer/index.html', 'assets/base.js'),
  'assets/base.js': chunk('assets/base.js', null),
  'assets/Window.js': chunk('assets/Window.js', '/x/src/renderer/Window.tsx', 'assets/base.js', 'assets/words.js'),
  'assets/words.js': chunk('assets/words.js', null),
  'assets/Workspace.js': chunk('assets/Workspace.js', '/x/src/renderer/workspace/Workspace.tsx', 'assets/Window.js', 'assets/words.js', 'assets/marks.js'),
  'assets/marks.js': chunk('assets/marks.js', null),
  'assets/WorkBars.js': chunk('assets/WorkBars.js', '/x/src/renderer/workspace/WorkBars.tsx'),
  'assets/index.css': { type: 'asset' },
};

test('what the window needs is fetched with its first file, what tabs need behind it, and nothing twice', () => {
  const html = '<script type="module" src="./assets/index.js"></script><link rel="modulepreload" href="./assets/base.js">';
  expect(preloadLinks(html, bundle).map(({ attrs }) => [attrs?.['href'], attrs?.['fetchpriority']])).toEqual([
    ['./assets/Window.js', undefined],
    ['./assets/words.js', undefined],
    ['./assets/Workspace.js', 'low'],
    ['./assets/marks.js', 'low'],
    ['./assets/WorkBars.js', 'low'],
  ]);
});

test('a file that begins no chunk fails the build instead of being fetched late', () => {
  expect(() => preloadLinks('', { 'assets/index.js': chunk('assets/index.js', '/x/src/renderer/index.html') })).toThrow('/src/renderer/Window.tsx begins no chunk of the window');
});
