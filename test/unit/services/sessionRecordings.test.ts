import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Duplex, PassThrough } from 'node:stream';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Instance } from '../../../src/contract/instance.ts';
import type { RecordingRule } from '../../../src/contract/recording.ts';
import type { Settings } from '../../../src/contract/settings.ts';
import { defaultSettings } from '../../../src/contract/settingsChange.ts';
import { systemClock } from '../../../src/services/base/clock.ts';
import { silentLog } from '../../../src/services/base/log.ts';
import { createHistory } from '../../../src/services/history/history.ts';
import { createSessionRecordings } from '../../../src/services/sessionRecordings.ts';
import { createSessions } from '../../../src/services/sessions/sessions.ts';

const instance: Instance = {
  instanceId: 'i-1', name: 'web-1', scope: { profile: 'p', region: 'r' }, state: 'running', networkInterfaces: [], securityGroups: [], ssmKnown: true, tags: {},
};
let dataDir: string;

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'postern-early-'));
});
afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

/** A session that says `hello` and ends, all before the settings are read; then they are. */
async function endedBeforeSettings(rules: RecordingRule[]) {
  const read = Promise.withResolvers<Settings>();
  const over = Promise.withResolvers<void>();
  const output = new PassThrough();
  const exit = Promise.withResolvers<object>();
  const history = createHistory({ dataDir, clock: systemClock, log: silentLog, onChanged: () => undefined, onNotice: () => undefined, keepDays: async () => 400 });
  const entry = history.begin({ kind: 'session', hostName: 'web-1' });
  const recordings = createSessionRecordings({ dataDir, settings: () => read.promise, history: () => ({ entryIdOf: () => entry.entryId, entries: history }), onRemoved: () => undefined, instanceOf: () => instance, prunesAtStart: false, clock: systemClock, log: silentLog });
  const sessions = recordings.watchSessions(createSessions({
    connect: async () => ({ stream: Duplex.from({ readable: output, writable: new PassThrough() }), resize: () => undefined, exited: exit.promise, close: () => undefined }),
    instanceOf: () => instance,
    clock: systemClock,
    onChanged: ({ state }) => state.name === 'closed' && over.resolve(),
    onRemoved: () => undefined,
  }));
  const { sessionId } = sessions.open({ instanceId: 'i-1', size: { columns: 80, rows: 24 } });
  const terminal = sessions.terminal(sessionId).resume();
  const terminalEnded = new Promise((resolve) => terminal.once('end', resolve));
  output.end('hello\r\n');
  exit.resolve({ exitCode: 0 });
  await over.promise;
  await terminalEnded;
  read.resolve({ ...defaultSettings, recording: { ...defaultSettings.recording, rules } });
  return {
    recordings: () => history.get(entry.entryId)?.recordings ?? [],
    shown: () => sessions.list().map(({ recording }) => recording),
    async close() {
      await recordings.close();
      history.close();
    },
  };
}

test('a session that ended before the settings were read is recorded from its first byte where a rule says so', async () => {
  const ended = await endedBeforeSettings([{ name: 'web-*', format: 'text', kept: 'output' }]);
  await expect.poll(() => ended.recordings().map(({ state, format }) => [state, format])).toEqual([['kept', 'text']]);
  const [recording] = ended.recordings();
  expect(readFileSync(recording?.path ?? '', 'utf8')).toContain('hello\n');
  expect(ended.shown()).toEqual([undefined]);
  await ended.close();
});

test('and is not where no rule names it', async () => {
  const ended = await endedBeforeSettings([{ name: 'db-*' }]);
  // Whatever was decided has been decided behind these.
  await new Promise((resolve) => setImmediate(resolve));
  await ended.close();
  expect(ended.recordings()).toEqual([]);
});
