/** Asks whether a host may use the person's SSH agent, and which of its keys. */
import { useState, type FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import type { Answer, Question } from '../../contract/session.ts';
import { Button } from '../ui/Button.tsx';
import { safeText } from '../ui/safeText.ts';

export interface ForwardAgentQuestionProps {
  readonly question: Extract<Question, { kind: 'forward-agent' }>;
  readonly onReply: (reply: Answer['reply']) => void;
}

export function ForwardAgentQuestion({ question, onReply }: ForwardAgentQuestionProps) {
  const { t } = useTranslation();
  const [chosen, setChosen] = useState<readonly string[]>([]);
  const handleSubmit = (event: FormEvent): void => {
    event.preventDefault();
    onReply({ kind: 'forward-agent', keyPairIds: [...chosen] });
  };
  const title = t('signIn.forwardTitle', { host: safeText(question.host) });
  return (
    <form className="question" aria-label={title} onSubmit={handleSubmit} data-testid="question">
      <h2>{title}</h2>
      <p>{t('signIn.forwardText')}</p>
      <div role="group" aria-label={t('signIn.forwardKeys')}>
        {question.keys.map(({ keyPairId, keyName, fingerprint }) => (
          <label key={keyPairId} className="choice">
            <input type="checkbox" checked={chosen.includes(keyPairId)} onChange={(event) => setChosen(event.target.checked ? [...chosen, keyPairId] : chosen.filter((id) => id !== keyPairId))} />
            <span>{safeText(keyName)}</span> <span className="note mono">{fingerprint}</span>
          </label>
        ))}
      </div>
      <div className="row-buttons">
        <Button type="submit" look="primary" disabled={chosen.length === 0}>
          {t('signIn.forwardAllow')}
        </Button>
        <Button data-autofocus onClick={() => onReply({ kind: 'forward-agent', keyPairIds: [] })}>
          {t('signIn.forwardRefuse')}
        </Button>
      </div>
    </form>
  );
}
