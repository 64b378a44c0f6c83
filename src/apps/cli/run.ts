/** Runs one command around the services, and ends them whatever happens: done, failed, or interrupted. */
import { constants } from 'node:os';
import packageJson from '../../../package.json' with { type: 'json' };
import { PosternError } from '../../contract/error.ts';
import type { Notice } from '../../contract/settings.ts';
import type { Platform } from '../../services/base/platform.ts';
import type { NodePlatformOptions } from '../../services/nodePlatform.ts';
import type { Services } from '../../services/services.ts';
import { printReport } from './output.ts';

export interface CommonOptions {
  readonly demo?: true;
  readonly demoInstances?: number;
  readonly profile?: readonly string[];
  readonly region?: readonly string[];
  /** As `ssh -F`. */
  readonly configFile?: string;
}

export interface Running {
  readonly services: Services;
  readonly dataDir: string;
  /** Fires at the first SIGINT, SIGTERM or SIGHUP, and when nobody reads stdout any more; a second signal ends the process at once. */
  readonly interrupted: AbortSignal;
}

/** @returns what `command` returns; when it was interrupted and says `cancelled`, 128 and the number of the signal */
export async function runCommand(app: 'cli' | 'web', options: CommonOptions, command: (running: Running) => Promise<number>): Promise<number> {
  const { interrupted, status } = watchSignals();
  try {
    const platform = await createPlatform(app, options, interrupted);
    const services = await startServices(platform, interrupted);
    try {
      if (app === 'cli') (await import('./answerPrompts.ts')).answerPrompts(services, interrupted);
      if (interrupted.aborted) return status();
      await selectNamed(services, options);
      return await command({ services, dataDir: platform.dataDir, interrupted });
    } catch (thrown) {
      if (thrown instanceof PosternError && thrown.code === 'instance.not-found') await tellWaiting(services);
      throw thrown;
    } finally {
      await services.close();
    }
  } catch (thrown) {
    if (interrupted.aborted && thrown instanceof PosternError && thrown.code === 'cancelled') return status();
    throw thrown;
  }
}

/** @throws PosternError `data.write-failed` when the data folder cannot be made, `cancelled` when it is interrupted: what it had begun is ended then */
export async function createPlatform(app: 'cli' | 'web', options: CommonOptions, interrupted: AbortSignal): Promise<Platform> {
  // Loaded here, like the services: a list of what is known already, and --help, do without.
  const { createNodePlatform } = await untilInterrupted(interrupted, import('../../services/nodePlatform.ts'));
  const platform = await createNodePlatform({ app, version: packageJson.version, environment: process.env, demo: options.demo !== undefined, startDemo: demoOf(options, interrupted), ...(options.configFile === undefined ? {} : { sshConfigFile: options.configFile }) });
  if (!interrupted.aborted) return platform;
  await closeClouds(platform);
  throw interruption();
}

/**
 * What goes wrong with the person's files is told on stderr.
 *
 * @throws PosternError `cancelled` when it is interrupted; the platform is closed then, as after any other failure
 */
export async function startServices(platform: Platform, interrupted: AbortSignal): Promise<Services> {
  let services: Services | undefined;
  try {
    const { createServices } = await untilInterrupted(interrupted, import('../../services/services.ts'));
    services = await createServices(platform);
    await untilInterrupted(interrupted, tellNotices(services));
    return services;
  } catch (thrown) {
    await (services === undefined ? closeClouds(platform) : services.close());
    throw thrown;
  }
}

async function closeClouds({ clouds }: Platform): Promise<void> {
  await Promise.all(clouds.map((cloud) => cloud.close()));
}

/** @throws PosternError where a profile or region is named that is none */
export async function selectNamed(services: Services, { profile = [], region = [] }: CommonOptions): Promise<void> {
  if (profile.length > 0 || region.length > 0) await services.local.select(profile, region);
}

/** @throws PosternError `cancelled` as soon as `interrupted` fires; what is under way then goes on unheard */
export function untilInterrupted<T>(interrupted: AbortSignal, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const handleAbort = (): void => reject(interruption());
    if (interrupted.aborted) handleAbort();
    else interrupted.addEventListener('abort', handleAbort, { once: true });
    void work.then(resolve, reject).finally(() => interrupted.removeEventListener('abort', handleAbort));
  });
}

function interruption(): PosternError {
  return new PosternError({ code: 'cancelled', message: 'Interrupted.' });
}

/** The status a shell gives a program that a signal ended: `SIGINT` or `INT` is 130. */
export function signalStatus(signal: string): number {
  return 128 + (constants.signals[`SIG${signal.replace(/^SIG/, '')}` as NodeJS.Signals] ?? 0);
}

/** It may be in an account that was not asked, for want of a sign-in. */
async function tellWaiting(services: Services): Promise<void> {
  for (const { state, error } of await services.scopes.list({})) if (state === 'needs-sign-in' && error !== undefined) printReport(error);
}

/** From here on the first signal only says so. */
export function watchSignals(): { interrupted: AbortSignal; status: () => number } {
  const controller = new AbortController();
  let by: NodeJS.Signals = 'SIGINT';
  const interrupt = (signal: NodeJS.Signals): void => {
    if (!controller.signal.aborted) by = signal;
    controller.abort();
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, interrupt);
  // Whoever reads the answer may leave early, as head does.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    interrupt('SIGPIPE');
  });
  return { interrupted: controller.signal, status: () => signalStatus(by) };
}

function demoOf(options: CommonOptions, interrupted: AbortSignal): NodePlatformOptions['startDemo'] {
  const instances = options.demoInstances === undefined ? {} : { instances: options.demoInstances };
  return async (where) => (await untilInterrupted(interrupted, import('../../demo/startDemo.ts'))).startDemo({ ...where, ...instances });
}

/** Each once, also those that come up later: files are read when they are needed. */
async function tellNotices(services: Services): Promise<void> {
  const told = new Set<string>();
  const tell = (notices: readonly Notice[]): void => {
    for (const { noticeId, message, remedy } of notices) {
      if (told.has(noticeId)) continue;
      told.add(noticeId);
      printReport({ message, ...(remedy === undefined ? {} : { remedy }) });
    }
  };
  services.onEvent((event) => {
    if (event.name === 'app.noticesChanged') tell(event.payload);
  });
  tell(await services.app.notices({}));
}
