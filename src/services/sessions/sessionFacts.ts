/** What a session knows of its connection, beside its state and its steps. */
import type { LiveRecording } from '../../contract/recording.ts';
import type { Route } from '../../contract/route.ts';
import type { SessionLimits, SessionSecurity, TerminalSession } from '../../contract/session.ts';

export class SessionFacts {
  route: Route | undefined;
  osUser: string | undefined;
  limits: SessionLimits | undefined;
  security: SessionSecurity | undefined;
  agentForwarding: TerminalSession['agentForwarding'];
  roundTripMs: number | undefined;
  /** What is shown of its recording; undefined: nothing. */
  recording: LiveRecording | undefined;
  #weakAlgorithms: ReadonlySet<string> = new Set();

  /** Another way is taken: what was known of the one before means nothing. */
  choose(route: Route, osUser: string | undefined): void {
    this.route = route;
    this.osUser = osUser;
    this.limits = undefined;
    this.security = undefined;
    this.agentForwarding = undefined;
    this.#weakAlgorithms = new Set();
  }

  addWeak(names: readonly string[]): void {
    this.#weakAlgorithms = new Set([...this.#weakAlgorithms, ...names]);
  }

  /** As the window sees them; absent means absent. A session that is over has no limits any more. */
  shown(ended: boolean): Partial<TerminalSession> {
    return {
      ...(this.osUser === undefined ? {} : { osUser: this.osUser }),
      ...(this.route === undefined ? {} : { route: this.route }),
      ...(this.roundTripMs === undefined ? {} : { roundTripMs: this.roundTripMs }),
      ...(this.limits === undefined || ended ? {} : { limits: this.limits }),
      ...(this.security === undefined ? {} : { security: this.security }),
      ...(this.#weakAlgorithms.size === 0 ? {} : { weakAlgorithms: [...this.#weakAlgorithms] }),
      ...(this.agentForwarding === undefined ? {} : { agentForwarding: this.agentForwarding }),
      ...(this.recording === undefined ? {} : { recording: this.recording }),
    };
  }
}
