/** Windows: the administrator's first password, shown for a few seconds or copied, and Remote Desktop through a tunnel. */
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Instance } from '../../../contract/instance.ts';
import type { KeyPair } from '../../../contract/key.ts';
import type { AdministratorPassword, RemoteDesktop } from '../../../contract/windowsHost.ts';
import { useSaid } from '../../i18n/said.ts';
import type { HostActionCalls } from '../../state/hostActionCalls.ts';
import { announce } from '../../ui/announce.tsx';
import { Button } from '../../ui/Button.tsx';
import { copyText } from '../../ui/copyText.ts';
import { safeText } from '../../ui/safeText.ts';
import { ErrorNote } from '../ErrorNote.tsx';
import { useSubmit } from '../useSubmit.ts';
import { clearIfStill, mayReadClipboard } from './clipboardSecret.ts';

/** Long enough to read it, short enough for who looks over a shoulder. */
const SHOWN_SECONDS = 15;
const CLIPBOARD_SECONDS = 30;

export interface WindowsSectionProps {
  readonly instance: Instance;
  readonly keys: readonly KeyPair[];
  readonly calls: Pick<HostActionCalls, 'password' | 'openRemoteDesktop'>;
}

/** Give it the instance id as its key: a password is of that one. */
export function WindowsSection({ instance, keys, calls }: WindowsSectionProps) {
  const { t } = useTranslation();
  const said = useSaid();
  const { instanceId, keyName } = instance;
  const [keyPairId, setKeyPairId] = useState('');
  const [answer, setAnswer] = useState<AdministratorPassword>();
  const [desktop, setDesktop] = useState<RemoteDesktop>();
  const reading = useSubmit();
  const opening = useSubmit();
  const usable = keys.filter(({ keyType, origin }) => keyType === 'rsa' && origin !== 'agent');
  const read = (): void => reading.run(async () => setAnswer(await calls.password(instanceId, keyPairId === '' ? undefined : keyPairId)), () => undefined);
  return (
    <div className="stack windows-section">
      {keyName === undefined ? (
        <p className="note">{t('hostActions.withoutKey')}</p>
      ) : answer?.kind === 'password' ? (
        <ShownPassword answer={answer} onHide={() => setAnswer(undefined)} />
      ) : (
        <>
          <p className="note">{t('hostActions.passwordHint', { keyName: safeText(keyName) })}</p>
          <div className="row-buttons">
            <Button disabled={reading.busy} onClick={read}>
              {t(reading.busy ? 'hostActions.readingPassword' : 'hostActions.readPassword')}
            </Button>
            <label className="note">
              {t('hostActions.keyToUse')}{' '}
              <select value={keyPairId} onChange={(event) => setKeyPairId(event.target.value)}>
                <option value="">{t('hostActions.launchKey')}</option>
                {usable.map((key) => (
                  <option key={key.keyPairId} value={key.keyPairId}>
                    {safeText(key.keyName)}
                  </option>
                ))}
              </select>
            </label>
          </div>
          {answer?.kind === 'not-yet' ? <p role="status">{safeText(said(answer.message))}</p> : undefined}
        </>
      )}
      {reading.error === undefined ? undefined : <ErrorNote error={reading.error} />}
      <div className="row-buttons">
        <Button disabled={opening.busy} onClick={() => opening.run(async () => setDesktop(await calls.openRemoteDesktop(instanceId)), () => undefined)}>
          {t(opening.busy ? 'hostActions.openingDesktop' : 'hostActions.openDesktop')}
        </Button>
        {desktop === undefined || desktop.opened ? undefined : <Button onClick={() => download(desktop.rdpFile, `${instanceId}.rdp`)}>{t('hostActions.rdpFile')}</Button>}
      </div>
      {desktop === undefined ? undefined : <p role="status">{t(desktop.opened ? 'hostActions.desktopOpened' : 'hostActions.desktopAddress', { address: desktop.address })}</p>}
      {opening.error === undefined ? undefined : <ErrorNote error={opening.error} />}
    </div>
  );
}

function ShownPassword({ answer, onHide }: { readonly answer: Extract<AdministratorPassword, { kind: 'password' }>; readonly onHide: () => void }) {
  const { t } = useTranslation();
  const [leftSeconds, setLeftSeconds] = useState(SHOWN_SECONDS);
  useEffect(() => {
    const timer = setTimeout(() => (leftSeconds <= 1 ? onHide() : setLeftSeconds(leftSeconds - 1)), 1000);
    return () => clearTimeout(timer);
  }, [leftSeconds, onHide]);
  const copy = async (): Promise<void> => {
    if (!(await copyText(answer.password))) return;
    const clears = await mayReadClipboard();
    announce(clears ? t('hostActions.copiedCleared', { count: CLIPBOARD_SECONDS }) : t('hostActions.copiedStays'));
    if (clears) setTimeout(() => void clearIfStill(answer.password), CLIPBOARD_SECONDS * 1000);
  };
  return (
    <>
      <dl className="facts">
        <div className="fact">
          <dt>{t('hostActions.userName')}</dt>
          <dd>{safeText(answer.userName)}</dd>
        </div>
        <div className="fact">
          <dt>{t('hostActions.password')}</dt>
          <dd className="mono shown-password">{safeText(answer.password)}</dd>
        </div>
      </dl>
      <div className="row-buttons">
        <Button onClick={() => void copy()}>{t('hostActions.copyPassword')}</Button>
        <Button look="quiet" onClick={onHide}>
          {t('hostActions.hide')}
        </Button>
        <span className="note">{t('hostActions.hidesIn', { count: leftSeconds })}</span>
      </div>
    </>
  );
}

function download(contents: string, name: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([contents], { type: 'application/x-rdp' }));
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}
