/** The person's own AWS: their config files, their environment, their network. */
import type { Cloud } from './base/cloud.ts';
import { networkDialer } from './base/dialer.ts';

export function ownCloud(environment: NodeJS.ProcessEnv): Cloud {
  const variables = Object.fromEntries(Object.entries(environment).filter(([name]) => name.startsWith('AWS_') || name === 'HOME' || name === 'USERPROFILE'));
  const addressUrl = environment['POSTERN_ADDRESS_URL'];
  return { kind: 'aws', environment: variables, dialer: networkDialer, lentKeys: [], ...(addressUrl === undefined ? {} : { addressUrl }), close: async () => {} };
}
