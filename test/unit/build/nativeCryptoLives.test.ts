import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { nativeCrypto } from '../../../src/services/ssh/algorithms.ts';

/** Makes ciphers of ssh2's compiled binding and leaves them to the garbage collector, in turns of their own. */
const leaveCiphersToTheCollector = `
  const { AESGCMDecipher } = require('ssh2/lib/protocol/crypto/build/Release/sshcrypto.node');
  let turns = 0;
  const timer = setInterval(() => {
    for (let count = 0; count < 200; count += 1) new AESGCMDecipher('aes-128-gcm', Buffer.alloc(16), Buffer.alloc(12));
    const garbage = Array.from({ length: 20000 }, (_, index) => ({ index: [index] }));
    if (garbage.length === 0 || ++turns > 200) { clearInterval(timer); console.log('alive'); }
  }, 1);
`;

// Addons compiled against the headers of Node 24.19 to 24.21 abort the process, and with it every terminal (nodejs/node#65446, mscdex/ssh2#1511).
test('the compiled crypto of ssh2, where there is one, outlives the garbage collector', () => {
  const script = nativeCrypto() ? leaveCiphersToTheCollector : "console.log('alive')";
  const { status, stdout } = spawnSync(process.execPath, ['-e', script], { encoding: 'utf8' });
  expect({ status, stdout }).toEqual({ status: 0, stdout: 'alive\n' });
});
