/** Which of the fonts that are asked for is shown here; measured once a choice. */
import { useMemo } from 'react';
import { createMeasure, findFont, type FontFinding } from './fonts.ts';

export function useMeasuredFont(fontFamily: string): FontFinding {
  return useMemo(() => findFont(fontFamily, createMeasure()), [fontFamily]);
}
