/** The two suites vitest runs: `unit` (fast, no servers) and `integration` (real servers on loopback). */
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const root = fileURLToPath(new URL('..', import.meta.url));

export default defineConfig({
  test: {
    projects: [
      // The limits are for a test that hangs, not for a machine that is busy. Vitest would leave one core idle: of the two that CI has, half.
      { root, test: { name: 'unit', include: ['test/unit/**/*.test.{ts,tsx}'], environment: 'node', maxWorkers: '100%', testTimeout: 120_000 } },
      {
        root,
        test: {
          name: 'integration',
          include: ['test/integration/**/*.test.ts'],
          environment: 'node',
          // Real servers are started: one file at a time leaves them the machine. Two at once take 190 s instead of 300, and of five such runs one failed.
          fileParallelism: false,
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});
