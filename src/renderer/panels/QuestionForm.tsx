/** A question of the services, asked in the tab: host key, passphrase, keyboard-interactive, which key. */
import { useState, type ReactNode, type FormEvent } from 'react';
import type { TFunction } from 'i18next';
import { useTranslation } from 'react-i18next';
import type { KeyPair } from '../../contract/key.ts';
import type { Answer, Question } from '../../contract/session.ts';
import { useSaid } from '../i18n/said.ts';
import { Button } from '../ui/Button.tsx';
import { Copyable } from '../ui/Copyable.tsx';
import { safeLines, safeText } from '../ui/safeText.ts';
import { ForwardAgentQuestion } from './ForwardAgentQuestion.tsx';
import { RunCommandQuestion } from './RunCommandQuestion.tsx';

type Reply = Answer['reply'];
type QuestionOf<K extends Question['kind']> = Extract<Question, { kind: K }>;

export interface QuestionFormProps {
  readonly question: Question;
  readonly keys: readonly KeyPair[];
  readonly onReply: (reply: Reply) => void;
  readonly onShowKeys: () => void;
}

export function QuestionForm({ question, keys, onReply, onShowKeys }: QuestionFormProps) {
  const cancel = (): void => onReply({ kind: 'cancel' });
  switch (question.kind) {
    case 'host-key':
      return <HostKeyQuestion question={question} onReply={onReply} />;
    case 'passphrase':
      return <PassphraseQuestion key={question.questionId} question={question} onReply={onReply} onCancel={cancel} />;
    case 'keyboard-interactive':
      return <PromptsQuestion key={question.questionId} question={question} onReply={onReply} onCancel={cancel} />;
    case 'choose-key':
      return <ChooseKeyQuestion key={question.questionId} question={question} keys={keys} onReply={onReply} onCancel={cancel} onShowKeys={onShowKeys} />;
    case 'forward-agent':
      return <ForwardAgentQuestion key={question.questionId} question={question} onReply={onReply} />;
    case 'run-command':
      return <RunCommandQuestion question={question} onReply={onReply} />;
  }
}

interface FrameProps {
  readonly title: string;
  readonly children: ReactNode;
  readonly onSubmit: () => void;
  readonly buttons: ReactNode;
}

function QuestionFrame({ title, children, onSubmit, buttons }: FrameProps) {
  const handleSubmit = (event: FormEvent): void => {
    event.preventDefault();
    onSubmit();
  };
  return (
    <form className="question" aria-label={title} onSubmit={handleSubmit} data-testid="question">
      <h2>{title}</h2>
      {children}
      <div className="row-buttons">{buttons}</div>
    </form>
  );
}

function HostKeyQuestion({ question, onReply }: { readonly question: QuestionOf<'host-key'>; readonly onReply: (reply: Reply) => void }) {
  const { t } = useTranslation();
  const said = useSaid();
  const because = question.unprovenBecause ?? [];
  return (
    <QuestionFrame
      title={t('hostKey.title')}
      onSubmit={() => onReply({ kind: 'host-key', accept: true })}
      buttons={
        <>
          {question.canAskHost === true ? (
            <Button look="primary" data-autofocus onClick={() => onReply({ kind: 'host-key', accept: false, askHost: true })}>
              {t('hostKey.askHost')}
            </Button>
          ) : undefined}
          <Button type="submit" look={question.canAskHost === true ? 'normal' : 'primary'}>
            {t('hostKey.trust')}
          </Button>
          <Button data-autofocus={question.canAskHost === true ? undefined : true} onClick={() => onReply({ kind: 'host-key', accept: false })}>
            {t('hostKey.refuse')}
          </Button>
        </>
      }
    >
      <p>{t('hostKey.seenFirst', { address: safeText(said(question.address)), instanceId: question.instanceId })}</p>
      <p className="fingerprint">
        <span className="note">{safeText(question.algorithm)}</span> <Copyable value={question.fingerprint} mono label={t('hostKey.fingerprint')} />
      </p>
      {because.length === 0 ? undefined : (
        <>
          <p>{t('hostKey.unproven')}</p>
          <ul className="note">
            {because.map((reason) => (
              <li key={reason}>{safeText(said(reason))}</li>
            ))}
          </ul>
        </>
      )}
      {question.canAskHost === true ? <p className="note">{t('hostKey.askHostHint')}</p> : undefined}
      <p className="note">
        {t('hostKey.compare')} <code>ssh-keygen -lf /etc/ssh/ssh_host_{hostKeyFile(question.algorithm)}_key.pub</code>
      </p>
    </QuestionFrame>
  );
}

function hostKeyFile(algorithm: string): string {
  if (algorithm.startsWith('ecdsa')) return 'ecdsa';
  return algorithm.includes('rsa') ? 'rsa' : 'ed25519';
}

interface AnsweringProps<K extends Question['kind']> {
  readonly question: QuestionOf<K>;
  readonly onReply: (reply: Reply) => void;
  readonly onCancel: () => void;
}

function PassphraseQuestion({ question, onReply, onCancel }: AnsweringProps<'passphrase'>) {
  const { t } = useTranslation();
  const said = useSaid();
  const [passphrase, setPassphrase] = useState('');
  const [remember, setRemember] = useState(false);
  return (
    <QuestionFrame
      title={t('signIn.passphraseTitle', { keyName: safeText(said(question.keyName)) })}
      onSubmit={() => onReply({ kind: 'passphrase', passphrase, ...(remember ? { remember } : {}) })}
      buttons={<AnswerButtons word={t('signIn.unlock')} onCancel={onCancel} />}
    >
      {question.attempt > 1 ? <p role="alert">{t('signIn.passphraseWrong', { attempt: question.attempt })}</p> : undefined}
      <input type="password" data-autofocus aria-label={t('signIn.passphrase')} autoComplete="off" value={passphrase} onChange={(event) => setPassphrase(event.target.value)} />
      {question.canRemember === true ? (
        <label className="choice">
          <input type="checkbox" checked={remember} onChange={(event) => setRemember(event.target.checked)} />
          <span>{t('signIn.remember')}</span>
        </label>
      ) : undefined}
    </QuestionFrame>
  );
}

function PromptsQuestion({ question, onReply, onCancel }: AnsweringProps<'keyboard-interactive'>) {
  const { t } = useTranslation();
  const said = useSaid();
  const [responses, setResponses] = useState<readonly string[]>(question.prompts.map(() => ''));
  return (
    <QuestionFrame title={promptsTitle(question, t)} onSubmit={() => onReply({ kind: 'keyboard-interactive', responses: [...responses] })} buttons={<AnswerButtons word={t('session.answer')} onCancel={onCancel} />}>
      {question.instructions === '' ? undefined : <p className="instructions">{safeLines(question.instructions)}</p>}
      {question.prompts.map(({ prompt, echo }, index) => (
        <label key={`${index}-${prompt}`} className="field">
          {safeText(said(prompt))}
          <input
            type={echo ? 'text' : 'password'}
            autoComplete="off"
            spellCheck={false}
            data-autofocus={index === 0 ? true : undefined}
            value={responses[index] ?? ''}
            onChange={(event) => setResponses(responses.map((response, at) => (at === index ? event.target.value : response)))}
          />
        </label>
      ))}
      <p className="note">{t('session.fromHost')}</p>
    </QuestionFrame>
  );
}

function promptsTitle({ name, bastion }: QuestionOf<'keyboard-interactive'>, t: TFunction): string {
  if (bastion === undefined) return name === '' ? t('session.hostAsks') : safeText(name);
  return name === '' ? t('session.bastionAsks', { bastion: safeText(bastion) }) : t('session.bastionAsksName', { bastion: safeText(bastion), name: safeText(name) });
}

function ChooseKeyQuestion({ question, keys, onReply, onCancel, onShowKeys }: AnsweringProps<'choose-key'> & { readonly keys: readonly KeyPair[]; readonly onShowKeys: () => void }) {
  const { t } = useTranslation();
  const offered = keys.filter((key) => question.keyPairIds.includes(key.keyPairId));
  const [chosen, setChosen] = useState(offered[0]?.keyPairId);
  const parts = { osUser: safeText(question.osUser), keyName: safeText(question.keyName ?? ''), bastion: safeText(question.bastion ?? '') };
  if (offered.length === 0) {
    return (
      <QuestionFrame title={t('session.noKeyTitle')} onSubmit={onShowKeys} buttons={<AnswerButtons word={t('session.openKeys')} onCancel={onCancel} />}>
        <p>{t(question.keyName === undefined ? 'session.noKey' : 'session.noKeyNamed', parts)}</p>
      </QuestionFrame>
    );
  }
  return (
    <QuestionFrame
      title={t(question.bastion === undefined ? 'session.whichKey' : 'session.whichKeyBastion', parts)}
      onSubmit={() => {
        if (chosen !== undefined) onReply({ kind: 'choose-key', keyPairId: chosen });
      }}
      buttons={<AnswerButtons word={t('session.signIn')} onCancel={onCancel} />}
    >
      <p>{t(question.keyName === undefined ? 'session.noneFits' : 'session.noneFitsNamed', parts)}</p>
      <div role="radiogroup" aria-label={t('session.key')}>
        {offered.map((key, index) => (
          <label key={key.keyPairId} className="choice">
            <input type="radio" name={question.questionId} data-autofocus={index === 0 ? true : undefined} checked={chosen === key.keyPairId} onChange={() => setChosen(key.keyPairId)} />
            <span>{safeText(key.keyName)}</span> <span className="note mono">{key.fingerprint}</span>
          </label>
        ))}
      </div>
    </QuestionFrame>
  );
}

function AnswerButtons({ word, onCancel }: { readonly word: string; readonly onCancel: () => void }) {
  const { t } = useTranslation();
  return (
    <>
      <Button type="submit" look="primary">
        {word}
      </Button>
      <Button onClick={onCancel}>{t('common.cancel')}</Button>
    </>
  );
}
