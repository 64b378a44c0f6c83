/** Opens an instance as another user, by another route, or with a chosen key. */
import { useState, type FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import type { Instance } from '../../contract/instance.ts';
import type { KeyPair } from '../../contract/key.ts';
import { routeKinds, type RouteKind } from '../../contract/route.ts';
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
      title={`Open ${safeText(instance.name ?? instance.instanceId)}`}
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" form="route-form" look="primary">
            Open
          </Button>
        </>
      }
    >
      <form id="route-form" onSubmit={handleSubmit} className="stack">
        <fieldset>
          <legend>Route</legend>
          <label className="choice">
            <input type="radio" name="route" data-autofocus checked={via === undefined} onChange={() => setVia(undefined)} />
            <span>The best one</span>
          </label>
          {routeKinds.map((kind) => {
            const best = plans.find(({ route }) => route.kind === kind);
            return (
              <label key={kind} className="choice">
                <input type="radio" name="route" checked={via === kind} onChange={() => setVia(kind)} />
                <span>
                  {best === undefined ? routeKindLabel(kind) : safeText(routeLabel(best.route))}
                  <span className="note block">{best === undefined ? (plan.name === 'ready' ? notThere(kind) : '') : safeText(best.reason)}</span>
                </span>
              </label>
            );
          })}
        </fieldset>
        {via === 'session-manager' || via === 'serial' ? (
          <p className="note">{via === 'serial' ? 'The console itself asks for a user of the system and a password.' : 'Session Manager decides the user: ssm-user, unless its preferences say otherwise.'}</p>
        ) : (
          <>
            <label className="field">
              User
              <input value={osUser} placeholder="guessed from the image" spellCheck={false} autoComplete="off" pattern={OS_USER_PATTERN} title="A user name of the host" onChange={(event) => setOsUser(event.target.value)} />
            </label>
            <label className="field">
              Key
              <select value={keyPairId} onChange={(event) => setKeyPairId(event.target.value)}>
                <option value="">the one that fits its EC2 key pair</option>
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
function notThere(kind: RouteKind): string {
  switch (kind) {
    case 'jump':
      return 'No bastion was found that lets you in and that this instance lets in.';
    case 'eice':
      return 'Its VPC has no EC2 Instance Connect Endpoint, as far as is known.';
    case 'serial':
      return 'The serial console of a running instance only.';
    default:
      return 'The instance has no address for it.';
  }
}
