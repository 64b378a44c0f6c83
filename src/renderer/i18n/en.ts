/**
 * Every text of the window in English: one object a panel, a file of its own once it is long.
 *
 * `{{name}}` is filled in; a key that ends in `_one` and `_other` is chosen by `count` (Intl.PluralRules). Values are
 * plain text, never markup. `ja.ts` has the same keys, which the compiler and test/unit/renderer/i18n.test.ts hold.
 */
import { accounts } from './en/accounts.ts';
import { sessionManager } from './en/sessionManager.ts';
import { sshConfig } from './en/sshConfig.ts';

import { hostKey } from './en/hostKey.ts';
import { knownHosts } from './en/knownHosts.ts';
import { hostClipboard } from './en/hostClipboard.ts';
import { hostSsh } from './en/hostSsh.ts';
import { links } from './en/links.ts';
import { estate } from './en/estate.ts';
import { hostDetail } from './en/hostDetail.ts';
import { ec2Keys } from './en/ec2Keys.ts';
import { history } from './en/history.ts';
import { hostActions } from './en/hostActions.ts';
import { hosts } from './en/hosts.ts';
import { addresses } from './en/addresses.ts';
import { host } from './en/host.ts';
import { keys } from './en/keys.ts';
import { session } from './en/session.ts';
import { window } from './en/window.ts';
import { managedNode } from './en/managedNode.ts';
import { map } from './en/map.ts';
import { network } from './en/network.ts';
import { player } from './en/player.ts';
import { reconnect } from './en/reconnect.ts';
import { recording } from './en/recording.ts';
import { regions } from './en/regions.ts';
import { routes } from './en/routes.ts';
import { settings } from './en/settings.ts';
import { shortcuts } from './en/shortcuts.ts';
import { signIn } from './en/signIn.ts';
import { terminal } from './en/terminal.ts';
import { terminalThemes } from './en/terminalThemes.ts';
import { time } from './en/time.ts';
import { tunnels } from './en/tunnels.ts';
import { broadcast } from './en/broadcast.ts';
import { notifications } from './en/notifications.ts';
import { outputSearch } from './en/outputSearch.ts';
import { palette } from './en/palette.ts';
import { paste } from './en/paste.ts';
import { picker } from './en/picker.ts';
import { snippets } from './en/snippets.ts';
import { workspace } from './en/workspace.ts';

export const en = {
  common: {
    betweenClauses: '; ',
    cancel: 'Cancel',
    close: 'Close',
    copied: 'Copied',
    copy: 'Copy {{what}}',
    notCopied: 'The browser did not allow copying',
    opening: 'Opening…',
  },
  accounts,
  hostKey,
  knownHosts,
  hostSsh,
  hostClipboard,
  links,
  estate,
  hostDetail,
  ec2Keys,
  history,
  hostActions,
  hosts,
  addresses,
  host,
  keys,
  session,
  window,
  managedNode,
  map,
  network,
  player,
  reconnect,
  recording,
  regions,
  routes,
  settings,
  shortcuts,
  signIn,
  sessionManager,
  sshConfig,
  terminal,
  terminalThemes,
  time,
  tunnels,
  broadcast,
  notifications,
  outputSearch,
  palette,
  paste,
  picker,
  snippets,
  workspace,
} as const;
