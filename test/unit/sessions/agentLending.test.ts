import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { openStore } from '../../../src/services/base/store.ts';
import { LENT_AGENT_DOCUMENT_VERSION, LentAgentDocument, listLentAgents, revokeLentAgent } from '../../../src/services/sessions/agentLending.ts';

test('consents to lend the agent are listed by host, and each can be taken back', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'postern-lent-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const store = openStore({ path: join(folder, 'lentAgents.json'), version: LENT_AGENT_DOCUMENT_VERSION, schema: LentAgentDocument, clock: { now: () => 0 }, onNotice: ({ message }) => expect.unreachable(message) });
  expect(await listLentAgents(store)).toEqual([]);
  await store.change(() => ({ hosts: { 'ssh:web': ['agent a'], 'work/eu-west-1 i-1': ['agent a', 'agent b'] } }));
  await revokeLentAgent(store, 'ssh:web');
  await revokeLentAgent(store, 'ssh:nobody');
  expect(await listLentAgents(store)).toEqual([{ hostId: 'work/eu-west-1 i-1', keyPairIds: ['agent a', 'agent b'] }]);
});
