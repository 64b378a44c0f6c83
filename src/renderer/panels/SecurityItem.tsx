/** Whether the front tab's connection is safe from the quantum computers of tomorrow, and what was agreed on; and a lent agent. */
import { useTranslation } from 'react-i18next';
import type { TerminalSession } from '../../contract/session.ts';

export function SecurityItem({ session }: { readonly session: TerminalSession | undefined }) {
  const { t } = useTranslation();
  if (session?.state.name !== 'connected') return undefined;
  const { security, agentForwarding } = session;
  return (
    <>
      {security === undefined ? undefined : (
        <span
          className="status-item"
          data-testid="security"
          title={`${t('signIn.securityTitle', { kex: security.kex, hostKeyAlgorithm: security.hostKeyAlgorithm, cipher: security.cipher })}\n${t(security.postQuantum ? 'signIn.postQuantumHint' : 'signIn.notPostQuantumHint')}`}
        >
          {t(security.postQuantum ? 'signIn.postQuantum' : 'signIn.notPostQuantum')}
        </span>
      )}
      {agentForwarding === undefined ? undefined : (
        <span className="status-item" data-testid="agent-forwarding" title={t('signIn.agentRefused', { count: agentForwarding.refused })}>
          {t('signIn.agentLent', { count: agentForwarding.signatures })}
        </span>
      )}
    </>
  );
}
