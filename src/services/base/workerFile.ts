/**
 * Finds the file of a worker thread beside the module that starts it, from source and in a bundle.
 *
 * From source (Node or vitest) it is `./<name>.worker.ts` next to the module. The build (build/nodeBundle.ts) emits every
 * `src/**\/<name>.worker.ts` as `<name>.worker.js` into the one folder that holds all of a bundle's chunks, so there it is
 * again next to the module. Names of workers are therefore unique over src.
 *
 *     new Worker(workerFile('parseKey', import.meta.url))
 */
export function workerFile(name: string, importMetaUrl: string): URL {
  const ending = importMetaUrl.endsWith('.ts') ? 'ts' : 'js';
  return new URL(`./${name}.worker.${ending}`, importMetaUrl);
}
