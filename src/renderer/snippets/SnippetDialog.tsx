/** Asks for a snippet's values and shows exactly what will be sent. */
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { listText } from '../i18n/locale.ts';
import type { Snippet } from '../../contract/snippet.ts';
import { Button } from '../ui/Button.tsx';
import { Dialog } from '../ui/Dialog.tsx';
import { safeLines, safeText } from '../ui/safeText.ts';
import { expandSnippet, parametersOf, type Expansion, type SnippetParameter } from './snippetText.ts';
import './snippets.css';

export type SnippetReceivers = 'tab' | 'group';

export interface SnippetDialogProps {
  readonly snippet: Snippet;
  /** What the tab is called. */
  readonly tabName: string;
  /** Absent: no broadcast is on. */
  readonly groupNames: readonly string[] | undefined;
  /** Names of production among those who may receive it. */
  readonly productionNames: readonly string[];
  /** @returns why nothing was sent; then the dialog stays, with its values */
  readonly onSend: (text: string, to: SnippetReceivers) => string | undefined;
  readonly onClose: () => void;
}

export function SnippetDialog({ snippet, tabName, groupNames, productionNames, onSend, onClose }: SnippetDialogProps) {
  const { t } = useTranslation();
  const parameters = parametersOf(snippet);
  const [values, setValues] = useState<Readonly<Record<string, string>>>(() => Object.fromEntries(parameters.map(({ name, initial }) => [name, initial])));
  const [quoted, setQuoted] = useState<ReadonlySet<string>>(new Set());
  const [to, setTo] = useState<SnippetReceivers>(groupNames === undefined ? 'tab' : 'group');
  const [unsent, setUnsent] = useState<string>();
  const expansion = expandSnippet(snippet, values, quoted);
  const ready = expansion.problems.size === 0 && expansion.text !== '';
  const send = (): void => {
    if (ready) setUnsent(onSend(expansion.text, to));
  };
  return (
    <Dialog
      title={safeText(snippet.name)}
      wide
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>{t('common.cancel')}</Button>
          <Button look="primary" data-autofocus={parameters.length === 0 ? true : undefined} disabled={!ready} onClick={send}>
            {t(snippet.enter ? 'snippets.sendEnter' : 'snippets.send')}
          </Button>
        </>
      }
    >
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          send();
        }}
      >
        {snippet.description === undefined ? undefined : <p>{safeText(snippet.description)}</p>}
        {parameters.map((parameter, index) => (
          <ParameterField
            key={parameter.name}
            parameter={parameter}
            first={index === 0}
            value={values[parameter.name] ?? ''}
            expansion={expansion}
            quoted={quoted.has(parameter.name)}
            onValue={(value) => setValues({ ...values, [parameter.name]: value })}
            onQuoted={(on) => setQuoted(new Set(on ? [...quoted, parameter.name] : [...quoted].filter((name) => name !== parameter.name)))}
          />
        ))}
        <div className="field">
          {t('snippets.exactly')}
          <pre className="paste-preview snippet-preview" tabIndex={0} aria-label={t('snippets.exactly')} data-testid="snippet-preview">
            {safeLines(expansion.text)}
            {snippet.enter ? <span className="snippet-enter">⏎</span> : undefined}
          </pre>
        </div>
        {groupNames === undefined ? (
          <p className="note">
            {t('snippets.to')}: {t('snippets.toTab', { name: tabName })}
          </p>
        ) : (
          <fieldset>
            <legend>{t('snippets.to')}</legend>
            <Receivers value="group" chosen={to} label={t('snippets.toGroup', { count: groupNames.length, names: listText(groupNames) })} onChoose={setTo} />
            <Receivers value="tab" chosen={to} label={t('snippets.toTab', { name: tabName })} onChoose={setTo} />
          </fieldset>
        )}
        {productionNames.length === 0 ? undefined : <p className="warning-note">{t('snippets.production', { names: listText(productionNames) })}</p>}
        {unsent === undefined ? undefined : (
          <p className="warning-note" role="alert">
            {unsent}
          </p>
        )}
        {/* Enter in a field sends. */}
        <button type="submit" hidden />
      </form>
    </Dialog>
  );
}

function Receivers({ value, chosen, label, onChoose }: { readonly value: SnippetReceivers; readonly chosen: SnippetReceivers; readonly label: string; readonly onChoose: (value: SnippetReceivers) => void }) {
  return (
    <label className="choice">
      <input type="radio" name="receivers" checked={chosen === value} onChange={() => onChoose(value)} />
      <span>{label}</span>
    </label>
  );
}

interface ParameterFieldProps {
  readonly parameter: SnippetParameter;
  readonly first: boolean;
  readonly value: string;
  readonly expansion: Expansion;
  readonly quoted: boolean;
  readonly onValue: (value: string) => void;
  readonly onQuoted: (quoted: boolean) => void;
}

function ParameterField({ parameter: { name, choices, quoted: always }, first, value, expansion, quoted, onValue, onQuoted }: ParameterFieldProps) {
  const { t } = useTranslation();
  const problem = expansion.problems.get(name);
  const id = `snippet-${name}`;
  return (
    <div className="field">
      <label htmlFor={id}>{name}</label>
      {choices.length === 0 ? (
        <input id={id} data-autofocus={first ? true : undefined} value={value} spellCheck={false} autoComplete="off" aria-invalid={problem !== undefined} aria-describedby={problem === undefined ? undefined : `${id}-problem`} onChange={({ target }) => onValue(target.value)} />
      ) : (
        <select id={id} data-autofocus={first ? true : undefined} value={value} onChange={({ target }) => onValue(target.value)}>
          {[...new Set([value, ...choices])].map((choice) => (
            <option key={choice} value={choice}>
              {safeText(choice)}
            </option>
          ))}
        </select>
      )}
      {always ? <span className="note">{t('snippets.quoted')}</span> : undefined}
      {!always && (quoted || expansion.bare.has(name)) ? (
        <label className="choice note">
          <input type="checkbox" checked={quoted} onChange={({ target }) => onQuoted(target.checked)} />
          <span>{t('snippets.quote')}</span>
        </label>
      ) : undefined}
      {problem === undefined ? undefined : (
        <p id={`${id}-problem`} className="warning-note" role="alert">
          {t(`snippets.problem.${problem}`)}
        </p>
      )}
    </div>
  );
}
