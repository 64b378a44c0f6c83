/** Whether an element can be seen right now: on the page, scrolled to, and the page itself in front. */
import { useEffect, useState, type RefObject } from 'react';

export interface Seen {
  readonly now: boolean;
  /** It was, at least once. */
  readonly ever: boolean;
}

export function useSeen(element: RefObject<Element | null>): Seen {
  const [seen, setSeen] = useState<Seen>({ now: false, ever: false });
  useEffect(() => {
    const watched = element.current;
    if (watched === null) return;
    let within = false;
    const tell = (): void => {
      const now = within && document.visibilityState === 'visible';
      setSeen((before) => (before.now === now ? before : { now, ever: before.ever || now }));
    };
    const observer = new IntersectionObserver((entries) => {
      within = entries.at(-1)?.isIntersecting === true;
      tell();
    });
    observer.observe(watched);
    document.addEventListener('visibilitychange', tell);
    return () => {
      observer.disconnect();
      document.removeEventListener('visibilitychange', tell);
    };
  }, [element]);
  return seen;
}
