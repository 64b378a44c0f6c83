/** The page when it was opened without the address that `postern serve` printed. */
import { useTranslation } from 'react-i18next';
import { Filled } from '../ui/Filled.tsx';

export function NoToken() {
  const { t } = useTranslation();
  return (
    <main className="empty-state whole" data-testid="no-token">
      <h1>{t('window.noTokenTitle')}</h1>
      <p>{t('window.noTokenText')}</p>
      <pre className="example">http://127.0.0.1:…/#token=…</pre>
      <p>
        <Filled text={t('window.noTokenStart')} parts={{ start: <code>npm start</code>, serve: <code>postern serve</code> }} />
      </p>
    </main>
  );
}
