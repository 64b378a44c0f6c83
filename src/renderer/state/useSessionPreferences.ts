/** The Session Manager preferences that hold for one instance, asked for when another one is shown. */
import { useEffect, useState } from 'react';
import { toPosternError, type ErrorReport } from '../../contract/error.ts';
import type { SessionPreferences } from '../../contract/sessionPreferences.ts';

export type PreferencesState = { readonly name: 'loading' } | { readonly name: 'ready'; readonly preferences: SessionPreferences } | { readonly name: 'failed'; readonly error: ErrorReport };

export function useSessionPreferences(read: (instanceId: string) => Promise<SessionPreferences>, instanceId: string): PreferencesState {
  const [answer, setAnswer] = useState<{ readonly instanceId: string; readonly state: PreferencesState }>();
  useEffect(() => {
    let stale = false;
    const tell = (state: PreferencesState): void => {
      if (!stale) setAnswer({ instanceId, state });
    };
    read(instanceId).then(
      (preferences) => tell({ name: 'ready', preferences }),
      (thrown: unknown) => tell({ name: 'failed', error: toPosternError(thrown).toReport() }),
    );
    return () => {
      stale = true;
    };
  }, [read, instanceId]);
  return answer?.instanceId === instanceId ? answer.state : { name: 'loading' };
}
