import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Notice } from '../../../src/contract/settings.ts';
import { createWorkspace } from '../../../src/services/workspace.ts';
import { temporaryFolder } from '../base/temporaryFolder.ts';

const clock = { now: () => Date.UTC(2026, 10, 22, 7, 30, 0) };

function open(content: string) {
  const dataDir = temporaryFolder();
  writeFileSync(join(dataDir, 'workspace.json'), content);
  const notices: Notice[] = [];
  return { dataDir, notices, workspace: createWorkspace({ dataDir, clock, onNotice: (notice) => notices.push(notice) }) };
}

test('a workspace of a newer Postern is kept aside untouched and said clearly; this one begins with none and never writes over it', async () => {
  const newer = '{"version": 7, "tabs": [{"hologram": true}]}\n';
  const { dataDir, notices, workspace } = open(newer);
  expect(await workspace.get({})).toEqual({ tabs: [] });
  const kept = 'workspace.json.newer-2026-11-22T07-30-00.000Z';
  expect(notices).toEqual([
    {
      noticeId: `kept-aside:${kept}`,
      severity: 'warning',
      message: `workspace.json was written by a newer Postern. It was kept as ${kept}, and a fresh one begins.`,
      remedy: `Use the newer Postern, or rename ${kept} back before going back to it.`,
    },
  ]);
  await workspace.save({ tabs: [{ tabId: 'tab-1', sessionId: 's-1', instanceId: 'i-0aaa' }] });
  expect(readFileSync(join(dataDir, kept), 'utf8')).toBe(newer);
  expect(await workspace.get({})).toEqual({ tabs: [{ tabId: 'tab-1', sessionId: 's-1', instanceId: 'i-0aaa' }] });
  expect(notices).toHaveLength(1);
});

test.each([
  ['text that is no JSON', '{"tabs": [', 'workspace.json is not JSON.'],
  ['tabs that are none', '{"version": 1, "tabs": [{"tabId": "../../etc", "sessionId": "s-1", "instanceId": "i-0aaa"}]}', 'workspace.json is damaged at "tabs.0.tabId".'],
])('a workspace with %s is kept aside and named', async (_what, content, said) => {
  const { dataDir, notices, workspace } = open(content);
  expect(await workspace.get({})).toEqual({ tabs: [] });
  const [kept = ''] = readdirSync(dataDir);
  expect(kept).toBe('workspace.json.corrupt-2026-11-22T07-30-00.000Z');
  expect(readFileSync(join(dataDir, kept), 'utf8')).toBe(content);
  expect(notices.map(({ message }) => message)).toEqual([`${said} It was kept as ${kept}, and a fresh one begins.`]);
});
