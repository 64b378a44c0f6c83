/** The form of one snippet. */
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Snippet } from '../../contract/snippet.ts';
import { Button } from '../ui/Button.tsx';
import { emptyForm, fromForm, toForm, type FormProblem, type SnippetField, type SnippetForm } from './snippetForm.ts';
import { parametersOf } from './snippetText.ts';

export interface SnippetEditorProps {
  /** Absent: a new one. */
  readonly snippet: Snippet | undefined;
  /** Names of the others. */
  readonly taken: readonly string[];
  readonly onSave: (snippet: Snippet) => void;
  readonly onCancel: () => void;
}

export function SnippetEditor({ snippet, taken, onSave, onCancel }: SnippetEditorProps) {
  const { t } = useTranslation();
  const [form, setForm] = useState<SnippetForm>(snippet === undefined ? emptyForm : toForm(snippet));
  const [problem, setProblem] = useState<FormProblem>();
  const change = (next: Partial<SnippetForm>): void => {
    setForm({ ...form, ...next });
    setProblem(undefined);
  };
  const save = (): void => {
    const result = fromForm(form, taken);
    if ('snippet' in result) onSave(result.snippet);
    else setProblem(result);
  };
  const problemOf = (field: SnippetField) =>
    problem?.field === field ? (
      <span className="warning-note" role="alert">
        {problem.problem === 'taken' ? t('snippets.form.taken') : t(`snippets.form.invalid.${field}`)}
      </span>
    ) : undefined;
  const parameters = parametersOf({ text: form.text });
  return (
    <form
      className="stack snippet-editor"
      onSubmit={(event) => {
        event.preventDefault();
        save();
      }}
    >
      <p className="warning-note">{t('snippets.noSecrets')}</p>
      <label className="field">
        {t('snippets.form.name')}
        <input value={form.name} autoFocus data-autofocus autoComplete="off" maxLength={80} onChange={({ target }) => change({ name: target.value })} />
        {problemOf('name')}
      </label>
      <label className="field">
        {t('snippets.form.text')}
        <textarea className="mono" rows={Math.min(12, Math.max(3, form.text.split('\n').length + 1))} spellCheck={false} value={form.text} onChange={({ target }) => change({ text: target.value })} />
        <span className="note">{t('snippets.form.textNote', { one: '{{name}}', two: '{{name:default}}', three: '{{name|sh}}' })}</span>
        {problemOf('text')}
      </label>
      {parameters.map(({ name }) => (
        <label key={name} className="field">
          {t('snippets.form.choices', { parameter: name })}
          <input value={(form.choices[name] ?? '').replaceAll('\n', ', ')} autoComplete="off" placeholder={t('snippets.form.choicesHint')} onChange={({ target }) => change({ choices: { ...form.choices, [name]: target.value } })} />
        </label>
      ))}
      {problemOf('choices')}
      <label className="field">
        {t('snippets.form.description')}
        <input value={form.description} maxLength={300} autoComplete="off" onChange={({ target }) => change({ description: target.value })} />
      </label>
      <fieldset className="stack">
        <legend>{t('snippets.form.offered')}</legend>
        <p className="note">{t('snippets.form.offeredNote')}</p>
        <div className="snippet-offered">
          {(['hosts', 'tags', 'accounts'] as const).map((field) => (
            <label key={field} className="field">
              {t(`snippets.form.${field}`)}
              <textarea rows={2} className="mono" spellCheck={false} placeholder={t(`snippets.form.${field}Hint`)} value={form[field]} onChange={({ target }) => change({ [field]: target.value })} />
              {problemOf(field)}
            </label>
          ))}
        </div>
      </fieldset>
      <label className="choice">
        <input type="checkbox" checked={form.enter} onChange={({ target }) => change({ enter: target.checked })} />
        <span>{t('snippets.form.enter')}</span>
      </label>
      <label className="choice">
        <input type="checkbox" checked={form.confirm} onChange={({ target }) => change({ confirm: target.checked })} />
        <span>{t('snippets.form.confirm')}</span>
      </label>
      <div className="row-buttons">
        <Button look="primary" type="submit">
          {t('snippets.form.save')}
        </Button>
        <Button onClick={onCancel}>{t('common.cancel')}</Button>
      </div>
    </form>
  );
}
