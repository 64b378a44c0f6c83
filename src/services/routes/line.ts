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

export class Line implements LineFollower {
  readonly #followers = new Set<LineFollower>();
  #reason: string | undefined;
  #limits: SessionLimits | undefined;
  #message: string | undefined;

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

/** @param carrier what runs over the line; an absent line is not laid */
export function layLine<C extends object>(carrier: C, line: Line | undefined): C {
  if (line !== undefined) lines.set(carrier, line);
  return carrier;
}
