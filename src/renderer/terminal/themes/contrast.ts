/** How well text can be read on a background, by WCAG 2.2. */
import { ansiNames, type TerminalTheme } from '../../../contract/terminalTheme.ts';

/** What WCAG asks of graphics and large text (1.4.11, 1.4.3): below it, text is hard to see for many. */
export const LOW_CONTRAST = 3;

/**
 * @param one and @param other as `#rrggbb`
 * @returns 1 (the same) to 21 (black and white)
 * @see https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio
 */
export function contrastRatio(one: string, other: string): number {
  const [darker = 0, lighter = 0] = [luminance(one), luminance(other)].toSorted((left, right) => left - right);
  return (lighter + 0.05) / (darker + 0.05);
}

/** Whether text on it is light. */
export function isDark(background: string): boolean {
  return contrastRatio(background, '#ffffff') > contrastRatio(background, '#000000');
}

/** @see https://www.w3.org/TR/WCAG22/#dfn-relative-luminance */
function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const channel = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

export interface LowContrast {
  readonly name: 'foreground' | (typeof ansiNames)[number];
  readonly ratio: number;
}

/** Which colours are hard to see as text. The one of 0 and 7 that is nearer to the background is one by intent, and is left out. */
export function lowContrasts(theme: TerminalTheme): readonly LowContrast[] {
  const meant = isDark(theme.background) ? 'black' : 'white';
  return (['foreground', ...ansiNames] as const).filter((name) => name !== meant).flatMap((name) => {
    const ratio = contrastRatio(theme[name], theme.background);
    return ratio < LOW_CONTRAST ? [{ name, ratio }] : [];
  });
}
