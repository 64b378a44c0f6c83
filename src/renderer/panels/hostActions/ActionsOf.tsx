/** The menu of actions on hosts by their ids, wired to the window's dialogs. */
import { useTranslation } from 'react-i18next';
import type { Instance } from '../../../contract/instance.ts';
import type { OpenDialog } from '../../state/windowState.ts';
import { safeText } from '../../ui/safeText.ts';
import { ActionMenu } from './ActionMenu.tsx';
import { isEc2 } from './actionRules.ts';

export interface ActionsOfProps {
  readonly instanceIds: readonly string[];
  readonly instances: ReadonlyMap<string, Instance>;
  readonly onShow: (dialog: OpenDialog) => void;
}

export function ActionsOf({ instanceIds, instances, onShow }: ActionsOfProps) {
  const { t } = useTranslation();
  const found = instanceIds.filter(isEc2).flatMap((instanceId) => instances.get(instanceId) ?? []);
  const [only] = found;
  if (only === undefined) return undefined;
  const label = found.length === 1 ? `${t('hostActions.actions')}: ${safeText(only.name ?? only.instanceId)}` : t('hostActions.chooseAction');
  return <ActionMenu instances={found} label={label} onChoose={(kind) => onShow({ name: 'action', kind, instanceIds: found.map(({ instanceId }) => instanceId) })} />;
}
