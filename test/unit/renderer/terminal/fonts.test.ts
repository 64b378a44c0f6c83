import { expect, test } from 'vitest';
import { familiesOf, findFont, isPresent, withFallback, type MeasureWidth } from '../../../../src/renderer/terminal/fonts.ts';

const widths: Readonly<Record<string, number>> = { monospace: 100, serif: 120, 'sans-serif': 110, Hack: 130, 'DejaVu Sans Mono': 100 };
/** A browser that has Hack, and DejaVu Sans Mono as its monospace font. */
const measure: MeasureWidth = (fontFamily) => widths[familiesOf(fontFamily).find((family) => family in widths) ?? 'serif'] ?? 0;

test('a font is present when text in it is not as wide as in each generic font behind it', () => {
  expect(['Hack', 'DejaVu Sans Mono', 'monospace', 'No Such Font'].map((family) => isPresent(family, measure))).toEqual([true, true, true, false]);
});

test('names of a font family are read with and without quotes', () => {
  expect(familiesOf(`"Fira  Code", 'Hack',Noto Sans Mono , monospace`)).toEqual(['Fira Code', 'Hack', 'Noto Sans Mono', 'monospace']);
  expect(familiesOf(' , ')).toEqual([]);
});

test('what is shown is the first font that is there, and the missing ones are named', () => {
  expect(findFont('"Fira Code", Hack, monospace', measure)).toEqual({ missing: ['Fira Code'], shown: 'Hack' });
  expect(findFont('Fira Cod', measure)).toEqual({ missing: ['Fira Cod'], shown: 'monospace' });
});

test('a family without a generic font gets monospace behind it, not a font for books', () => {
  expect(withFallback('Fira Cod')).toBe('"Fira Cod", monospace');
  expect(withFallback('Hack, monospace')).toBe('Hack, monospace');
  expect(withFallback('')).toBe('monospace');
});
