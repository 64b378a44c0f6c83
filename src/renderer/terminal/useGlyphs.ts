/** What is drawn beyond plain text, each part loaded when it is first wanted: ligatures, pictures; and how wide ambiguous characters are. */
import type { UnicodeGraphemesAddon } from '@xterm/addon-unicode-graphemes';
import type { ITerminalAddon } from '@xterm/xterm';
import { useEffect } from 'react';
import type { Settings } from '../../contract/settings.ts';
import type { TerminalParts } from './terminalParts.ts';

/** Bounds of pictures: a terminal shows thumbnails and charts, not photo albums, and any host may send them. */
const PIXELS_MAX = 4 * 1024 * 1024;
const STORAGE_MEGABYTES = 32;
const SEQUENCE_BYTES = 8 * 1024 * 1024;

export function useGlyphs(parts: TerminalParts | undefined, { ligatures, images, ambiguousWidth }: Pick<Settings['terminal'], 'ligatures' | 'images' | 'ambiguousWidth'>): void {
  useAddon(parts, ligatures, loadLigatures);
  useAddon(parts, images, loadImages);
  useEffect(() => {
    if (parts !== undefined) setAmbiguousWidth(parts.graphemes, ambiguousWidth === 'wide');
  }, [parts, ambiguousWidth]);
}

/** The fonts' own ligatures where the browser lets a page read fonts, else those of a list that code fonts have in common. */
async function loadLigatures(): Promise<ITerminalAddon> {
  const { LigaturesAddon } = await import('@xterm/addon-ligatures');
  return new LigaturesAddon();
}

async function loadImages(): Promise<ITerminalAddon> {
  const { ImageAddon } = await import('@xterm/addon-image');
  return new ImageAddon({ enableSizeReports: false, pixelLimit: PIXELS_MAX, storageLimit: STORAGE_MEGABYTES, sixelSizeLimit: SEQUENCE_BYTES, iipSizeLimit: SEQUENCE_BYTES });
}

function useAddon(parts: TerminalParts | undefined, wanted: boolean, load: () => Promise<ITerminalAddon>): void {
  useEffect(() => {
    if (parts === undefined || !wanted) return;
    let gone = false;
    let addon: ITerminalAddon | undefined;
    void load().then(
      (loaded) => {
        if (gone) return;
        addon = loaded;
        parts.terminal.loadAddon(loaded);
        parts.terminal.refresh(0, parts.terminal.rows - 1);
      },
      (cause: unknown) => console.warn('A part of the terminal could not be loaded', cause),
    );
    return () => {
      gone = true;
      addon?.dispose();
      parts.terminal.refresh(0, parts.terminal.rows - 1);
    };
  }, [parts, wanted, load]);
}

/** The add-on has the switch in its provider and no way to it (xterm.js 6.0.0); what is already on the screen keeps its cells. */
function setAmbiguousWidth(graphemes: UnicodeGraphemesAddon, wide: boolean): void {
  for (const name of ['_provider15Graphemes', '_provider15']) {
    const provider: unknown = Reflect.get(graphemes, name);
    if (typeof provider === 'object' && provider !== null) Reflect.set(provider, 'ambiguousCharsAreWide', wide);
  }
}
