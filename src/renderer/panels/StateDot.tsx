/** The state of an instance as a shape, so that it can be read without colour. */
import type { Instance } from '../../contract/instance.ts';
import { en } from '../i18n/en.ts';
import { i18n } from '../i18n/i18n.ts';
import { repeated } from '../i18n/repeated.ts';
import { safeText } from '../ui/safeText.ts';

export type DotShape = 'running' | 'impaired' | 'changing' | 'stopped' | 'gone' | 'unknown';

export function dotShape(instance: Pick<Instance, 'state' | 'statusChecks'>): DotShape {
  switch (instance.state) {
    case 'running':
      return isImpaired(instance) ? 'impaired' : 'running';
    case 'pending':
    case 'stopping':
    case 'shutting-down':
      return 'changing';
    case 'stopped':
      return 'stopped';
    case 'terminated':
      return 'gone';
    default:
      return 'unknown';
  }
}

function isImpaired({ statusChecks }: Pick<Instance, 'statusChecks'>): boolean {
  return statusChecks !== undefined && [statusChecks.instanceStatus, statusChecks.systemStatus, statusChecks.attachedEbsStatus].some((check) => check?.status === 'impaired');
}

type KnownState = keyof typeof en.host.state;

function isKnown(state: string): state is KnownState {
  return Object.hasOwn(en.host.state, state);
}

/** EC2's state in the window's language; one that it may add is shown as it came. */
export function stateWord(state: string): string {
  return isKnown(state) ? repeated(`state ${state}`, () => i18n.t(`host.state.${state}`)) : safeText(state);
}

/** The state in words, with a failed check named. */
export function stateText(instance: Pick<Instance, 'state' | 'statusChecks'>): string {
  const state = stateWord(instance.state);
  return isImpaired(instance) ? i18n.t('host.impaired', { state }) : state;
}

/** `2/2 checks`, or undefined when none are known. */
export function checksText({ statusChecks }: Pick<Instance, 'statusChecks'>): string | undefined {
  if (statusChecks === undefined) return undefined;
  const checks = [statusChecks.systemStatus, statusChecks.instanceStatus, ...(statusChecks.attachedEbsStatus === undefined ? [] : [statusChecks.attachedEbsStatus])];
  return i18n.t('host.checks', { passed: checks.filter((check) => check.status === 'ok').length, all: checks.length });
}

export function StateDot({ instance }: { readonly instance: Pick<Instance, 'state' | 'statusChecks'> }) {
  const shape = dotShape(instance);
  return (
    <svg className={`state-dot ${shape}`} viewBox="0 0 12 12" role="img" aria-label={stateText(instance)}>
      {drawing(shape)}
    </svg>
  );
}

function drawing(shape: DotShape) {
  switch (shape) {
    case 'running':
      return <circle cx="6" cy="6" r="4.5" className="fill" />;
    case 'impaired':
      return <path d="M6 1 11.4 10.8H.6Z" className="fill" />;
    case 'changing':
      return (
        <>
          <circle cx="6" cy="6" r="4.25" className="line" />
          <path d="M6 2a4 4 0 0 1 0 8Z" className="fill" />
        </>
      );
    case 'stopped':
      return <rect x="2" y="2" width="8" height="8" className="line" />;
    case 'gone':
      return <path d="M2.5 2.5l7 7M9.5 2.5l-7 7" className="line" />;
    case 'unknown':
      return <circle cx="6" cy="6" r="4.25" className="line dashed" />;
  }
}
