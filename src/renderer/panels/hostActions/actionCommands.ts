/** The actions of the selected host as commands of the palette. */
import type { Instance } from '../../../contract/instance.ts';
import { i18n } from '../../i18n/i18n.ts';
import type { OpenDialog } from '../../state/windowState.ts';
import { safeText } from '../../ui/safeText.ts';
import type { PaletteAction } from '../Palette.tsx';
import { isEc2, isOffered, offeredKinds } from './actionRules.ts';

export function actionCommands(instance: Instance | undefined, onShow: (dialog: OpenDialog) => void): PaletteAction[] {
  if (instance === undefined || !isEc2(instance.instanceId)) return [];
  const { instanceId, name } = instance;
  return offeredKinds
    .filter((kind) => isOffered(kind, [instance]))
    .map((kind) => ({ name: `${i18n.t('hostActions.ofHost', { action: i18n.t(`hostActions.kind.${kind}`), host: safeText(name ?? instanceId) })}…`, run: () => onShow({ name: 'action', kind, instanceIds: [instanceId] }) }));
}
