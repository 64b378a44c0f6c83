/**
 * The end-to-end suite: one set of specs, a project for each way to launch the app (a spec reads `testInfo.project.name`).
 *
 * Debian's Chromium, no browser download. `chromiumSandbox` stays off by Playwright's default, which root needs.
 */
import { defineConfig } from '@playwright/test';
import { fileURLToPath } from 'node:url';

const at = (path: string): string => fileURLToPath(new URL(`../${path}`, import.meta.url));

export default defineConfig({
  testDir: at('test/e2e'),
  testMatch: '**/*.spec.ts',
  outputDir: at('out/test/e2e'),
  snapshotPathTemplate: at('test/e2e/screenshots/{arg}{ext}'),
  reporter: [['line'], ['json', { outputFile: at('out/test/e2e.json') }]],
  forbidOnly: true,
  retries: 0,
  // One test waits most of its time: two share the two cores that CI has, each with an app and a Chromium of its own.
  workers: 2,
  // The limits are for what hangs, not for a machine that is busy.
  timeout: 180_000,
  expect: { timeout: 20_000 },
  use: {
    browserName: 'chromium',
    viewport: { width: 1280, height: 800 },
    launchOptions: {
      executablePath: '/usr/bin/chromium',
      args: ['--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
    },
    // A trace of every test is a quarter of all the work (46 s of the processors' time against 34 s for nine tests): `npm run e2e -- --trace retain-on-failure` where one is wanted.
    trace: 'off',
    screenshot: 'only-on-failure',
  },
  projects: [
    { name: 'web' },
    // The window knows the desktop by the user agent. What no launcher can change is tagged `@web` and runs once.
    { name: 'electron-stand-in', grepInvert: /@web/, use: { userAgent: 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Postern/0.1.0 Chrome/156.0.0.0 Electron/45.4.1 Safari/537.36' } },
  ],
});
