/** Recordings of real shells: secrets at real prompts, a full disk, a killed process, and what the services make of it all. */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, utimesSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text as readText } from 'node:stream/consumers';
import { afterEach, beforeEach, expect, test } from 'vitest';
import * as z from 'zod';
import { CastReader } from '../../src/asciicast/readAsciicast.ts';
import type { HistoryEntry } from '../../src/contract/history.ts';
import type { SessionState } from '../../src/contract/session.ts';
import { LOCAL_SHELL_ID } from '../../src/contract/workspace.ts';
import { startDemoCloud, type DemoCloud } from '../../src/demo/demoCloud.ts';
import { systemClock } from '../../src/services/base/clock.ts';
import { silentLog } from '../../src/services/base/log.ts';
import { openPtyShell, type Program } from '../../src/services/base/ptyShell.ts';
import { MemorySecretStore } from '../../src/services/base/secret.ts';
import { mendRecording } from '../../src/services/recording/recordingFolder.ts';
import { startRecorder } from '../../src/services/recording/recorder.ts';
import { createServices, type Services } from '../../src/services/services.ts';
import { generateKeyFile, startSshd } from './sshd.ts';

const size = { columns: 100, rows: 30 };
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'postern-recordings-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** asciicast 2, by its specification alone. */
const Header = z.strictObject({ version: z.literal(2), width: z.number().int(), height: z.number().int(), timestamp: z.number().int(), title: z.string(), env: z.strictObject({ TERM: z.string() }) });
const Event = z.tuple([z.number().nonnegative(), z.enum(['o', 'i', 'r', 'm']), z.string()]);
function eventsOf(path: string): z.infer<typeof Event>[] {
  const [header = '', ...lines] = readFileSync(path, 'utf8').trimEnd().split('\n');
  Header.parse(JSON.parse(header));
  return lines.map((line) => Event.parse(JSON.parse(line)));
}
const joined = (path: string, code: 'o' | 'i'): string => eventsOf(path).filter((event) => event[1] === code).map(([, , data]) => data).join('');

/** A program on a pseudo-terminal, recorded with what is typed, and a person who waits for what it shows. */
async function recordedProgram(program: Program, path: string) {
  const shell = await openPtyShell(program, size);
  const recorder = startRecorder({ path, format: 'asciicast', kept: 'both', timestamps: false, maxBytes: 1e7, title: 'test', size, clock: systemClock, onStopped: () => undefined });
  let shown = '';
  const waiting = new Set<() => void>();
  shell.stream.on('data', (bytes: Buffer) => {
    recorder.output(bytes);
    shown += bytes.toString();
    for (const look of waiting) look();
  });
  return {
    type(keys: string) {
      recorder.input(Buffer.from(keys));
      shell.stream.write(keys);
    },
    /** From what was shown since the last time. */
    shows(wanted: string): Promise<void> {
      return new Promise((resolve) => {
        const look = (): void => {
          const at = shown.indexOf(wanted);
          if (at === -1) return;
          shown = shown.slice(at + wanted.length);
          waiting.delete(look);
          resolve();
        };
        waiting.add(look);
        look();
      });
    },
    async end() {
      await shell.exited;
      await recorder.end();
    },
  };
}
type Recorded = Awaited<ReturnType<typeof recordedProgram>>;

const bash = (): Program => ({ file: '/bin/bash', arguments: ['--norc', '--noprofile', '-i'], cwd: folder, environment: { PATH: process.env['PATH'] ?? '', HOME: folder, PS1: 'ready> ', TERM: 'xterm-256color' } });

/** @param home where the shell stands */
async function commandsAndSecrets(shell: Recorded, secret: string, home: string): Promise<void> {
  await shell.shows('ready> ');
  // As a person types: each key behind the echo of the one before.
  for (const key of 'echo seen') {
    shell.type(key);
    await shell.shows(key);
  }
  shell.type('\r');
  await shell.shows('seen\r\n');
  await shell.shows('ready> ');
  shell.type('tty > tty\r');
  await shell.shows('ready> ');
  const tty = readFileSync(join(home, 'tty'), 'utf8').trim();
  /** What asks prints its prompt first, and may throw away what was typed before the echo is off. */
  const echoOff = async (): Promise<void> => {
    await expect.poll(() => execFileSync('stty', ['-F', tty, '-a'], { encoding: 'utf8' }), { timeout: 10_000 }).toContain(' -echo ');
  };
  shell.type("read -rs -p 'Say it: ' one; echo $?\r");
  // Not the echo of the command.
  await shell.shows('\rSay it: ');
  await echoOff();
  for (const key of secret) shell.type(key);
  shell.type('\r');
  await shell.shows('0\r\n');
  await shell.shows('ready> ');
  // Nothing is printed behind it, and nothing reads like a prompt: only the file tells that the echo is off.
  shell.type('stty -echo; : > off; read -r two; stty echo; echo was ${#two}\r');
  await expect.poll(() => existsSync(join(home, 'off')), { timeout: 10_000 }).toBe(true);
  shell.type(`${secret}\r`);
  await shell.shows(`was ${secret.length}\r\n`);
  await shell.shows('ready> ');
  shell.type('ssh-keygen -q -t ed25519 -C test -f key\r');
  await shell.shows('passphrase');
  shell.type(`${secret}\r`);
  await shell.shows('again: ');
  shell.type(`${secret}\r`);
  await shell.shows('ready> ');
  shell.type('ssh-keygen -y -f key > public\r');
  await shell.shows('passphrase');
  shell.type(`${secret}\r`);
  await shell.shows('ready> ');
  shell.type('passwd -S nobody >/dev/null; su nobody -s /bin/sh -c "su root -c id"\r');
  await shell.shows('assword: ');
  await echoOff();
  shell.type(`${secret}\r`);
  await shell.shows('ready> ');
  shell.type('exit\r');
  await shell.end();
}

test('what is typed at prompts that do not echo is in no recording, and what is echoed is', { timeout: 30_000 }, async () => {
  const secret = `hunter-${randomBytes(6).toString('hex')}`;
  const path = join(folder, 'local.cast');
  await commandsAndSecrets(await recordedProgram(bash(), path), secret, folder);
  expect(readFileSync(path, 'utf8')).not.toContain(secret);
  const typed = joined(path, 'i');
  for (const part of [secret.slice(0, 4), secret.slice(-4)]) expect(typed).not.toContain(part);
  expect(typed.split('\r')).toEqual(['echo seen', 'tty > tty', "read -rs -p 'Say it: ' one; echo $?", '', 'stty -echo; : > off; read -r two; stty echo; echo was ${#two}', '', 'ssh-keygen -q -t ed25519 -C test -f key', '', '', 'ssh-keygen -y -f key > public', '', 'passwd -S nobody >/dev/null; su nobody -s /bin/sh -c "su root -c id"', '', 'exit', '']);
});

test('nor at such prompts behind sshd, and at ssh\'s own', { timeout: 30_000 }, async () => {
  const secret = `hunter-${randomBytes(6).toString('hex')}`;
  const key = generateKeyFile(join(folder, 'id'), ['ed25519']);
  const sshd = await startSshd({ authorizedKeys: [key.publicKey], config: ['PasswordAuthentication yes'] });
  try {
    const path = join(folder, 'remote.cast');
    const ssh = ['-p', String(sshd.port), '-o', 'StrictHostKeyChecking=no', '-o', `UserKnownHostsFile=${join(folder, 'known')}`, '-o', 'LogLevel=ERROR', '-F', 'none'];
    const program = { ...bash(), file: '/usr/bin/ssh', arguments: [...ssh, '-tt', '-i', key.path, `${sshd.osUser}@127.0.0.1`, "cd; PS1='ready> ' exec bash --norc --noprofile -i"] };
    await commandsAndSecrets(await recordedProgram(program, path), secret, sshd.home);
    expect(readFileSync(path, 'utf8')).not.toContain(secret);
    expect(joined(path, 'i')).toContain('echo seen\r');

    const asked = join(folder, 'asked.cast');
    const shell = await recordedProgram({ ...bash(), file: '/usr/bin/ssh', arguments: [...ssh, '-o', 'PubkeyAuthentication=no', '-o', 'NumberOfPasswordPrompts=2', `${sshd.osUser}@127.0.0.1`] }, asked);
    for (let attempt = 0; attempt < 2; attempt += 1) {
      await shell.shows('password: ');
      shell.type(`${secret}\r`);
    }
    await shell.end();
    expect(readFileSync(asked, 'utf8')).not.toContain(secret);
    expect(joined(asked, 'i')).toBe('\r\r');
  } finally {
    await sshd.stop();
  }
});

test('a recorder that is killed leaves a file that is read to its last whole line', { timeout: 30_000 }, async () => {
  const path = join(folder, 'killed.cast');
  const child = spawn(process.execPath, [join(import.meta.dirname, 'recordingProcess.ts'), path], { stdio: 'inherit' });
  await expect.poll(() => statSync(path, { throwIfNoEntry: false })?.size ?? 0, { timeout: 20_000 }).toBeGreaterThan(3_000_000);
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
  const reader = new CastReader();
  reader.read(readFileSync(path, 'utf8'));
  const cast = reader.end();
  expect(cast.badLines).toBe(0);
  await mendRecording(path);
  const events = eventsOf(path);
  expect(events.length).toBe(cast.events.length);
  expect(events.every(([, , data], index) => data === `line ${index} ${'x'.repeat(index % 5000)}\r\n`)).toBe(true);
});

test('a disk that becomes full ends the recording with whole lines, and the session goes on', { timeout: 30_000 }, async () => {
  const disk = join(folder, 'disk');
  mkdirSync(disk);
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=256k', 'none', disk]);
  try {
    const stops: unknown[] = [];
    const path = join(disk, 'full.cast');
    const recorder = startRecorder({ path, format: 'asciicast', kept: 'output', timestamps: false, maxBytes: 1e9, title: 'full', size, clock: systemClock, onStopped: (why) => stops.push(why === 'limit' ? why : [why.code, why.remedy]) });
    for (let line = 0; line < 5000; line += 1) recorder.output(Buffer.from(`line ${line} ${'y'.repeat(100)}\r\n`));
    await expect.poll(() => stops).toEqual([['data.write-failed', 'Make room on that disk and do it again.']]);
    recorder.output(Buffer.from('nobody hears this'));
    expect((await recorder.end()).error?.code).toBe('data.write-failed');
    const events = eventsOf(path);
    expect(events.length).toBeGreaterThan(1000);
    expect(events.every(([, , data], index) => data === `line ${index} ${'y'.repeat(100)}\r\n`)).toBe(true);
  } finally {
    execFileSync('umount', [disk]);
  }
});

async function withServices(settings: Parameters<Services['settings']['change']>[0]['changes'], work: (services: Services, cloud: DemoCloud) => Promise<void>): Promise<void> {
  const cloud = await startDemoCloud({ seed: randomBytes(32), log: silentLog });
  const services = await createServices({ app: 'web', version: '0.0.0', dataDir: folder, secrets: new MemorySecretStore(), log: silentLog, clock: systemClock, clouds: [cloud], openSsh: { home: folder, localUser: 'alice', localHostName: 'here', environment: { PATH: process.env['PATH'], SHELL: '/bin/sh', HOME: folder, PS1: 'ready> ' }, configFiles: {} } });
  try {
    if (settings.length > 0) await services.settings.change({ changes: settings });
    await services.local.select(['demo'], ['ap-northeast-1']);
    await services.local.allInstances();
    await work(services, cloud);
  } finally {
    await services.close();
  }
}

function until(services: Services, sessionId: string, ...names: SessionState['name'][]): Promise<void> {
  return new Promise((resolve) => {
    const look = (): void => {
      const name = services.local.session(sessionId)?.state.name;
      if (name !== undefined && !names.includes(name)) return;
      stop();
      resolve();
    };
    const stop = services.onEvent((event) => void (event.name === 'sessions.changed' && event.payload.sessionId === sessionId && look()));
    look();
  });
}

async function recorded(services: Services): Promise<readonly HistoryEntry[]> {
  return services.history.list({ text: '', limit: 100, recorded: true });
}

test('hosts of a rule are recorded from their first byte on, their history knows it, and other hosts are not', { timeout: 40_000 }, async () => {
  await withServices([{ path: ['recording', 'rules'], value: [{ name: 'Local *', format: 'text', kept: 'both' }, { name: 'web-*' }] }], async (services, cloud) => {
    const web = services.local.open({ instanceId: cloud.instance('web-1').instanceId, size });
    const terminal = services.sessions.terminal({ sessionId: web.sessionId });
    terminal.resume();
    await until(services, web.sessionId, 'connected');
    await expect.poll(() => services.local.session(web.sessionId)?.recording).toMatchObject({ state: 'recording', always: true, format: 'asciicast', kept: 'output' });
    await services.sessions.resize({ sessionId: web.sessionId, size: { columns: 90, rows: 20 } });
    await services.recordings.mark({ sessionId: web.sessionId, label: 'here' });
    terminal.write('echo one-two; exit\n');
    await until(services, web.sessionId, 'closed');
    const local = services.local.open({ instanceId: LOCAL_SHELL_ID, size });
    services.sessions.terminal({ sessionId: local.sessionId }).resume();
    await until(services, local.sessionId, 'connected');
    services.sessions.terminal({ sessionId: local.sessionId }).write('exit\n');
    await until(services, local.sessionId, 'closed');
    const bastion = services.local.open({ instanceId: cloud.instance('bastion').instanceId, size });
    services.sessions.terminal({ sessionId: bastion.sessionId }).resume();
    await until(services, bastion.sessionId, 'connected');
    expect(services.local.session(bastion.sessionId)?.recording).toBe(undefined);

    await expect.poll(async () => (await recorded(services)).map(({ hostName, localUser, recordings }) => [hostName, localUser, recordings?.map(({ state, format }) => [state, format])])).toEqual([['Local shell', 'alice', [['kept', 'text']]], ['web-1', 'alice', [['kept', 'asciicast']]]]);
    const [, entry] = await recorded(services);
    const [recording] = entry?.recordings ?? [];
    expect(recording?.sizeBytes).toBe(statSync(recording?.path ?? '').size);
    expect(recording?.durationMs).toBeGreaterThan(0);
    const ref = { entryId: entry?.entryId ?? '', recordingId: recording?.recordingId ?? '' };
    expect(await readText(services.recordings.content(ref))).toBe(readFileSync(recording?.path ?? '', 'utf8'));
    const events = eventsOf(recording?.path ?? '');
    expect(joined(recording?.path ?? '', 'o')).toContain('one-two');
    expect(events.filter(([, code]) => code === 'r' || code === 'm').map(([, code, data]) => [code, data])).toEqual([['r', '90x20'], ['m', 'here']]);
    expect(statSync(join(folder, 'recordings')).mode & 0o777).toBe(0o700);

    await services.recordings.remove(ref);
    expect((await recorded(services)).map(({ hostName }) => hostName)).toEqual(['Local shell']);
    const [left] = await recorded(services);
    await services.history.remove({ entryIds: [left?.entryId ?? ''] });
    expect(readdirSync(join(folder, 'recordings'))).toEqual([]);
    expect(() => services.recordings.content(ref)).toThrow('not there any more');
  });
});

test('recordings are deleted after their days, and a file that somebody took away is told as missing', { timeout: 40_000 }, async () => {
  await withServices([{ path: ['recording', 'rules'], value: [{}] }], async (services) => {
    const paths: string[] = [];
    for (let count = 0; count < 2; count += 1) {
      const { sessionId } = services.local.open({ instanceId: LOCAL_SHELL_ID, size });
      const terminal = services.sessions.terminal({ sessionId });
      terminal.resume();
      await until(services, sessionId, 'connected');
      terminal.write('exit\n');
      await until(services, sessionId, 'closed');
    }
    await expect.poll(async () => (await recorded(services)).map(({ recordings }) => recordings?.[0]?.state)).toEqual(['kept', 'kept']);
    for (const { recordings } of await recorded(services)) paths.push(recordings?.[0]?.path ?? '');
    rmSync(paths[0] ?? '');
    expect((await recorded(services)).map(({ recordings }) => recordings?.[0]?.state)).toEqual(['missing', 'kept']);
    utimesSync(paths[1] ?? '', new Date(), new Date());
  });
  // A hundred days later.
  const later = { now: () => Date.now() + 100 * 24 * 60 * 60 * 1000 };
  const services = await createServices({ app: 'web', version: '0.0.0', dataDir: folder, secrets: new MemorySecretStore(), log: silentLog, clock: later, clouds: [await startDemoCloud({ seed: randomBytes(32), log: silentLog })] });
  try {
    await services.history.list({ text: '', limit: 100 });
    await expect.poll(() => readdirSync(join(folder, 'recordings'))).toEqual([]);
    await expect.poll(async () => (await services.history.list({ text: '', limit: 100 })).flatMap(({ recordings = [] }) => recordings.map(({ state }) => state))).toContain('deleted');
  } finally {
    await services.close();
  }
});
