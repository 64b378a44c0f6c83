/** Electron's three outputs: main, preload and the window. The fourth, `postern` (CLI + web), is build/build.ts's. */
import react from '@vitejs/plugin-react';
import { defineConfig } from 'electron-vite';
import { join } from 'node:path';
import { entries, external, output, root } from './build/nodeBundle.ts';
import { preloadWindow, windowOutput } from './build/preloadWindow.ts';

export default defineConfig({
  main: {
    build: {
      externalizeDeps: false,
      outDir: join(root, 'out/main'),
      rolldownOptions: { input: entries('index', 'src/apps/electron/main.ts'), external, output },
    },
  },
  preload: {
    build: {
      externalizeDeps: false,
      outDir: join(root, 'out/preload'),
      // A sandboxed preload is CommonJS, also in a package of modules.
      rolldownOptions: { input: { index: join(root, 'src/apps/electron/preload.ts') }, output: { format: 'cjs', entryFileNames: '[name].cjs' } },
    },
  },
  renderer: {
    root: join(root, 'src/renderer'),
    plugins: [react(), preloadWindow()],
    // Small for the sake of the first paint: 135 kB gzipped instead of 211 (electron-vite leaves it out unless told).
    build: { outDir: join(root, 'out/renderer'), emptyOutDir: true, minify: 'oxc', rolldownOptions: { input: join(root, 'src/renderer/index.html'), output: windowOutput } },
  },
});
