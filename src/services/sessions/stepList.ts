/** The steps of a connect as they are shown: what runs, what is over, and how long each took. */
import type { ConnectStep, StepName } from '../../contract/session.ts';
import type { Clock } from '../base/clock.ts';

export class StepList {
  readonly #clock: Pick<Clock, 'now'>;
  #steps: readonly ConnectStep[] = [];
  #running: StepName = 'choosing-route';
  #startedAtMs = 0;

  constructor(clock: Pick<Clock, 'now'>) {
    this.#clock = clock;
  }

  get shown(): ConnectStep[] {
    return [...this.#steps];
  }

  /** The step that began last. */
  get running(): StepName {
    return this.#running;
  }

  /** The one before is done then. The step that runs already is given the further detail. */
  begin(step: StepName, detail: string | undefined): void {
    const last = this.#steps.at(-1);
    if (last?.step === step && last.outcome === 'running') {
      this.#replaceLast({ ...last, ...(detail === undefined ? {} : { detail }) });
    } else {
      this.finish('done');
      this.#startedAtMs = this.#clock.now();
      this.#steps = [...this.#steps, { step, outcome: 'running', ...(detail === undefined ? {} : { detail }) }];
    }
    this.#running = step;
  }

  /** Where none runs, nothing changes. */
  finish(outcome: 'done' | 'failed', detail?: string): void {
    const last = this.#steps.at(-1);
    if (last?.outcome !== 'running') return;
    this.#replaceLast({ ...last, ...(detail === undefined ? {} : { detail }), outcome, durationMs: this.#clock.now() - this.#startedAtMs });
  }

  /** Shows these instead: none for a further attempt, or those of before it. */
  show(steps: readonly ConnectStep[]): void {
    this.#steps = steps;
  }

  #replaceLast(step: ConnectStep): void {
    this.#steps = [...this.#steps.slice(0, -1), step];
  }
}
