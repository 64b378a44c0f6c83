/**
 * `npm test [-- --only unit,e2e] [-- arguments for the one suite]`: every check as a named step with its time, and one sum at the end.
 *
 * Plain JavaScript for Node 20 and later, with nothing installed. Installs what the chosen steps need of Debian's packages
 * where it may, else names it and fails.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { buildWhenStale, fail, prepare, root, say } from './bootstrap.mjs';
import { hasCompiler, nativeCryptoLoads } from './nativeCrypto.mjs';
import { installPackages, missingPackages } from './systemPackages.mjs';

const bin = (path) => [process.execPath, join(root, 'node_modules', path)];
const vitest = (suite) => [...bin('vitest/vitest.mjs'), 'run', '--config', 'build/vitest.config.ts', '--project', suite, '--reporter=default', '--reporter=json', `--outputFile.json=${answerOf(suite)}`];

/** In the order they run. `suite` steps leave an answer file that is counted; `built` ones need the step `build`; `needs` are Debian packages. */
const steps = [
  { name: 'types', command: [...bin('typescript7/bin/tsc'), '-b'] },
  { name: 'lint', command: [...bin('oxlint/bin/oxlint'), '--type-aware', '-c', 'build/oxlint.json', 'src', 'test', 'bench', 'build', 'electron.vite.config.ts'] },
  { name: 'rule', command: [...bin('dependency-cruiser/bin/dependency-cruiser.mjs'), '--config', 'build/dependency-rule.mjs', 'src'] },
  { name: 'native', check: checkNativeCrypto },
  { name: 'unit', suite: countVitest, needs: ['openssh-client', 'putty-tools'], command: vitest('unit') },
  { name: 'build', check: checkBuild },
  {
    name: 'integration',
    suite: countVitest,
    built: true,
    needs: ['openssh-server', 'openssh-client', 'dropbear-bin', 'putty-tools', 'gnome-keyring', 'dbus-x11', 'libsecret-tools', 'iproute2', 'curl', 'git', 'rsync', 'postgresql', 'postgresql-client', 'redis-server', 'redis-tools', 'awscli'],
    command: inKeyring(vitest('integration')),
  },
  {
    name: 'e2e',
    suite: countPlaywright,
    built: true,
    needs: ['chromium', 'openssh-client', 'gnome-keyring', 'dbus-x11', 'libsecret-tools', 'iproute2', 'fonts-dejavu', 'fonts-noto-color-emoji', 'fonts-noto-cjk'],
    command: inKeyring([...bin('@playwright/test/cli.js'), 'test', '--config', 'build/playwright.config.ts']),
  },
];

const { chosen, rest } = readArguments(process.argv.slice(2));
await prepare();
const needs = [...new Set(chosen.flatMap((step) => step.needs ?? []))];
if (process.platform === 'linux' && missingPackages(needs).length > 0) {
  const problem = installPackages(missingPackages(needs), say);
  if (problem !== undefined) fail(problem);
}

const results = chosen.map(runStep);
say('');
for (const result of results) say(`${result.ok ? 'ok    ' : 'FAILED'} ${result.name.padEnd(12)} ${result.seconds.padStart(6)} s  ${result.text}`);
const sum = (key) => results.reduce((total, result) => total + result[key], 0);
process.stdout.write(`${sum('passed')} passed, ${sum('failed')} failed\n`);
process.exit(results.every((result) => result.ok) ? 0 : 1);

function readArguments(argv) {
  const at = argv.indexOf('--only');
  if (at === -1) return { chosen: steps, rest: argv };
  const names = (argv[at + 1] ?? '').split(',');
  const unknown = names.filter((name) => !steps.some((step) => step.name === name));
  if (unknown.length > 0) fail(`no step is named ${unknown.join(', ')}; the steps are ${steps.map((step) => step.name).join(', ')}`);
  const built = steps.some((step) => step.built && names.includes(step.name));
  return { chosen: steps.filter((step) => names.includes(step.name) || (built && step.name === 'build')), rest: [...argv.slice(0, at), ...argv.slice(at + 2)] };
}

/** Runs one step; what is not a suite counts nothing when it passes and one when it fails. */
function runStep(step) {
  say(`\n== ${step.name}`);
  const started = performance.now();
  const outcome = step.check === undefined ? runCommand(step) : step.check();
  const failed = outcome.ok ? outcome.failed : Math.max(1, outcome.failed);
  return { name: step.name, seconds: ((performance.now() - started) / 1000).toFixed(1), ...outcome, failed };
}

function runCommand(step) {
  const answer = answerOf(step.name);
  mkdirSync(join(root, 'out', 'test'), { recursive: true });
  rmSync(answer, { force: true });
  const [program, ...args] = [...step.command, ...(step.suite === undefined ? [] : rest)];
  const run = spawnSync(program, args, { cwd: root, stdio: 'inherit' });
  const ok = run.status === 0;
  if (step.suite === undefined) return { ok, passed: 0, failed: 0, text: '' };
  if (!existsSync(answer)) return { ok: false, passed: 0, failed: 0, text: 'the suite ended without an answer' };
  const { passed, failed, skipped } = step.suite(JSON.parse(readFileSync(answer, 'utf8')));
  const text = `${passed} passed, ${failed} failed${skipped === 0 ? '' : `, ${skipped} skipped`}`;
  if (passed + failed === 0) return { ok: false, passed, failed, text: 'no test ran' };
  return { ok: ok && failed === 0, passed, failed, text };
}

function answerOf(suite) {
  return join(root, 'out', 'test', `${suite}.json`);
}

function countVitest(answer) {
  return { passed: answer.numPassedTests, failed: answer.numFailedTests, skipped: answer.numPendingTests + answer.numTodoTests };
}

function countPlaywright(answer) {
  const { expected, unexpected, flaky, skipped } = answer.stats;
  return { passed: expected + flaky, failed: unexpected, skipped };
}

/** Linux: a D-Bus session of its own with a real, unlocked keyring, and an empty home. */
function inKeyring(command) {
  return process.platform === 'linux' ? ['dbus-run-session', '--', join(root, 'build', 'keyring.sh'), ...command] : command;
}

function checkBuild() {
  return { ok: buildWhenStale(), passed: 0, failed: 0, text: '' };
}

/** ssh2 must not fall back to JavaScript crypto unnoticed where it could have been built. */
function checkNativeCrypto() {
  if (nativeCryptoLoads()) return { ok: true, passed: 0, failed: 0, text: "ssh2's native crypto loads" };
  if (!hasCompiler()) return { ok: true, passed: 0, failed: 0, text: 'no compiler here: ssh2 runs on JavaScript crypto' };
  return { ok: false, passed: 0, failed: 0, text: "ssh2's native crypto does not load though a compiler is here: remove node_modules/.native-crypto-tried and run again, or npm rebuild ssh2" };
}
