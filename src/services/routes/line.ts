/**
 * What goes on below a connection while it carries bytes: the line under it drops and comes back, and it will end by itself.
 *
 * A line belongs to whatever runs over it (a transport, the SSH connection over that), and those who share that follow it together.
 */
import type { SessionLimits } from '../../contract/session.ts';

export interface LineFollower {
  onResuming(reason: string): void;
  onResumed(): void;
  onLimits(limits: SessionLimits): void;
  /** What the far side has to say to the person. As it came: not safe to print. */
  onMessage(text: string): void;
}

/** Whether the line showed within so many milliseconds that it lives; false: it did not, and is being brought back. Never rejects. */
export type LineCheck = (withinMs: number) => Promise<boolean>;

export class Line implements LineFollower {
  readonly #followers = new Set<LineFollower>();
  #reason: string | undefined;
  #limits: SessionLimits | undefined;
  #message: string | undefined;
  #check: LineCheck | undefined;

  /** Dropped, and being brought back. */
  get isDown(): boolean {
    return this.#reason !== undefined;
  }

  onResuming(reason: string): void {
    this.#reason = reason;
    for (const follower of this.#followers) follower.onResuming(reason);
  }

  onResumed(): void {
    this.#reason = undefined;
    for (const follower of this.#followers) follower.onResumed();
  }

  onLimits(limits: SessionLimits): void {
    this.#limits = limits;
    for (const follower of this.#followers) follower.onLimits(limits);
  }

  onMessage(text: string): void {
    this.#message = text;
    for (const follower of this.#followers) follower.onMessage(text);
  }

  /** Said by what makes the line, where it can be asked. */
  checkBy(check: LineCheck): void {
    this.#check = check;
  }

  /** Asks for a sign of life. False: it is down, and being brought back; what runs over it is not to be judged by its silence. */
  async lives(withinMs: number): Promise<boolean> {
    return !this.isDown && (await (this.#check?.(withinMs) ?? true));
  }

  /** Told at once what is so now. @returns what ends the following */
  follow(follower: LineFollower): () => void {
    this.#followers.add(follower);
    if (this.#limits !== undefined) follower.onLimits(this.#limits);
    if (this.#message !== undefined) follower.onMessage(this.#message);
    if (this.#reason !== undefined) follower.onResuming(this.#reason);
    return () => void this.#followers.delete(follower);
  }
}

const lines = new WeakMap<object, Line>();

/** Absent: nothing is known of what is below it, as for a plain TCP connection. */
export function lineOf(carrier: object): Line | undefined {
  return lines.get(carrier);
}

/** What an SSH connection over it needs to know of the line below, to tell its silence from the host's. */
export function watchLine(carrier: object): { readonly isAway: () => boolean; readonly isWayThere: LineCheck } | undefined {
  const line = lines.get(carrier);
  return line === undefined ? undefined : { isAway: () => line.isDown, isWayThere: (withinMs) => line.lives(withinMs) };
}

/** @param carrier what runs over the line; an absent line is not laid */
export function layLine<C extends object>(carrier: C, line: Line | undefined): C {
  if (line !== undefined) lines.set(carrier, line);
  return carrier;
}
