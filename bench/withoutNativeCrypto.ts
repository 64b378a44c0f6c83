/** For `node --import`: ssh2's compiled crypto is not found, as inside Electron, and everything runs in JavaScript. */
import { registerHooks } from 'node:module';

registerHooks({
  resolve(specifier, context, next) {
    if (specifier.endsWith('sshcrypto.node')) throw Object.assign(new Error(`${specifier} is kept away`), { code: 'MODULE_NOT_FOUND' });
    return next(specifier, context);
  },
});
