/** How far away the host of the front tab is, quietly in the status bar. */
import { useTranslation } from 'react-i18next';
import type { TerminalSession } from '../../contract/session.ts';
import { hostNameOf } from '../state/names.ts';
import { safeText } from '../ui/safeText.ts';

export function RoundTripItem({ session }: { readonly session: TerminalSession | undefined }) {
  const { t } = useTranslation();
  if (session?.roundTripMs === undefined || session.state.name !== 'connected') return undefined;
  return (
    <span className="status-item" data-testid="round-trip" title={t('reconnect.roundTripTitle', { host: safeText(hostNameOf(session.instanceId, session.instanceName)) })}>
      {t('reconnect.roundTrip', { milliseconds: session.roundTripMs })}
    </span>
  );
}
