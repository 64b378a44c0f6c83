/** Searches what a recording printed, and goes to the moment when it was there. */
import { useMemo, useState, type RefObject } from 'react';
import { useTranslation } from 'react-i18next';
import type { Cast } from '../../asciicast/readAsciicast.ts';
import { Button } from '../ui/Button.tsx';
import { hitsOf, MAX_HITS, printedLines } from './searchCast.ts';
import type { PlayerParts } from './usePlayer.ts';

export function CastSearch({ field, cast, parts }: { readonly field: RefObject<HTMLInputElement | null>; readonly cast: Cast; readonly parts: PlayerParts }) {
  const { t } = useTranslation();
  const [query, setQuery] = useState('');
  /** What was searched for last, and where of its hits the person is. */
  const [at, setAt] = useState<{ readonly query: string; readonly hits: readonly number[]; readonly hit: number }>();
  // Read once, when it is first searched.
  const lines = useMemo(() => {
    let read: ReturnType<typeof printedLines> | undefined;
    return () => (read ??= printedLines(cast));
  }, [cast]);

  const go = (step: 1 | -1): void => {
    const wanted = query.trim();
    const hits = at?.query === wanted ? at.hits : hitsOf(lines(), wanted);
    const hit = at?.query === wanted ? (at.hit + step + hits.length) % Math.max(1, hits.length) : 0;
    setAt({ query: wanted, hits, hit });
    const index = hits[hit];
    if (index === undefined) return;
    const { player, search, terminal } = parts;
    player.pause();
    void player.seek(player.timeOf(index)).then(() => {
      terminal.clearSelection();
      search.findPrevious(wanted);
    });
  };

  const found = at?.query === query.trim() ? at : undefined;
  return (
    <form
      className="player-search"
      role="search"
      aria-label={t('player.search')}
      onSubmit={(event) => {
        event.preventDefault();
        go(1);
      }}
    >
      <input
        ref={field}
        type="search"
        aria-label={t('player.search')}
        placeholder={t('player.search')}
        spellCheck={false}
        maxLength={200}
        value={query}
        onChange={(event) => setQuery(event.target.value)}
        onKeyDown={(event) => {
          if (event.key !== 'Enter' || !event.shiftKey || event.nativeEvent.isComposing) return;
          event.preventDefault();
          go(-1);
        }}
      />
      <span className="note" role="status">
        {found === undefined ? '' : found.hits.length === 0 ? t('player.noHit') : t('player.hit', { hit: found.hit + 1, count: found.hits.length, more: found.hits.length === MAX_HITS ? '+' : '' })}
      </span>
      <Button type="submit">{t('player.next')}</Button>
      <Button disabled={found === undefined || found.hits.length < 2} onClick={() => go(-1)}>
        {t('player.previous')}
      </Button>
    </form>
  );
}
