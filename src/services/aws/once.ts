/** A value that is made when first asked for. */
export function once<T>(make: () => Promise<T>): (() => Promise<T>) & { started(): boolean } {
  let made: Promise<T> | undefined;
  return Object.assign(() => (made ??= make()), { started: () => made !== undefined });
}
