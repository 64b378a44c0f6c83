/** A value that changes at most every so often: the first change at once, the last one always. */
import { useEffect, useRef, useState } from 'react';

/** @param everyMs 0: every change at once */
export function useCalm<T>(value: T, everyMs: number): T {
  const [shown, setShown] = useState(value);
  const shownAt = useRef(-Infinity);
  useEffect(() => {
    // In a task of its own, where it is much to arrange: what brought the change took its time already.
    const timer = setTimeout(() => {
      shownAt.current = performance.now();
      setShown(() => value);
    }, everyMs === 0 ? 0 : Math.max(0, shownAt.current + everyMs - performance.now()));
    return () => clearTimeout(timer);
  }, [value, everyMs]);
  return everyMs === 0 ? value : shown;
}
