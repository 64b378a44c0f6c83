/** A button that offers the actions on some hosts: those that any of them is in a state for. */
import { useTranslation } from 'react-i18next';
import type { ActionKind } from '../../../contract/action.ts';
import type { Instance } from '../../../contract/instance.ts';
import { isOffered, offeredKinds } from './actionRules.ts';

export interface ActionMenuProps {
  readonly instances: readonly Instance[];
  readonly label: string;
  readonly onChoose: (kind: ActionKind) => void;
}

/** The browser's own list: it works by keyboard, on a narrow window and with a screen reader without further code. */
export function ActionMenu({ instances, label, onChoose }: ActionMenuProps) {
  const { t } = useTranslation();
  return (
    <select
      className="button action-menu"
      aria-label={label}
      value=""
      onChange={(event) => {
        const kind = offeredKinds.find((one) => one === event.target.value);
        if (kind !== undefined) onChoose(kind);
      }}
    >
      <option value="" disabled hidden>
        {t('hostActions.onSelection')}
      </option>
      {offeredKinds.map((kind) => (
        <option key={kind} value={kind} disabled={!isOffered(kind, instances)}>
          {t(`hostActions.menu.${kind}`)}
        </option>
      ))}
    </select>
  );
}
