/** That a command ended in a terminal, where its shell tells of it. */
export interface CommandEnded {
  /** Absent where the shell does not say. */
  readonly exitCode: number | undefined;
  /** From the first output the shell could write to the end. Of a replay it is the time of the replay, which is short. */
  readonly durationMs: number;
}
