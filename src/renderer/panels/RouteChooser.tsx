/** Opens an instance as another user, by another route, or with a chosen key. */
import { useState, type FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import type { Instance } from '../../contract/instance.ts';
import type { KeyPair } from '../../contract/key.ts';
import { routeKinds, type RouteKind } from '../../contract/route.ts';
import { useSaid } from '../i18n/said.ts';
import type { OpenChoice } from '../state/tabs.ts';
import { routeKindLabel } from '../state/routeHint.ts';
import { useRouteLabel } from '../state/useRouteLabel.ts';
import { OS_USER_PATTERN } from '../state/osUserPattern.ts';
import { Button } from '../ui/Button.tsx';
import { Dialog } from '../ui/Dialog.tsx';
import { safeText } from '../ui/safeText.ts';
import type { PlanState } from './RoutesSection.tsx';

export interface RouteChooserProps {
  readonly instance: Instance;
  readonly plan: PlanState;
  readonly keys: readonly KeyPair[];
  readonly onOpen: (choice: OpenChoice) => void;
  readonly onClose: () => void;
}

export function RouteChooser({ instance, plan, keys, onOpen, onClose }: RouteChooserProps) {
  const { t } = useTranslation();
  const said = useSaid();
  const routeLabel = useRouteLabel();
  const [via, setVia] = useState<RouteKind>();
  const [osUser, setOsUser] = useState('');
  const [keyPairId, setKeyPairId] = useState('');
  const [forwardAgent, setForwardAgent] = useState(false);
  const handleSubmit = (event: FormEvent): void => {
    event.preventDefault();
    const user = osUser.trim();
    onOpen({ ...(via === undefined ? {} : { via }), ...(user === '' ? {} : { osUser: user }), ...(keyPairId === '' ? {} : { keyPairId }), ...(forwardAgent ? { forwardAgent } : {}) });
  };
  const plans = plan.name === 'ready' ? plan.plans : [];
  return (
    <Dialog
      title={t('routes.chooseTitle', { host: safeText(instance.name ?? instance.instanceId) })}
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>{t('common.cancel')}</Button>
          <Button type="submit" form="route-form" look="primary">
            {t('routes.open')}
          </Button>
        </>
      }
    >
      <form id="route-form" onSubmit={handleSubmit} className="stack">
        <fieldset>
          <legend>{t('routes.route')}</legend>
          <label className="choice">
            <input type="radio" name="route" data-autofocus checked={via === undefined} onChange={() => setVia(undefined)} />
            <span>{t('routes.best')}</span>
          </label>
          {routeKinds.map((kind) => {
            const best = plans.find(({ route }) => route.kind === kind);
            return (
              <label key={kind} className="choice">
                <input type="radio" name="route" checked={via === kind} onChange={() => setVia(kind)} />
                <span>
                  {best === undefined ? routeKindLabel(kind) : safeText(routeLabel(best.route))}
                  <span className="note block">{best === undefined ? (plan.name === 'ready' ? t(notThere(kind)) : '') : safeText(said(best.reason))}</span>
                </span>
              </label>
            );
          })}
        </fieldset>
        {via === 'session-manager' || via === 'serial' ? (
          <p className="note">{t(via === 'serial' ? 'routes.serialUser' : 'routes.sessionManagerUser')}</p>
        ) : (
          <>
            <label className="field">
              {t('routes.user')}
              <input value={osUser} placeholder={t('routes.userEmpty')} spellCheck={false} autoComplete="off" pattern={OS_USER_PATTERN} title={t('routes.userTitle')} onChange={(event) => setOsUser(event.target.value)} />
            </label>
            <label className="field">
              {t('routes.key')}
              <select value={keyPairId} onChange={(event) => setKeyPairId(event.target.value)}>
                <option value="">{t('routes.keyEmpty')}</option>
                {keys.map((key) => (
                  <option key={key.keyPairId} value={key.keyPairId}>
                    {safeText(key.keyName)} ({key.keyType})
                  </option>
                ))}
              </select>
            </label>
            <label className="choice">
              <input type="checkbox" checked={forwardAgent} onChange={(event) => setForwardAgent(event.target.checked)} />
              <span>
                {t('signIn.forwardAsk')}
                <span className="note block">{t('signIn.forwardAskNote')}</span>
              </span>
            </label>
          </>
        )}
      </form>
    </Dialog>
  );
}

/** Why the services propose no route of a kind. */
function notThere(kind: RouteKind) {
  switch (kind) {
    case 'jump':
      return 'routes.notThere.jump';
    case 'eice':
      return 'routes.notThere.eice';
    case 'serial':
      return 'routes.notThere.serial';
    default:
      return 'routes.notThere.other';
  }
}
