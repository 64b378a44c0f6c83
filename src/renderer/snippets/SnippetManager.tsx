/** All snippets: add, change, delete. They are exported and imported with the settings. */
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Snippet } from '../../contract/snippet.ts';
import { Button } from '../ui/Button.tsx';
import { safeText } from '../ui/safeText.ts';
import { SnippetEditor } from './SnippetEditor.tsx';
import './snippets.css';

export interface SnippetManagerProps {
  readonly snippets: readonly Snippet[];
  readonly onChange: (snippets: Snippet[]) => void;
}

/** `at`: its place in the list; -1 is a new one. */
type Open = { readonly kind: 'edit' | 'delete'; readonly at: number };

export function SnippetManager({ snippets, onChange }: SnippetManagerProps) {
  const { t } = useTranslation();
  const [open, setOpen] = useState<Open>();
  if (open?.kind === 'edit') {
    const edited = snippets[open.at];
    return (
      <SnippetEditor
        snippet={edited}
        taken={snippets.filter((one) => one !== edited).map(({ name }) => name)}
        onCancel={() => setOpen(undefined)}
        onSave={(snippet) => {
          setOpen(undefined);
          onChange(edited === undefined ? [...snippets, snippet] : snippets.map((one) => (one === edited ? snippet : one)));
        }}
      />
    );
  }
  return (
    <div className="stack">
      <div className="row-buttons">
        <Button look="primary" data-autofocus onClick={() => setOpen({ kind: 'edit', at: -1 })}>
          {t('snippets.add')}
        </Button>
        <span className="note">{t('snippets.noSecrets')}</span>
      </div>
      {snippets.length === 0 ? <p className="note">{t('snippets.none')}</p> : undefined}
      <ul className="snippet-list" aria-label={t('snippets.title')}>
        {snippets.map((snippet, at) => (
          <li key={snippet.name}>
            <div>
              <strong>{safeText(snippet.name)}</strong>
              {snippet.description === undefined ? undefined : <span className="note"> {safeText(snippet.description)}</span>}
              <code>{safeText(snippet.text.split('\n')[0] ?? '')}</code>
            </div>
            {open?.kind === 'delete' && open.at === at ? (
              <div className="row-buttons">
                <Button
                  look="danger"
                  autoFocus
                  onClick={() => {
                    setOpen(undefined);
                    onChange(snippets.filter((one) => one !== snippet));
                  }}
                >
                  {t('snippets.deleteNow')}
                </Button>
                <Button onClick={() => setOpen(undefined)}>{t('common.cancel')}</Button>
              </div>
            ) : (
              <div className="row-buttons">
                <Button look="quiet" aria-label={t('snippets.editNamed', { name: safeText(snippet.name) })} onClick={() => setOpen({ kind: 'edit', at })}>
                  {t('snippets.edit')}
                </Button>
                <Button look="quiet" aria-label={t('snippets.deleteNamed', { name: safeText(snippet.name) })} onClick={() => setOpen({ kind: 'delete', at })}>
                  {t('snippets.delete')}
                </Button>
              </div>
            )}
          </li>
        ))}
      </ul>
    </div>
  );
}
