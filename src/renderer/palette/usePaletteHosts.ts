/** The hosts that the palette finds, by the filter language of the list. */
import { useMemo } from 'react';
import type { Instance } from '../../contract/instance.ts';
import { toFilterContext } from '../../query/filterContext.ts';
import { parseHostFilter } from '../../query/hostFilter.ts';
import { createHostSearch } from '../../query/rankedSearch.ts';
import type { Mirror } from '../state/mirror.ts';

/** Kept between two openings: 50,000 hosts are put in order once. */
const search = createHostSearch();

export function usePaletteHosts({ instances, network, settings }: Pick<Mirror, 'instances' | 'network' | 'settings'>, query: string): readonly Instance[] {
  // Only fields ask for facts beside the hosts.
  const hasFields = query.includes(':');
  const context = useMemo(
    () =>
      hasFields
        ? toFilterContext({
            instances,
            network: network.values(),
            accountLabels: new Map(Object.entries(settings.accounts).flatMap(([accountId, { label }]) => (label === undefined || label === '' ? [] : [[accountId, label] as const]))),
            pinned: new Set(settings.list.pinned),
          })
        : undefined,
    [hasFields, instances, network, settings.accounts, settings.list.pinned],
  );
  return useMemo(() => search(instances, context === undefined ? parseHostFilter(query) : parseHostFilter(query, context)), [instances, query, context]);
}
