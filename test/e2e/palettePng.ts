/** Makes a screenshot small: a PNG of 256 of its colours, every other one shown as the nearest of them. */
import { crc32, deflateSync } from 'node:zlib';
import type { Page } from '@playwright/test';

interface Indexed {
  readonly width: number;
  readonly height: number;
  /** Three octets a colour. */
  readonly palette: readonly number[];
  /** Row by row, base64. */
  readonly pixels: string;
}

/** @param page of the browser that decodes the picture; any page that has no policy of its own, e.g. about:blank */
export async function toPalettePng(page: Page, png: Buffer): Promise<Buffer> {
  const { width, height, palette, pixels } = await page.evaluate(toIndexed, png.toString('base64'));
  const indexes = Buffer.from(pixels, 'base64');
  // Each row begins with the number of its filter: none.
  const rows = Buffer.concat(Array.from({ length: height }, (_, y) => Buffer.concat([Buffer.of(0), indexes.subarray(y * width, (y + 1) * width)])));
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  // Eight bits, by palette.
  header.set([8, 3], 8);
  return Buffer.concat([png.subarray(0, 8), chunk('IHDR', header), chunk('PLTE', Buffer.from(palette)), chunk('IDAT', deflateSync(rows, { level: 9, memLevel: 9 })), chunk('IEND', Buffer.alloc(0))]);
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type), data]);
  const framed = Buffer.alloc(body.length + 8);
  framed.writeUInt32BE(data.length, 0);
  framed.set(body, 4);
  framed.writeUInt32BE(crc32(body), body.length + 4);
  return framed;
}

/** Runs in the page. */
async function toIndexed(base64: string): Promise<Indexed> {
  const PALETTE_COLOURS = 256;
  const COMMON_COLOURS = 160;
  const bitmap = await createImageBitmap(new Blob([Uint8Array.from(atob(base64), (character) => character.charCodeAt(0))], { type: 'image/png' }));
  const { width, height } = bitmap;
  const context = new OffscreenCanvas(width, height).getContext('2d');
  if (context === null) throw new Error('no canvas here');
  context.drawImage(bitmap, 0, 0);
  const colours = new Uint32Array(context.getImageData(0, 0, width, height).data.buffer).map((colour) => colour & 0xffffff);
  const counts = new Map<number, number>();
  for (const colour of colours) counts.set(colour, (counts.get(colour) ?? 0) + 1);
  const byCount = [...counts].toSorted((a, b) => b[1] - a[1]).map(([colour]) => colour);
  const parts = (colour: number): [number, number, number] => [colour & 255, (colour >> 8) & 255, (colour >> 16) & 255];
  const distance = (one: number, other: number): number => parts(one).reduce((sum, part, index) => sum + (part - (parts(other)[index] ?? 0)) ** 2, 0);
  const palette: number[] = [];
  const nearest = new Map(byCount.map((colour) => [colour, { index: 0, distance: Infinity }]));
  const keep = (kept: number): void => {
    for (const [colour, found] of nearest) {
      const away = distance(colour, kept);
      if (away < found.distance) nearest.set(colour, { index: palette.length, distance: away });
    }
    palette.push(kept);
  };
  byCount.slice(0, COMMON_COLOURS).forEach(keep);
  // A red dot of a few pixels must not turn grey: the rest of the room is for what is farthest from all that is kept.
  while (palette.length < Math.min(PALETTE_COLOURS, byCount.length)) {
    const worst = byCount.reduce((a, b) => ((nearest.get(b)?.distance ?? 0) > (nearest.get(a)?.distance ?? 0) ? b : a));
    keep(worst);
  }
  const characters = Array.from(colours, (colour) => String.fromCharCode(nearest.get(colour)?.index ?? 0));
  return { width, height, palette: palette.flatMap(parts), pixels: btoa(characters.join('')) };
}
