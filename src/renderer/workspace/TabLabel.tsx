/** What a tab says: state, account, name, what the shell calls itself, and what happened in it while it was hidden. */
import type { TFunction } from 'i18next';
import { useTranslation } from 'react-i18next';
import type { AccountMark } from '../../contract/account.ts';
import type { TerminalSession } from '../../contract/session.ts';
import { LOCAL_SHELL_ID } from '../../contract/workspace.ts';
import { listText } from '../i18n/locale.ts';
import { RecordingChip } from '../recording/RecordingMark.tsx';
import { TabLimit } from '../panels/SessionLimits.tsx';
import { routeKindLabel, routeKindShort } from '../state/routeHint.ts';
import type { Tab } from '../state/tabs.ts';
import { safeText } from '../ui/safeText.ts';
import { shellTitleOf, stateMark, tabName } from './tabText.ts';

export interface TabLabelProps {
  readonly tab: Tab;
  readonly session: TerminalSession | undefined;
  /** How the account of the tab is shown. */
  readonly mark: AccountMark | undefined;
}

export function TabLabel({ tab, session, mark }: TabLabelProps) {
  const { t } = useTranslation();
  const state = session?.state.name ?? 'closed';
  const shellTitle = shellTitleOf(tab, session);
  return (
    <>
      <span className={`tab-state ${state}`} aria-hidden="true">
        {tab.instanceId === LOCAL_SHELL_ID && state === 'connected' ? '›_' : stateMark(state)}
      </span>
      {mark?.colour === undefined ? undefined : <span className="account-swatch" title={safeText(mark.label ?? '')} aria-hidden="true" />}
      <span className="tab-name">{tabName(tab, session)}</span> {shellTitle === undefined ? undefined : <span className="tab-shell-title">{shellTitle}</span>}{' '}
      {mark?.production === true ? <span className="production-mark">{t('accounts.productionMark')}</span> : undefined} <RouteChip session={session} /> <WeakChip session={session} /> <RecordingChip recording={session?.recording} />{' '}
      <TabLimit session={session} />
      {tab.mark === undefined ? undefined : (
        <span className={`tab-happened ${tab.mark}`} title={t(`workspace.${tab.mark}`)} aria-hidden="true">
          {tab.mark === 'bell' ? '♪' : '•'}
        </span>
      )}
    </>
  );
}

/** The words of a tab behind its name, in the order in which they are drawn. */
export function chipWords(session: TerminalSession | undefined, mark: AccountMark | undefined, t: TFunction): (string | undefined)[] {
  const kind = session?.route?.kind;
  return [
    mark?.production === true ? t('accounts.productionMark') : undefined,
    kind === undefined || kind === 'direct' ? undefined : routeKindShort(kind),
    session?.weakAlgorithms === undefined ? undefined : t('hostSsh.weakMark'),
    session?.recording === undefined ? undefined : t(`recording.chip.${session.recording.state}`),
  ];
}

/** Which tabs go through Session Manager: those have its limits. */
function RouteChip({ session }: { readonly session: TerminalSession | undefined }) {
  const kind = session?.route?.kind;
  if (kind === undefined || kind === 'direct') return undefined;
  return (
    <span className={`route-chip ${kind}`} title={routeKindLabel(kind)}>
      {routeKindShort(kind)}
    </span>
  );
}

/** A mark that stays: this connection uses what is no longer safe. */
function WeakChip({ session }: { readonly session: TerminalSession | undefined }) {
  const { t } = useTranslation();
  const names = session?.weakAlgorithms;
  if (names === undefined) return undefined;
  const title = t('hostSsh.weakInUse', { names: listText(names.map(safeText)) });
  return (
    <span className="weak-chip" title={title} aria-label={title}>
      {t('hostSsh.weakMark')}
    </span>
  );
}
