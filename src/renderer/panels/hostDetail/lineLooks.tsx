/** How lines are told apart without colour: each has a pattern of dashes too, and stands so in the table. */

/** Lengths of strokes and gaps; the first line is solid. */
export const DASHES: readonly (readonly number[])[] = [[], [6, 3], [2, 3], [9, 3, 2, 3], [12, 4], [4, 2, 1, 2, 1, 2], [1, 5], [14, 3, 4, 3]];
export const COLOURS = 8;

export function dashOf(index: number): readonly number[] {
  return DASHES[index % DASHES.length] ?? [];
}

export function LineSample({ colour, dash }: { readonly colour: number; readonly dash: number }) {
  return (
    <svg className={`line-sample colour-${colour % COLOURS}`} width="28" height="8" aria-hidden="true">
      <line x1="0" y1="4" x2="28" y2="4" strokeWidth="2" strokeDasharray={dashOf(dash).join(' ')} stroke="currentColor" />
    </svg>
  );
}
