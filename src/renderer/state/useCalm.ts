/** A value that changes at most every so often: the first change at once, the last one always. */
import { useEffect, useRef, useState } from 'react';

/** @param everyMs 0: every change at once */
export function useCalm<T>(value: T, everyMs: number): T {
  const [shown, setShown] = useState(value);
  const shownAt = useRef(-Infinity);
  useEffect(() => {
    const wait = everyMs === 0 ? 0 : shownAt.current + everyMs - performance.now();
    const show = (): void => {
      shownAt.current = performance.now();
      setShown(() => value);
    };
    if (wait <= 0) {
      show();
      return;
    }
    const timer = setTimeout(show, wait);
    return () => clearTimeout(timer);
  }, [value, everyMs]);
  return everyMs === 0 ? value : shown;
}
