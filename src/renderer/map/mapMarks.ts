/** What the map says about its things beyond what they are: read by every one that is on the screen. */
import { createContext } from 'react';
import type { VpcGraph } from './vpcGraph.ts';

export interface MapMarks {
  readonly graph: VpcGraph;
  readonly selectedId: string | undefined;
  /** What the search found; undefined: nothing is searched for. */
  readonly found: ReadonlySet<string> | undefined;
  /** Places of the way in that is drawn. */
  readonly onWay: ReadonlySet<string>;
  /** Whether the focus was asked for; only once. */
  readonly takesFocus: (id: string) => boolean;
  /** Takes the focus of one that leaves the screen. */
  readonly onFocusLost: () => void;
}

export const MapMarksContext = createContext<MapMarks | undefined>(undefined);
