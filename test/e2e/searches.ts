/**
 * Looks for bytes where they must not be: in files, in the window's storage and heap, in the memory of Chromium's processes.
 *
 * Answers with names of places, never with the bytes: what is searched for is mostly a secret.
 */
import { open, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from '@playwright/test';

/** Names of what is searched for, and its bytes. */
export type Forms = ReadonlyMap<string, Buffer>;

const CHUNK_BYTES = 8 * 1024 * 1024;

/** Of every file below the folder: which form was found in which file. */
export async function foundInFiles(folder: string, forms: Forms): Promise<string[]> {
  const found: string[] = [];
  for (const path of await filesBelow(folder)) {
    const content = await readFile(path);
    for (const [name, form] of forms) if (content.includes(form)) found.push(`${name} in ${path}`);
  }
  return found;
}

export async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}

/** Everything the page keeps that a script could read again: both storages, the cookies, the document with what its fields hold. */
export function pageContents(page: Page): Promise<string> {
  return page.evaluate(() => {
    const fields = [...document.querySelectorAll<HTMLInputElement | HTMLTextAreaElement>('input, textarea')].map(({ value }) => value);
    return JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie, window.name, location.href, document.title, fields, document.documentElement.outerHTML]);
  });
}

/** The page's JavaScript heap as DevTools shows it: every object, every string. */
export async function heapSnapshot(page: Page): Promise<string> {
  const session = await page.context().newCDPSession(page);
  const chunks: string[] = [];
  session.on('HeapProfiler.addHeapSnapshotChunk', ({ chunk }) => void chunks.push(chunk));
  await session.send('HeapProfiler.takeHeapSnapshot', { reportProgress: false });
  await session.detach();
  return chunks.join('');
}

/**
 * In the memory of every process of the browser that shows the page, its renderers among them: which forms were found. Sees
 * what a heap snapshot leaves out: buffers, long strings, what was freed and not overwritten.
 */
export async function foundInBrowserMemory(page: Page, forms: Forms): Promise<string[]> {
  const browser = page.context().browser();
  if (browser === null) throw new Error('the page has no browser');
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = await session.send('SystemInfo.getProcessInfo');
  await session.detach();
  const found: string[] = [];
  for (const { id, type } of processInfo) {
    for (const name of await foundInMemory(id, forms)) found.push(`${name} in the ${type} process`);
  }
  return [...new Set(found)];
}

/** Reads what the process can write: its heaps, its stacks, its buffers. */
async function foundInMemory(processId: number, forms: Forms): Promise<Set<string>> {
  const found = new Set<string>();
  const longest = Math.max(...[...forms.values()].map(({ length }) => length));
  const regions = (await readFile(`/proc/${processId}/maps`, 'utf8')).matchAll(/^([0-9a-f]+)-([0-9a-f]+) rw/gm);
  const memory = await open(`/proc/${processId}/mem`, 'r');
  const buffer = Buffer.alloc(CHUNK_BYTES + longest);
  try {
    for (const [, from = '', to = ''] of regions) {
      const end = Number.parseInt(to, 16);
      for (let at = Number.parseInt(from, 16); at < end; at += CHUNK_BYTES) {
        const bytesRead = await read(memory, buffer, Math.min(buffer.length, end - at), at);
        const content = buffer.subarray(0, bytesRead);
        for (const [name, form] of forms) if (!found.has(name) && content.includes(form)) found.add(name);
      }
    }
  } finally {
    await memory.close();
  }
  return found;
}

/** A region that is gone, or was never backed, holds nothing. */
async function read(memory: Awaited<ReturnType<typeof open>>, buffer: Buffer, length: number, position: number): Promise<number> {
  try {
    return (await memory.read(buffer, 0, length, position)).bytesRead;
  } catch (thrown) {
    if (thrown instanceof Error && 'code' in thrown && (thrown.code === 'EIO' || thrown.code === 'EFAULT')) return 0;
    throw thrown;
  }
}
