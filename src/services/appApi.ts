/** The calls about the program itself: what it is, its demo cloud, its notices. */
import type { ContractEvent, ServiceApi } from '../contract/contract.ts';
import { PosternError } from '../contract/error.ts';
import { say } from '../contract/say.ts';
import type { AppInfo } from '../contract/settings.ts';
import type { Cloud } from './base/cloud.ts';
import type { Platform } from './base/platform.ts';
import type { Notices } from './notices.ts';

export interface AppApiOptions {
  readonly platform: Pick<Platform, 'version' | 'app' | 'startDemo'>;
  readonly clouds: () => readonly Cloud[];
  /** Takes the demo cloud in beside what is there; it is one of `clouds` then. */
  readonly takeDemo: (demo: Cloud) => void;
  readonly listDemo: (demo: Cloud) => Promise<void>;
  readonly notices: Notices;
  readonly tell: (event: ContractEvent) => void;
}

export function createAppApi({ platform, clouds, takeDemo, listDemo, notices, tell }: AppApiOptions): ServiceApi<never>['app'] {
  const info = (): AppInfo => ({
    version: platform.version,
    demo: clouds().some((cloud) => cloud.kind === 'demo'),
    demoAvailable: platform.startDemo !== undefined,
    app: platform.app,
    platform: process.platform,
  });
  let starting: Promise<void> | undefined;
  const start = async (): Promise<void> => {
    if (info().demo) return;
    if (platform.startDemo === undefined) throw new PosternError({ code: 'input.invalid', message: say`This app has no demo cloud.` });
    const demo = await platform.startDemo();
    takeDemo(demo);
    tell({ name: 'app.infoChanged', payload: info() });
    await listDemo(demo);
  };
  return {
    info: async () => info(),
    startDemo: () => (starting ??= start().finally(() => (starting = undefined))),
    notices: async () => notices.list(),
    dismissNotice: async ({ noticeId }) => notices.dismiss(noticeId),
  };
}
