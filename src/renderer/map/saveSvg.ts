/** Saves a picture in the colours that the window has right now. */
import { paletteNames, type Palette } from './vpcSvg.ts';

/** @returns the file's name */
export function saveSvg(vpcId: string, draw: (palette: Palette) => string): string {
  const style = window.getComputedStyle(document.documentElement);
  const palette = Object.fromEntries(paletteNames.map((name) => [name, style.getPropertyValue(`--${name}`).trim()])) as unknown as Palette;
  const url = URL.createObjectURL(new Blob([draw(palette)], { type: 'image/svg+xml' }));
  const file = `${vpcId}.svg`;
  const link = document.createElement('a');
  link.href = url;
  link.download = file;
  link.click();
  // The download has read it by then; kept, it would hold the picture until the page is closed.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
  return file;
}
