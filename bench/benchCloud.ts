/** The demo cloud in a process of its own, for a benchmark: its profiles, and the calls it was asked. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Scope } from '../src/contract/scope.ts';
import { listProfiles, type ProfileSource } from '../src/services/aws/profiles.ts';

export interface BenchCloudOptions { readonly instances: number; readonly accounts?: number; readonly regions?: number; readonly latencyMs?: number; readonly throttled?: boolean }

export interface BenchCloud {
  readonly source: ProfileSource & { readonly configFile: string; readonly credentialsFile: string };
  readonly scopes: readonly Scope[];
  /** Every call answered so far. */
  calls(): Promise<readonly { readonly action: string; readonly outcome: string }[]>;
  stop(): Promise<void>;
}

export async function benchCloud(options: BenchCloudOptions): Promise<BenchCloud> {
  const child = spawn(process.execPath, [fileURLToPath(new URL('./demoCloudProcess.ts', import.meta.url)), JSON.stringify(options)], { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout });
  const nextLine = async (): Promise<string> => {
    const line = await Promise.race([once(lines, 'line').then(([text]) => String(text)), once(child, 'exit').then(() => undefined)]);
    if (line === undefined) throw new Error('the demo cloud ended');
    return line;
  };
  const files = JSON.parse(await nextLine()) as { configFile: string; credentialsFile: string };
  const source = { kind: 'demo' as const, environment: {}, ...files };
  const scopes = (await listProfiles(source)).flatMap(({ profile, region }) => (region === undefined ? [] : [{ profile, region }]));
  return {
    source,
    scopes,
    async calls() {
      child.stdin.write('calls\n');
      return JSON.parse(await nextLine()) as { action: string; outcome: string }[];
    },
    async stop() {
      child.stdin.end();
      if (child.exitCode === null) await once(child, 'exit');
    },
  };
}
