/** Every benchmark by name, in the order they run, with the goals of issue 2 for those that do not carry their own. */
import type { BenchFigure, Goal } from './figure.ts';

export type Bench = () => Promise<readonly BenchFigure[]>;

/** Loaded one at a time: what one needs must not weigh on another. */
export const benches: Readonly<Record<string, () => Promise<Bench>>> = {
  window: async () => (await import('./window.ts')).benchWindow,
  inventory: async () => {
    const { benchInventory } = await import('./inventory.ts');
    return async () => withGoals(await benchInventory(), [
      [/longest block of the main thread$/, { of: 'value', atMost: 50 }],
      [/last row$/, { of: 'ratio', atMost: 1 }],
      [/alone, parsed$/, { of: 'ratio', atMost: 0.15 }],
    ]);
  },
  estate: async () => {
    const { benchEstate, wide } = await import('./estate.ts');
    return () => benchEstate(wide);
  },
  largeEstate: async () => {
    const { benchEstate, large } = await import('./estate.ts');
    return () => benchEstate(large);
  },
  servedEstate: async () => {
    const { benchServedEstate } = await import('./servedEstate.ts');
    return () => benchServedEstate();
  },
  filter: async () => {
    const { benchFilter } = await import('./filter.ts');
    return async () => benchFilter();
  },
  largeWindow: async () => {
    const { benchLargeWindow } = await import('./largeWindow.ts');
    return () => benchLargeWindow();
  },
  start: async () => (await import('./start.ts')).benchStart,
  cliList: async () => (await import('./cliList.ts')).benchCliList,
  echo: async () => (await import('./echo.ts')).benchEcho,
  ssh: async () => {
    const { benchSsh } = await import('./ssh.ts');
    return async () => withGoals(await benchSsh(), [
      [/^ssh exec/, { of: 'ratio', atLeast: 1.2 }],
      [/^ssh connect to prompt/, { of: 'ratio', atMost: 0.75 }],
    ]);
  },
  sessionManager: async () => (await import('./sessionManager.ts')).benchSessionManager,
  sshInJavaScript: async () => {
    const { benchSshInJavaScript } = await import('./ssh.ts');
    return async () => withGoals(await benchSshInJavaScript(), [[/^ssh exec/, { of: 'ratio', atLeast: 0.5 }]]);
  },
  sshConnections: async () => (await import('./sshConnections.ts')).benchSshConnections,
  flood: async () => {
    const { benchFlood, short } = await import('./flood.ts');
    return () => benchFlood(short);
  },
  memory: async () => (await import('./memory.ts')).benchMemory,
};

function withGoals(figures: readonly BenchFigure[], goals: readonly (readonly [RegExp, Goal])[]): BenchFigure[] {
  return figures.map((figure) => {
    const goal = figure.goal ?? goals.find(([name]) => name.test(figure.name))?.[1];
    return goal === undefined ? figure : { ...figure, goal };
  });
}
