/** What a tab is called. Pure. */
import type { TerminalSession } from '../../contract/session.ts';
import { hostNameOf } from '../state/names.ts';
import type { Tab } from '../state/tabs.ts';
import { strippedText } from '../ui/safeText.ts';

const NAME_CHARACTERS = 32;
const SHELL_TITLE_CHARACTERS = 40;

/** What the person called it, else the host: a shell can title itself anything, and would pass for another host. */
export function tabName(tab: Pick<Tab, 'title' | 'name' | 'instanceId'>, session: Pick<TerminalSession, 'instanceName'> | undefined): string {
  return strippedText(tab.title ?? hostNameOf(tab.instanceId, session?.instanceName ?? tab.name), NAME_CHARACTERS);
}

/** Behind the name, where there is a shell; none that only repeats the name. */
export function shellTitleOf(tab: Pick<Tab, 'title' | 'name' | 'instanceId' | 'shellTitle'>, session: Pick<TerminalSession, 'instanceName' | 'state'> | undefined): string | undefined {
  if (tab.shellTitle === undefined || (session?.state.name !== 'connected' && session?.state.name !== 'resuming')) return undefined;
  const title = strippedText(tab.shellTitle, SHELL_TITLE_CHARACTERS);
  return title === '' || title === tabName(tab, session) ? undefined : title;
}

/** Shape beside colour. */
export function stateMark(state: TerminalSession['state']['name']): string {
  switch (state) {
    case 'connected':
      return '●';
    case 'connecting':
    case 'resuming':
      return '◐';
    case 'asking':
      return '?';
    case 'failed':
      return '▲';
    case 'closed':
      return '□';
  }
}
