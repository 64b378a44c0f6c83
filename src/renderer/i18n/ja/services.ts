/**
 * What the services say, in Japanese: English template of `say` -> the same with its blanks `{0}`, `{1}`… in any order.
 *
 * test/unit/renderer/said.test.ts holds it complete. A file an area of the services; what several areas say is in `base`.
 */
import { actions } from './services/actions.ts';
import { app } from './services/app.ts';
import { aws } from './services/aws.ts';
import { base } from './services/base.ts';
import { estate } from './services/estate.ts';
import { forwards } from './services/forwards.ts';
import { history } from './services/history.ts';
import { keys } from './services/keys.ts';
import { recording } from './services/recording.ts';
import { routes } from './services/routes.ts';
import { sessions } from './services/sessions.ts';
import { settings } from './services/settings.ts';
import { ssh } from './services/ssh.ts';
import { sshConfig } from './services/sshConfig.ts';
import { ssm } from './services/ssm.ts';

export const services: Readonly<Record<string, string>> = {
  ...actions,
  ...app,
  ...aws,
  ...base,
  ...estate,
  ...forwards,
  ...history,
  ...keys,
  ...recording,
  ...routes,
  ...sessions,
  ...settings,
  ...ssh,
  ...sshConfig,
  ...ssm,
};
