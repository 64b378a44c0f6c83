/**
 * ttyd, the peer of a local shell in a tab: Debian's own package, for a Debian that does not have it too. The package and what it
 * needs are downloaded by apt into a folder of the benchmark (checked by Debian's keys), unpacked, and run with their own loader;
 * nothing of this machine is changed.
 */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, readdir, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const SOURCE = 'deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] http://deb.debian.org/debian sid main';

/** With its own 5 s, two of some fourteen floods ended in a page that had joined anew, with a new shell; with this none of twenty. */
const PING_SECONDS = 300;

export interface Ttyd {
  /** As it says itself. */
  readonly version: string;
  readonly url: string;
  stop(): Promise<void>;
}

/**
 * @param folder of the caller's, removed by it
 * @throws Error where Debian's archive cannot be reached
 */
export async function startTtyd(folder: string, shell: readonly string[]): Promise<Ttyd> {
  const root = await unpack(folder);
  const libraries = join(root, 'usr/lib/x86_64-linux-gnu');
  // libwebsockets looks for its event loop here; the shell would take a whole foreign libc from it.
  const plugins = join(folder, 'plugins');
  await mkdir(plugins);
  await cp(join(libraries, 'libwebsockets-evlib_uv.so'), join(plugins, 'libwebsockets-evlib_uv.so'));
  const program = [join(libraries, 'ld-linux-x86-64.so.2'), '--library-path', libraries, join(root, 'usr/bin/ttyd')] as const;
  const { stdout } = await run(program[0], [...program.slice(1), '--version']);
  const port = await freePort();
  const options = ['rendererType=dom', 'disableLeaveAlert=true', 'disableResizeOverlay=true', 'scrollback=10000', 'fontSize=13', 'lineHeight=1.15', 'fontFamily=DejaVu Sans Mono'].flatMap((option) => ['-t', option]);
  const child = spawn(program[0], [...program.slice(1), '-i', '127.0.0.1', '-p', String(port), '-W', '-P', String(PING_SECONDS), ...options, ...shell], { env: { ...process.env, LD_LIBRARY_PATH: plugins }, stdio: ['ignore', 'ignore', 'pipe'] });
  await new Promise<void>((resolve, reject) => {
    let said = '';
    child.stderr.on('data', (bytes: Buffer) => {
      said += bytes.toString();
      if (said.includes('Listening on port')) resolve();
    });
    child.once('exit', () => reject(new Error(`ttyd did not start: ${said.slice(-500)}`)));
  });
  return {
    version: stdout.trim(),
    url: `http://127.0.0.1:${port}/`,
    stop: async () => {
      const exited = once(child, 'exit');
      child.kill('SIGKILL');
      await exited;
    },
  };
}

/** @returns the folder that stands for `/` */
async function unpack(folder: string): Promise<string> {
  const at = (path: string): string => join(folder, 'apt', path);
  for (const path of ['state/lists/partial', 'cache/archives/partial']) await mkdir(at(path), { recursive: true });
  await writeFile(at('sources.list'), `${SOURCE}\n`);
  await writeFile(at('status'), '');
  const places = { 'Dir::State': at('state'), 'Dir::State::status': at('status'), 'Dir::Cache': at('cache'), 'Dir::Etc::SourceList': at('sources.list'), 'Dir::Etc::SourceParts': '/dev/null', 'APT::Sandbox::User': 'root', 'APT::Install-Recommends': 'false' };
  const options = Object.entries(places).flatMap(([name, value]) => ['-o', `${name}=${value}`]);
  await run('apt-get', [...options, '-qq', 'update']);
  await run('apt-get', [...options, '-qq', '-y', '--download-only', 'install', 'ttyd'], { maxBuffer: 10_000_000 });
  const root = join(folder, 'root');
  await mkdir(root);
  for (const name of await readdir(at('cache/archives'))) if (name.endsWith('.deb')) await run('dpkg-deb', ['-x', at(`cache/archives/${name}`), root]);
  return root;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
