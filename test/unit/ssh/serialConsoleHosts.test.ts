import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import * as z from 'zod';
import { serialConsoleHost } from '../../../src/services/ssh/serialConsoleHosts.ts';

const { serialConsole } = z.object({ serialConsole: z.record(z.string(), z.object({ host: z.string(), hostKeyFingerprint: z.string() })) }).parse(JSON.parse(readFileSync('test/fixtures/ssm/session-manager-vectors.json', 'utf8')));

test('every region has the host and the fingerprint that AWS publishes', () => {
  expect(Object.fromEntries(Object.keys(serialConsole).map((region) => [region, serialConsoleHost(region)]))).toEqual(serialConsole);
});

test('a region that is not published has none', () => {
  expect(serialConsoleHost('mars-north-1')).toBeUndefined();
  expect(serialConsoleHost('toString')).toBeUndefined();
});
