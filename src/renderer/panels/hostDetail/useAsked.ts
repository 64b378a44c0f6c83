/** What a section shows of an answer: asked when another host is shown, and again on request. The last answer stays while a new one comes. */
import { useEffect, useEffectEvent, useState } from 'react';
import { toPosternError, type ErrorReport } from '../../../contract/error.ts';

export interface Asked<T> {
  readonly value: T | undefined;
  /** The newest question failed; an older answer may still be shown. */
  readonly error: ErrorReport | undefined;
  readonly asking: boolean;
}

/** While the selection runs through a list, hosts that were passed are not asked about. */
const SETTLE_MS = 200;

/** @param key another key forgets the answer */
export function useAsked<T>(key: string, ask: () => Promise<T>): Asked<T> & { again(): void } {
  const [answer, setAnswer] = useState<{ readonly key: string } & Asked<T>>();
  const [turn, setTurn] = useState(0);
  const askNow = useEffectEvent(ask);
  useEffect(() => {
    let stale = false;
    const tell = (next: Partial<Asked<T>>): void => {
      if (!stale) setAnswer((before) => ({ value: undefined, error: undefined, asking: false, ...(before?.key === key ? before : {}), key, ...next }));
    };
    const timer = setTimeout(() => {
      tell({ asking: true });
      askNow().then(
        (value) => tell({ value, error: undefined, asking: false }),
        (thrown: unknown) => tell({ error: toPosternError(thrown).toReport(), asking: false }),
      );
    }, SETTLE_MS);
    return () => {
      stale = true;
      clearTimeout(timer);
    };
  }, [key, turn]);
  const shown = answer?.key === key ? answer : undefined;
  return { value: shown?.value, error: shown?.error, asking: shown?.asking ?? true, again: () => setTurn((before) => before + 1) };
}
