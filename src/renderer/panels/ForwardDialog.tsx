/** Asks what a tunnel leads to and where it listens, and opens it. */
import { useTranslation } from 'react-i18next';
import { useRef, useState, type FormEvent } from 'react';
import type { OpenForward } from '../../contract/forward.ts';
import type { Instance } from '../../contract/instance.ts';
import { forwardDoubt, isSocketPath, letsOthersIn, newForwardForm, toOpenForward, type ForwardForm } from '../state/forwardForm.ts';
import { Button } from '../ui/Button.tsx';
import { Dialog } from '../ui/Dialog.tsx';
import { Icon } from '../ui/Icon.tsx';
import { ErrorNote } from './ErrorNote.tsx';
import { InstancePicker } from './InstancePicker.tsx';
import { stateWord } from './StateDot.tsx';
import { useSubmit } from './useSubmit.ts';

export interface ForwardDialogProps {
  readonly instances: ReadonlyMap<string, Instance>;
  /** Chosen before the dialog opened: the host that is selected, or the one of the tunnel to change. */
  readonly instance: Instance | undefined;
  readonly initial?: ForwardForm;
  readonly onOpen: (input: OpenForward) => Promise<unknown>;
  readonly onClose: () => void;
}

export function ForwardDialog({ instances, instance: preset, initial = newForwardForm, onOpen, onClose }: ForwardDialogProps) {
  const { t } = useTranslation();
  const [instance, setInstance] = useState(preset);
  const [form, setForm] = useState(initial);
  const remotePort = useRef<HTMLInputElement>(null);
  const submit = useSubmit();
  const change = (next: Partial<ForwardForm>): void => setForm({ ...form, ...next });
  const doubt = instance === undefined ? undefined : forwardDoubt(instance);
  const handleSubmit = (event: FormEvent): void => {
    event.preventDefault();
    if (instance !== undefined) submit.run(() => onOpen(toOpenForward(instance.instanceId, form)), onClose);
  };
  return (
    <Dialog
      title={t('tunnels.formTitle')}
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>{t('common.cancel')}</Button>
          <Button type="submit" form="forward-form" look="primary" disabled={submit.busy || instance === undefined}>
            {t('tunnels.open')}
          </Button>
        </>
      }
    >
      <form id="forward-form" className="stack" onSubmit={handleSubmit}>
        <InstancePicker
          instances={instances}
          chosen={instance}
          onChoose={(chosen) => {
            setInstance(chosen);
            if (chosen !== undefined) remotePort.current?.focus();
          }}
        />
        {doubt === undefined ? undefined : <Warning>{t(doubts[doubt], { state: stateWord(instance?.state ?? '') })}</Warning>}
        <div className="field-row">
          <label className="field port">
            {t('tunnels.remotePort')}
            <input ref={remotePort} data-autofocus={instance === undefined ? undefined : true} type="number" required min={1} max={65_535} value={form.remotePort} onChange={(event) => change({ remotePort: event.target.value })} />
          </label>
          <label className="field">
            {t('tunnels.remoteHost')}
            <input
              value={form.remoteHost}
              placeholder={t('tunnels.remoteHostEmpty')}
              spellCheck={false}
              autoComplete="off"
              minLength={3}
              maxLength={253}
              pattern="[A-Za-z0-9.:_\-]+"
              title={t('tunnels.remoteHostTitle')}
              onChange={(event) => change({ remoteHost: event.target.value })}
            />
          </label>
        </div>
        <p className="note">{t('tunnels.remoteHostNote')}</p>
        <div className="field-row">
          <label className="field port">
            {t('tunnels.localPort')}
            <input type="number" min={0} max={65_535} placeholder={t('tunnels.localPortEmpty')} disabled={isSocketPath(form.localAddress)} value={form.localPort} onChange={(event) => change({ localPort: event.target.value })} />
          </label>
          <label className="field">
            {t('tunnels.localAddress')}
            <input value={form.localAddress} spellCheck={false} autoComplete="off" maxLength={100} title={t('tunnels.localAddressTitle')} onChange={(event) => change({ localAddress: event.target.value })} />
          </label>
        </div>
        {letsOthersIn(form.localAddress) ? <Warning>{t('tunnels.letsOthersIn')}</Warning> : undefined}
        <div className="field-row">
          <label className="field sessions">
            {t('tunnels.sessions')}
            <input type="number" required min={1} max={8} aria-describedby="sessions-note" value={form.sessions} onChange={(event) => change({ sessions: event.target.value })} />
          </label>
          <p className="note" id="sessions-note">
            {t('tunnels.sessionsNote')}
          </p>
        </div>
        {submit.error === undefined ? undefined : <ErrorNote error={submit.error} />}
      </form>
    </Dialog>
  );
}

const doubts = { 'not-running': 'tunnels.doubtNotRunning', 'not-registered': 'tunnels.doubtNotRegistered', silent: 'tunnels.doubtSilent' } as const;

function Warning({ children }: { readonly children: string }) {
  return (
    <p className="warning-note" role="status">
      <Icon name="warning" /> <span>{children}</span>
    </p>
  );
}
