/** The cards of all network interfaces of an instance: the first at once, the others by and by as soon as the panel is on the screen. */
import { startTransition, useEffect, useState } from 'react';
import type { Instance } from '../../contract/instance.ts';
import type { NetworkFacts } from '../../contract/network.ts';
import { InterfaceCard } from './InterfaceCard.tsx';

/** These fill most screens. All fifteen of a large host would take the time of the whole panel again, in which whoever selected it saw nothing. */
const CARDS_AT_ONCE = 2;

export interface InterfaceCardsProps {
  readonly instance: Instance;
  readonly network: NetworkFacts | undefined;
}

/** Needs the instance's id as its key: each host begins with few cards. */
export function InterfaceCards({ instance: { networkInterfaces }, network }: InterfaceCardsProps) {
  const [count, setCount] = useState(CARDS_AT_ONCE);
  useEffect(() => {
    // Of low priority: it gives way to keys and clicks. Few at a time, as the browser's layout gives way to nothing. (`content-visibility`
    // would spare that work, but guesses heights, and the focus then went to a card that was out of sight.)
    if (count < networkInterfaces.length) startTransition(() => setCount(count + CARDS_AT_ONCE));
  }, [count, networkInterfaces.length]);
  return networkInterfaces.slice(0, count).map((eni) => <InterfaceCard key={eni.networkInterfaceId} eni={eni} network={network} />);
}
