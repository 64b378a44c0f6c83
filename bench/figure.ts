/** One measured figure, what it is compared with and what it should be; and how it is printed. */

/** What a figure should be: at least or at most so much, of the value itself or of its ratio to the peer's. */
export interface Goal {
  readonly of: 'value' | 'ratio';
  readonly atLeast?: number;
  readonly atMost?: number;
}

export interface BenchFigure {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  /** Ours compared with the peer's, measured in the same run. */
  readonly ratio?: number;
  /** What the ratio compares with, and what it measured. */
  readonly peer?: string;
  readonly goal?: Goal;
  readonly note?: string;
}

/** Absent: the figure has no goal. A ratio that was not measured meets none. */
export function isMet({ value, ratio, goal }: BenchFigure): boolean | undefined {
  if (goal === undefined) return undefined;
  const measured = goal.of === 'value' ? value : (ratio ?? Number.NaN);
  return measured >= (goal.atLeast ?? Number.NEGATIVE_INFINITY) && measured <= (goal.atMost ?? Number.POSITIVE_INFINITY);
}

/** One line: name, value, ratio and peer, goal and whether it is met. */
export function toLine(figure: BenchFigure): string {
  const { name, value, unit, ratio, peer, goal, note } = figure;
  const compared = ratio === undefined ? '' : `${toText(ratio)}x${peer === undefined ? '' : ` ${peer}`}`;
  const wanted = goal === undefined ? '' : `goal ${goal.of === 'ratio' ? 'ratio ' : ''}${goalText(goal)}: ${isMet(figure) === true ? 'met' : 'NOT met'}`;
  const rest = [compared, wanted, note].filter((part) => part !== undefined && part !== '').join(' | ');
  return `${name.padEnd(62)} ${toText(value).padStart(8)} ${unit.padEnd(5)} ${rest}`.trimEnd();
}

export function median(values: readonly number[]): number {
  return percentile(values, 50);
}

/** The smallest value that so many per cent of all values do not exceed. */
export function percentile(values: readonly number[], percent: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil((percent / 100) * sorted.length) - 1)] ?? Number.NaN;
}

function goalText({ atLeast, atMost }: Goal): string {
  return [atLeast === undefined ? '' : `>= ${atLeast}`, atMost === undefined ? '' : `<= ${atMost}`].filter((part) => part !== '').join(' and ');
}

/** Three digits that count. */
function toText(value: number): string {
  const magnitude = Math.abs(value);
  return value.toFixed(magnitude >= 100 ? 0 : magnitude >= 10 ? 1 : 2);
}
