/** One polite live region for the whole page: short words that a screen reader says and, where asked, everybody sees for a moment. */
import { useSyncExternalStore } from 'react';

const SHOWN_MS = 1800;

interface Announcement {
  readonly text: string;
  readonly count: number;
}

let current: Announcement = { text: '', count: 0 };
let timer: ReturnType<typeof setTimeout> | undefined;
const listeners = new Set<() => void>();

function tell(text: string): void {
  current = { text, count: current.count + 1 };
  for (const listener of listeners) listener();
}

/** Say `text` now; it leaves after a moment. */
export function announce(text: string): void {
  clearTimeout(timer);
  tell(text);
  timer = setTimeout(() => tell(''), SHOWN_MS);
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Render once, near the root. */
export function Announcer() {
  const { text } = useSyncExternalStore(subscribe, () => current, () => current);
  return (
    <div role="status" aria-live="polite" className={text === '' ? 'announcer' : 'announcer shown'}>
      {text}
    </div>
  );
}
