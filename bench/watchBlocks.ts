/**
 * The longest time in which the main thread computed and nothing else got its turn, in milliseconds, from now until it is asked.
 *
 * The thread's own CPU time between two turns of a timer: a wall clock would also count what other programs take of a busy machine.
 */
export function watchBlocks(): () => number {
  const cpuMs = (): number => {
    const { user, system } = process.threadCpuUsage();
    return (user + system) / 1000;
  };
  let longest = 0;
  let last = cpuMs();
  const look = (): void => {
    const now = cpuMs();
    longest = Math.max(longest, now - last);
    last = now;
  };
  const timer = setInterval(look, 1);
  return () => {
    clearInterval(timer);
    look();
    return longest;
  };
}
