/** A form that waits for its answer: busy meanwhile, and the error beside the fields when it failed. */
import { useState } from 'react';
import { toPosternError, type ErrorReport } from '../../contract/error.ts';

export interface Submit {
  readonly busy: boolean;
  readonly error: ErrorReport | undefined;
  /** Runs; `onDone` only when it worked. */
  run(work: () => Promise<unknown>, onDone: () => void): void;
}

export function useSubmit(): Submit {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<ErrorReport>();
  return {
    busy,
    error,
    run: (work, onDone) => {
      setBusy(true);
      setError(undefined);
      work().then(
        () => {
          setBusy(false);
          onDone();
        },
        (thrown: unknown) => {
          setBusy(false);
          setError(toPosternError(thrown).toReport());
        },
      );
    },
  };
}
