/** Which fonts are really on this computer, measured: a browser says nothing about a name it does not know. */

/** Fonts made for terminals, and those of the systems. Only the ones that are present are offered. */
const candidates: readonly string[] = [
  'Adwaita Mono', 'Anonymous Pro', 'Cascadia Code', 'Cascadia Mono', 'CaskaydiaCove Nerd Font', 'Comic Mono', 'Consolas', 'Courier New', 'DejaVu Sans Mono', 'Droid Sans Mono', 'Fira Code', 'Fira Mono', 'FiraCode Nerd Font',
  'Geist Mono', 'Hack', 'Hack Nerd Font', 'Hasklig', 'IBM Plex Mono', 'Inconsolata', 'Input Mono', 'Iosevka', 'Iosevka Term', 'JetBrains Mono', 'JetBrainsMono Nerd Font', 'Liberation Mono', 'Lucida Console', 'M PLUS 1 Code', 'Menlo', 'MesloLGS NF',
  'Monaco', 'Monaspace Neon', 'Noto Sans Mono', 'Noto Sans Mono CJK JP', 'PT Mono', 'Roboto Mono', 'SF Mono', 'Sarasa Mono J', 'Source Code Pro', 'Space Mono', 'Ubuntu Mono', 'UDEV Gothic', 'Victor Mono',
];

const generics: ReadonlySet<string> = new Set(['monospace', 'ui-monospace', 'serif', 'sans-serif', 'cursive', 'fantasy', 'system-ui', 'ui-serif', 'ui-sans-serif', 'emoji', 'math']);

/** Letters whose widths differ most between fonts. */
const PROBE = 'mmmmwwwwiiiillll@#W1';

export type MeasureWidth = (fontFamily: string) => number;

/** @returns measures the width of a text in a CSS font family */
export function createMeasure(): MeasureWidth {
  const context = document.createElement('canvas').getContext('2d');
  return (fontFamily) => {
    if (context === null) return 0;
    context.font = `64px ${fontFamily}`;
    return context.measureText(PROBE).width;
  };
}

/** A font is there when a text set in it, or else in a generic one, is not as wide as in that generic one. */
export function isPresent(family: string, measure: MeasureWidth): boolean {
  return generics.has(family.toLowerCase()) || ['monospace', 'serif', 'sans-serif'].some((generic) => measure(`${quoted(family)}, ${generic}`) !== measure(generic));
}

export function presentFonts(measure: MeasureWidth): readonly string[] {
  return candidates.filter((family) => isPresent(family, measure));
}

/** The names in a CSS `font-family`, without quotes. */
export function familiesOf(fontFamily: string): readonly string[] {
  return [...fontFamily.matchAll(/"([^"]*)"|'([^']*)'|([^,"']+)/g)].map(([, double, single, bare]) => (double ?? single ?? bare ?? '').trim().replace(/\s+/g, ' ')).filter((family) => family !== '');
}

export interface FontFinding {
  /** Names that are not on this computer. */
  readonly missing: readonly string[];
  /** What is shown; `monospace` when none of the names is there. */
  readonly shown: string;
}

export function findFont(fontFamily: string, measure: MeasureWidth): FontFinding {
  const families = familiesOf(fontFamily);
  const present = families.find((family) => isPresent(family, measure));
  return { missing: families.filter((family) => !isPresent(family, measure)), shown: present ?? 'monospace' };
}

/** A generic family at the end: without one, the browser would go on with a font for books. */
export function withFallback(fontFamily: string): string {
  const families = familiesOf(fontFamily);
  return families.some((family) => generics.has(family.toLowerCase())) ? fontFamily : [...families.map(quoted), 'monospace'].join(', ');
}

function quoted(family: string): string {
  return `"${family.replace(/["\\]/g, '')}"`;
}
