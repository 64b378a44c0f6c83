/** What OpenSSH's files come to for a host: what is set and where, what Postern does not follow, and the defaults. */
import { useEffect, useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { toPosternError } from '../../contract/error.ts';
import type { ErrorReport } from '../../contract/error.ts';
import type { ResolvedConfig } from '../../contract/sshConfig.ts';
import { listText } from '../i18n/locale.ts';
import { useSaid } from '../i18n/said.ts';
import { safeText } from '../ui/safeText.ts';
import { ErrorNote } from './ErrorNote.tsx';

export type ReadConfig = (hostId: string) => Promise<ResolvedConfig | undefined>;

export type ConfigState = { readonly name: 'reading' } | { readonly name: 'read'; readonly config: ResolvedConfig | undefined } | { readonly name: 'failed'; readonly error: ErrorReport };

/** Read again when the files or the link are others. */
export function useResolvedConfig(read: ReadConfig, hostId: string, files: unknown, linkGeneration: number): ConfigState {
  const [state, setState] = useState<{ readonly hostId: string; readonly value: ConfigState }>();
  useEffect(() => {
    // Before the first link nobody can answer.
    if (linkGeneration === 0) return undefined;
    let current = true;
    const show = (value: ConfigState): void => {
      if (current) setState({ hostId, value });
    };
    read(hostId).then(
      (config) => show({ name: 'read', config }),
      (thrown: unknown) => show({ name: 'failed', error: toPosternError(thrown).toReport() }),
    );
    return () => {
      current = false;
    };
  }, [read, hostId, files, linkGeneration]);
  return state?.hostId === hostId ? state.value : { name: 'reading' };
}

export function SshConfigFacts({ state }: { readonly state: ConfigState }) {
  const { t } = useTranslation();
  const said = useSaid();
  if (state.name === 'reading') return <p className="note">{t('sshConfig.reading')}</p>;
  if (state.name === 'failed') return <ErrorNote error={state.error} />;
  const { config } = state;
  if (config === undefined) return undefined;
  const set = config.values.filter(({ file }) => file !== undefined);
  const defaults = config.values.filter(({ file }) => file === undefined);
  const where = (file: string, line: number | undefined): string => (line === undefined ? safeText(file) : line === 0 ? t('sshConfig.option') : t('sshConfig.line', { file: safeText(file), line }));
  return (
    <div className="ssh-config">
      <Listed title={t('sshConfig.errors')} alarm rows={config.errors.map(({ message, file, line }) => [safeText(said(message)), where(file, line)])} />
      <Listed title={t('sshConfig.unsupported')} rows={config.unsupported.map(({ keyword, value, file, line }) => [`${safeText(keyword)} ${safeText(value)}`, where(file, line)])} />
      <Listed title={t('sshConfig.commands')} rows={config.commandsNotRun.map(({ command, file, line }) => [safeText(command), where(file, line)])} />
      {config.weakAlgorithms.length === 0 ? undefined : <p className="note warning">{t('sshConfig.weak', { names: listText(config.weakAlgorithms.map(safeText)) })}</p>}
      <ValueTable label={t('sshConfig.section')}>
        {set.map(({ keyword, value, file = '', line }, index) => (
          <ValueRow key={`${keyword}-${index}`} keyword={keyword} value={value} where={where(file, line)} />
        ))}
      </ValueTable>
      <details>
        <summary>{t('sshConfig.defaults')}</summary>
        <ValueTable label={t('sshConfig.defaults')}>
          {defaults.map(({ keyword, value }, index) => (
            <ValueRow key={`${keyword}-${index}`} keyword={keyword} value={value} />
          ))}
        </ValueTable>
      </details>
    </div>
  );
}

function ValueTable({ label, children }: { readonly label: string; readonly children: ReactNode }) {
  const { t } = useTranslation();
  return (
    <table className="config-values" aria-label={label}>
      <thead className="visually-hidden">
        <tr>
          <th scope="col">{t('sshConfig.keyword')}</th>
          <th scope="col">{t('sshConfig.value')}</th>
        </tr>
      </thead>
      <tbody>{children}</tbody>
    </table>
  );
}

function ValueRow({ keyword, value, where }: { readonly keyword: string; readonly value: string; readonly where?: string }) {
  return (
    <tr>
      <th scope="row">{safeText(keyword)}</th>
      <td>
        <span className="mono">{safeText(value)}</span>
        {where === undefined ? undefined : <span className="note block">{where}</span>}
      </td>
    </tr>
  );
}

interface ListedProps {
  readonly title: string;
  readonly alarm?: boolean;
  /** What, and where it stands. */
  readonly rows: readonly (readonly [string, string])[];
}

function Listed({ title, rows, alarm = false }: ListedProps) {
  if (rows.length === 0) return undefined;
  return (
    <section className={alarm ? 'config-notes alarm' : 'config-notes'} aria-label={title}>
      <h3>
        <span aria-hidden="true">{alarm ? '▲' : '△'}</span> {title}
      </h3>
      <ul>
        {rows.map(([what, where], index) => (
          <li key={index}>
            <span className="mono">{what}</span>
            <span className="note block">{where}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}
