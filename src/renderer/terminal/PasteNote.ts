/** What the question before a paste says besides, e.g. who else receives it. */
import { createContext } from 'react';

export const PasteNote = createContext<string | undefined>(undefined);
