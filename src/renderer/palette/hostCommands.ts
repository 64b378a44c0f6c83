/** What the palette offers for the selected host, beside opening it by name. */
import type { Instance } from '../../contract/instance.ts';
import { i18n } from '../i18n/i18n.ts';
import { isEc2, isOffered, offeredKinds } from '../panels/hostActions/actionRules.ts';
import type { Actions } from '../state/actions.ts';
import type { OpenDialog } from '../state/windowState.ts';
import { announce } from '../ui/announce.tsx';
import { copyText } from '../ui/copyText.ts';
import { safeText } from '../ui/safeText.ts';
import { bothNames } from './bothNames.ts';
import type { PaletteAction } from './paletteItems.ts';

export interface HostCommandParts {
  readonly instance: Instance | undefined;
  readonly pinned: readonly string[];
  readonly actions: Pick<Actions, 'open'>;
  readonly onPin: (instanceId: string, pinned: boolean) => void;
  readonly onShow: (dialog: OpenDialog) => void;
}

export function hostCommands({ instance, pinned, actions, onPin, onShow }: HostCommandParts): readonly PaletteAction[] {
  if (instance === undefined) return [];
  const { instanceId } = instance;
  const host = safeText(instance.name === undefined || instance.name === '' ? instanceId : instance.name);
  const isPinned = pinned.includes(instanceId);
  const command = (id: string, textOf: Parameters<typeof bothNames>[0], run: () => void): PaletteAction => ({ id: `host-${id}`, kind: 'action', ...bothNames(textOf), run });
  const copy = (id: string, textOf: Parameters<typeof bothNames>[0], value: string | undefined): readonly PaletteAction[] =>
    value === undefined || value === '' ? [] : [command(id, textOf, () => void copyText(value).then((copied) => announce(i18n.t(copied ? 'common.copied' : 'common.notCopied'))))];
  return [
    command('open', (t) => t('palette.action.open', { host }), () => void actions.open(instanceId)),
    command('route', (t) => t('palette.action.openBy', { host }), () => onShow({ name: 'routes', instanceId })),
    command('forward', (t) => t('palette.action.forwardTo', { host }), () => onShow({ name: 'forward', instanceId })),
    ...(isEc2(instanceId) ? offeredKinds : [])
      .filter((kind) => isOffered(kind, [instance]))
      .map((kind) => command(kind, (t) => `${t('hostActions.ofHost', { action: t(`hostActions.kind.${kind}`), host })}…`, () => onShow({ name: 'action', kind, instanceIds: [instanceId] }))),
    command('pin', (t) => t(isPinned ? 'palette.action.unpin' : 'palette.action.pin', { host }), () => onPin(instanceId, !isPinned)),
    ...copy('copy-name', (t) => t('palette.action.copyName', { host }), instance.name),
    ...copy('copy-address', (t) => t('palette.action.copyAddress', { host }), instance.privateIpAddress),
    ...copy('copy-public', (t) => t('palette.action.copyPublicAddress', { host }), instance.publicIpAddress),
    ...copy('copy-id', (t) => t('palette.action.copyId', { host }), instanceId),
  ];
}
