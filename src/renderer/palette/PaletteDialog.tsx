/** The palette with everything that this window offers now. */
import { useTranslation } from 'react-i18next';
import { useStore } from '../state/store.ts';
import { activeTab } from '../state/tabs.ts';
import { announce } from '../ui/announce.tsx';
import { chooseSnippet } from '../snippets/chooseSnippet.ts';
import { tabName } from '../workspace/tabText.ts';
import { Palette } from './Palette.tsx';
import { windowCommands, type WindowCommandParts } from './windowCommands.ts';

export interface PaletteDialogProps extends Omit<WindowCommandParts, 'onSnippet'> {
  readonly initialQuery: string | undefined;
  readonly onClose: () => void;
}

const whole = <T,>(value: T): T => value;

export function PaletteDialog({ initialQuery, onClose, ...parts }: PaletteDialogProps) {
  const { t } = useTranslation();
  const { postern, mirror, state, onShow } = parts;
  const usage = useStore(postern.usage, whole);
  const commands = windowCommands({
    ...parts,
    onSnippet: (snippet) => {
      const tab = activeTab(state.tabs);
      const why = chooseSnippet(postern, snippet, tab, onShow);
      if (why === 'no-terminal' || tab === undefined) announce(t('snippets.noTerminal'));
      else if (why === 'not-ready') announce(t('snippets.notReady', { name: tabName(tab, mirror.sessions.get(tab.sessionId)) }));
    },
  });
  return (
    <Palette
      mirror={mirror}
      commands={commands}
      usage={usage}
      initialQuery={initialQuery}
      onUsed={postern.usage.used}
      onOpen={(hostId) => void postern.actions.open(hostId)}
      onChooseRoute={(instanceId) => onShow({ name: 'routes', instanceId })}
      onClose={onClose}
    />
  );
}
