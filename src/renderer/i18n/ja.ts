/** Every text of the window in Japanese; loaded when it is the person's language. Japanese has no plural forms: `_other` alone. */
import { accounts } from './ja/accounts.ts';
import { sessionManager } from './ja/sessionManager.ts';
import { sshConfig } from './ja/sshConfig.ts';
import { hostKey } from './ja/hostKey.ts';
import { knownHosts } from './ja/knownHosts.ts';
import { hostClipboard } from './ja/hostClipboard.ts';
import { hostSsh } from './ja/hostSsh.ts';
import { links } from './ja/links.ts';
import { estate } from './ja/estate.ts';
import { hostDetail } from './ja/hostDetail.ts';
import { ec2Keys } from './ja/ec2Keys.ts';
import { history } from './ja/history.ts';
import { hostActions } from './ja/hostActions.ts';
import { hosts } from './ja/hosts.ts';
import { addresses } from './ja/addresses.ts';
import { host } from './ja/host.ts';
import { keys } from './ja/keys.ts';
import { session } from './ja/session.ts';
import { window } from './ja/window.ts';
import { managedNode } from './ja/managedNode.ts';
import { map } from './ja/map.ts';
import { network } from './ja/network.ts';
import { player } from './ja/player.ts';
import { reconnect } from './ja/reconnect.ts';
import { recording } from './ja/recording.ts';
import { regions } from './ja/regions.ts';
import { routes } from './ja/routes.ts';
import { settings } from './ja/settings.ts';
import { shortcuts } from './ja/shortcuts.ts';
import { signIn } from './ja/signIn.ts';
import { terminal } from './ja/terminal.ts';
import { terminalThemes } from './ja/terminalThemes.ts';
import { time } from './ja/time.ts';
import { tunnels } from './ja/tunnels.ts';
import { broadcast } from './ja/broadcast.ts';
import { notifications } from './ja/notifications.ts';
import { outputSearch } from './ja/outputSearch.ts';
import { palette } from './ja/palette.ts';
import { paste } from './ja/paste.ts';
import { picker } from './ja/picker.ts';
import { snippets } from './ja/snippets.ts';
import { workspace } from './ja/workspace.ts';
import type { Texts } from './texts.ts';

export const ja: Texts = {
  common: {
    betweenClauses: '、',
    cancel: 'キャンセル',
    close: '閉じる',
    copied: 'コピーしました',
    copy: '{{what}} をコピー',
    notCopied: 'ブラウザーがコピーを許可しませんでした',
    opening: '開いています…',
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
};
