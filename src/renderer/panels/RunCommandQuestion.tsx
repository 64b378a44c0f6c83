/** Asks before a command of ~/.ssh/config runs for the first time. The command is text of a file: shown, never interpreted. */
import type { FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import type { Answer, Question } from '../../contract/session.ts';
import { useSaid } from '../i18n/said.ts';
import { Button } from '../ui/Button.tsx';
import { safeText } from '../ui/safeText.ts';

export interface RunCommandQuestionProps {
  readonly question: Extract<Question, { kind: 'run-command' }>;
  readonly onReply: (reply: Answer['reply']) => void;
}

export function RunCommandQuestion({ question, onReply }: RunCommandQuestionProps) {
  const { t } = useTranslation();
  const said = useSaid();
  const handleSubmit = (event: FormEvent): void => {
    event.preventDefault();
    onReply({ kind: 'run-command', allow: true });
  };
  const host = safeText(question.host);
  return (
    <form className="question" aria-label={t('sshConfig.runTitle')} onSubmit={handleSubmit} data-testid="question">
      <h2>{t('sshConfig.runTitle')}</h2>
      <p>{t(question.purpose === 'proxy-command' ? 'sshConfig.runProxy' : 'sshConfig.runMatch', { host })}</p>
      <pre className="command">{safeText(question.command)}</pre>
      {question.place === undefined ? undefined : <p className="note mono">{safeText(said(question.place))}</p>}
      <p className="note">{t('sshConfig.runNote')}</p>
      <div className="row-buttons">
        <Button type="submit" look="primary">
          {t('sshConfig.run')}
        </Button>
        <Button data-autofocus onClick={() => onReply({ kind: 'run-command', allow: false })}>
          {t('sshConfig.runNot')}
        </Button>
      </div>
    </form>
  );
}
