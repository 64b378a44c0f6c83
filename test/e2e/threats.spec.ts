/** Rows 12, 20, 22 and 28 of threats.md: hostile names, listeners, the environment, and what the page may do. */
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { DemoCloud } from '../../src/demo/demoCloud.ts';
import { emptyAnswer, profileSection, startScriptedAws } from '../integration/scriptedAws.ts';
import type { RunningApp } from './app.ts';
import { activeTab, CANARY, expect, expectScreen, host, launchApp, openHost, test, typeLine } from './app.ts';
import { homeWithProfiles, startCloud } from './ownCloud.ts';
import { foundInBrowserMemory, foundInFiles, heapSnapshot, pageContents } from './searches.ts';
import { watchPage } from './watchPage.ts';

/** Name tags as AWS or an impostor may send them, and how each is shown. */
const hostileNames: readonly { readonly name: string; readonly shown?: string }[] = [
  { name: `<img src=/pwned onerror="document.title='pwned'">` },
  { name: `"><script>document.title='pwned'</script>` },
  { name: `' onmouseover='document.title="pwned"` },
  { name: '=HYPERLINK("/pwned";"click")' },
  { name: 'javascript:document.title="pwned"' },
  { name: '{{7*7}}${7*7}%0a&lt;b&gt;' },
  { name: '\u001b[31mred\u001b]0;pwned\u0007', shown: '\\u{1b}[31mred\\u{1b}]0;pwned\\u{7}' },
  { name: 'db\u202egnp.exe', shown: 'db\\u{202e}gnp.exe' },
  { name: '\u{1f600}'.repeat(256) },
];
const hostileTag = { key: '<b onclick=alert(1)>team</b>', value: `<iframe src="/pwned"></iframe>` };

let cloud: DemoCloud;
let impostor: Awaited<ReturnType<typeof startScriptedAws>>;
let home: string;
/** Lists two profiles that answer, and one of the environment that does not. */
let ownApp: RunningApp;

test.beforeAll(async () => {
  cloud = await startCloud();
  impostor = await startScriptedAws((call) => (call.operation === 'DescribeInstances' ? { body: hostileInstances() } : emptyAnswer(call)));
  const ofEnvironment = `[default]\nregion = us-east-2\nendpoint_url = ${cloud.endpointUrl}\n`;
  home = await homeWithProfiles(profileSection('hostile', impostor.url) + ofEnvironment, cloud);
  // Its secret is the canary.
  ownApp = await launchApp(test.info().project.name, { arguments: [], home, environment: { AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE' } });
});

test.afterAll(async () => {
  await ownApp.stop();
  await impostor.close();
  await cloud.close();
  await rm(home, { recursive: true, force: true });
});

function hostileInstances(): string {
  const xml = (text: string): string => text.replace(/[^ -%'-;=?-~]/gu, (character) => `&#${character.codePointAt(0)};`);
  const tag = (key: string, value: string): string => `<item><key>${xml(key)}</key><value>${xml(value)}</value></item>`;
  const items = hostileNames.map(({ name }, index) => `<item><instanceId>i-${index}</instanceId><instanceState><name>running</name></instanceState><tagSet>${tag('Name', name)}${tag(hostileTag.key, hostileTag.value)}</tagSet></item>`);
  return `<DescribeInstancesResponse><reservationSet><item><ownerId>111122223333</ownerId><instancesSet>${items.join('')}</instancesSet></item></reservationSet></DescribeInstancesResponse>`;
}

test('row 12: a hostile Name tag is text in the list, the tab, tooltips, the panel, dialogs and the palette, and does nothing', async ({ page }) => {
  const seen = await watchPage(page, ownApp.url);
  await page.goto(ownApp.url);
  for (const [index, { name, shown = name }] of hostileNames.entries()) {
    const row = page.locator(`[data-instance-id=i-${index}][role=option]`);
    await page.getByLabel('Filter hosts').fill(`i-${index}`);
    await expect(row.locator('.host-name')).toHaveText(shown, { useInnerText: false });
    await expect(row).toHaveAttribute('title', `${shown} · i-${index} · running`);
    await row.click();
    const panel = page.getByRole('article', { name: `Host ${shown}` });
    await expect(panel.getByRole('heading', { level: 2 }).first()).toContainText(shown);
    await row.hover();
  }
  const tags = page.getByLabel('Tags').locator('.fact');
  await expect(tags.filter({ hasText: hostileTag.key })).toContainText(hostileTag.value);

  for (const index of [0, 1, 6, 7]) {
    const { name = '', shown = name } = hostileNames[index] ?? {};
    await page.getByLabel('Filter hosts').fill(`i-${index}`);
    await page.getByLabel('Filter hosts').press('Shift+Enter');
    const dialog = page.getByRole('dialog', { name: `Open ${shown}` });
    await expect(dialog.getByRole('heading')).toHaveText(`Open ${shown}`);
    await dialog.getByRole('button', { name: 'Open' }).click();
    await expect(activeTab(page)).toHaveAttribute('data-state', 'failed');
    await expect(activeTab(page)).toHaveAttribute('title', `${shown} · failed`);
    await activeTab(page).hover();
  }
  await expect(page.locator('.tab-name')).toHaveText([`<img src=/pwned onerror="docume…`, `"><script>document.title='pwned…`, '[31mred]0;pwned', 'dbgnp.exe']);

  await page.keyboard.press('Control+k');
  const palette = page.getByRole('dialog', { name: 'Search hosts and actions' });
  await palette.getByRole('combobox').fill('img');
  await expect(palette.getByText(hostileNames[0]?.name ?? '', { exact: true })).toBeVisible();
  await page.keyboard.press('Escape');
  expect(await page.title()).toBe('Postern');
  expect(await page.locator('img, iframe, b, script:not([src])').count()).toBe(0);
  expect(seen).toEqual([]);
});

/** What the process and all it started listen on, e.g. `tcp 127.0.0.1:4321`. */
function listeners(processId: number): string[] {
  const processIds = new Set([processId]);
  const parents = readdirSync('/proc').flatMap((name) => {
    if (!/^\d+$/.test(name)) return [];
    try {
      return [[Number(name), Number(/\) \S (\d+)/.exec(readFileSync(`/proc/${name}/stat`, 'utf8'))?.[1])] as const];
    } catch {
      // It has ended since.
      return [];
    }
  });
  for (let before = 0; before < processIds.size; ) {
    before = processIds.size;
    for (const [child, parent] of parents) if (processIds.has(parent)) processIds.add(child);
  }
  const lines = execFileSync('ss', ['-H', '-l', '-n', '-p', '-t', '-u', '-w', '-x'], { stdio: ['ignore', 'pipe', 'ignore'] }).toString().split('\n');
  const ours = lines.filter((line) => [...line.matchAll(/pid=(\d+)/g)].some(([, id]) => processIds.has(Number(id))));
  return ours.map((line) => line.split(/\s+/)).map(([kind, , , , address]) => `${kind} ${address}`).toSorted();
}

test('row 20: the app listens on one loopback port and on nothing else, whatever is opened', async ({ page }) => {
  const own = [`tcp ${new URL(ownApp.url).host}`];
  expect(own[0]).toMatch(/^tcp 127\.0\.0\.1:\d+$/);
  expect(listeners(ownApp.pid)).toEqual(own);
  await page.goto(ownApp.url);
  await openHost(page, 'web-1');
  await expectScreen(page, /\$ ?$/);
  await openHost(page, 'vault');
  await expectScreen(page, /\$ ?$/);
  expect(listeners(ownApp.pid)).toEqual(own);
  for (const _ of [1, 2]) await page.locator('.tab-close').first().click();
});

test('row 20: the demo cloud listens on loopback only, and opens no unix socket', async ({ window, app }) => {
  await openHost(window, 'web-3', 'Shift+Enter');
  const chooser = window.getByRole('dialog', { name: 'Open web-3' });
  await chooser.getByRole('radio', { name: /^SSH to 203\.0\.113\.33/ }).check();
  await chooser.getByRole('button', { name: 'Open' }).click();
  await window.getByTestId('question').getByRole('button', { name: 'Trust this key and connect' }).click();
  await expectScreen(window, /\$ ?$/);
  const open = listeners(app.pid);
  expect(open.filter((listener) => !/^tcp 127\.0\.0\.1:\d+$/.test(listener))).toEqual([]);
  // Its own, the endpoints', the session relay's, and the SSH server's.
  expect(open.length).toBeGreaterThanOrEqual(4);
  expect(open).toContain(`tcp ${new URL(app.url).host}`);
});

test('row 22: the secret of the environment is in no file, in nothing printed, and nowhere in the browser', async ({ page }) => {
  await page.goto(ownApp.url);
  await expect(host(page, 'web-1')).toBeVisible();
  // It was used: what was signed with it has been refused.
  await page.getByRole('button', { name: /scope.* with problems/ }).click();
  await expect(page.getByRole('dialog', { name: 'What could not be read' })).toContainText('aws.credentials-refused');
  const forms = new Map([['the canary', Buffer.from(CANARY)], ['the canary in base64', Buffer.from(Buffer.from(CANARY).toString('base64').slice(0, 30))]]);
  const shown = new Map([...forms, ['a host', Buffer.from('web-1')]]);
  const inWindow = Buffer.from((await heapSnapshot(page)) + (await pageContents(page)));
  expect([...shown].filter(([, form]) => inWindow.includes(form)).map(([name]) => name)).toEqual(['a host']);
  expect(await foundInBrowserMemory(page, forms)).toEqual([]);
  expect(await foundInFiles(home, forms)).toEqual([]);
  expect(await foundInFiles(home, new Map([['the log', Buffer.from('credentials-refused')]]))).toEqual([`the log in ${ownApp.dataDir}/logs/postern.log`]);
  expect(ownApp.output().includes(CANARY)).toBe(false);
});

test('row 22: a shell of the demo cloud has nothing of the environment', async ({ window }) => {
  await openHost(window, 'web-1');
  await expectScreen(window, /\$ ?$/);
  await typeLine(window, 'echo "secret:[${AWS_SECRET_ACCESS_KEY-absent}] postern:[$(env | grep -c POSTERN_)]"');
  await expectScreen(window, 'secret:[absent] postern:[0]');
});

test('row 28: the page runs no code but its own files, and reaches no origin but its own', async ({ page, app }) => {
  let reached = 0;
  const elsewhere = createServer((_, response) => {
    reached += 1;
    response.writeHead(200, { 'access-control-allow-origin': '*', 'content-type': 'text/javascript' }).end('document.title = "pwned"');
  });
  elsewhere.on('upgrade', (_, socket) => {
    reached += 1;
    socket.destroy();
  });
  await new Promise<void>((resolve) => void elsewhere.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${(elsewhere.address() as AddressInfo).port}`;
  expect(await (await fetch(origin)).text()).toContain('pwned');
  reached = 0;

  const response = await page.goto(app.url);
  expect(response?.headers()['content-security-policy']).toMatch(/^default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; /);
  expect(response?.headers()['content-security-policy']).not.toMatch(/(?<!wasm-)unsafe-eval|script-src[^;]*unsafe-inline|https?:|\*/);
  await expect(host(page, 'web-1')).toBeVisible();
  const { thrown, violations, title } = await page.evaluate(tryEverything, origin);
  expect(thrown).toEqual({ eval: 'EvalError', 'new Function': 'EvalError', import: 'TypeError', fetch: 'TypeError' });
  expect(violations).toEqual([
    '#document connect-src /beacon',
    '#document connect-src /fetch',
    '#document connect-src /socket',
    '#document form-action /form',
    '#document frame-src /',
    '#document img-src /image.png',
    '#document script-src eval',
    '#document script-src-elem /module.js',
    '#document script-src-elem /script.js',
    '#document script-src-elem inline',
    '#document worker-src blob',
    'BUTTON script-src-attr inline',
    'SCRIPT script-src-elem inline',
  ]);
  expect(title).toBe('Postern');
  expect(reached).toBe(0);
  elsewhere.closeAllConnections();
  await new Promise<void>((resolve) => void elsewhere.close(() => resolve()));
});

/** Runs in the page. Answers with the errors that were thrown, and with each violation told: where, of what rule, by what. */
async function tryEverything(origin: string): Promise<{ thrown: Record<string, string>; violations: string[]; title: string }> {
  const violations = new Set<string>();
  const thrown: Record<string, string> = {};
  addEventListener('securitypolicyviolation', ({ target, effectiveDirective, blockedURI }) => {
    violations.add(`${target instanceof Node ? target.nodeName : 'window'} ${effectiveDirective} ${URL.canParse(blockedURI) ? new URL(blockedURI).pathname : blockedURI}`);
  });
  /** Out of DevTools' own call, which may evaluate anything. */
  const later = (work: () => unknown): Promise<unknown> => new Promise((resolve, reject) => void setTimeout(() => void Promise.resolve().then(work).then(resolve, reject)));
  const mustThrow = (name: string, work: () => unknown): Promise<void> =>
    later(work).then(
      () => void (thrown[name] = 'nothing stopped it'),
      (error: unknown) => void (thrown[name] = error instanceof Error ? error.name : String(error)),
    );
  const add = (html: string): HTMLElement => {
    const holder = document.createElement('div');
    holder.innerHTML = html;
    document.body.append(holder);
    return holder.firstElementChild as HTMLElement;
  };
  await mustThrow('eval', () => (Reflect.get(globalThis, 'eval') as (code: string) => unknown)('document.title = "pwned"'));
  await mustThrow('new Function', () => (Reflect.construct(Function, ['document.title = "pwned"']) as () => unknown)());
  await mustThrow('import', () => import(`${origin}/module.js`));
  await mustThrow('fetch', () => fetch(`${origin}/fetch`));
  await later(() => document.body.append(Object.assign(document.createElement('script'), { text: 'document.title = "pwned"' })));
  await later(() => document.body.append(Object.assign(document.createElement('script'), { src: `${origin}/script.js` })));
  await later(() => add('<button onclick="document.title = \'pwned\'"></button>').click());
  await later(() => add('<a href="javascript:void(document.title = \'pwned\')">x</a>').click());
  await later(() => new Worker(URL.createObjectURL(new Blob(['1'], { type: 'text/javascript' }))));
  await later(() => new WebSocket(`${origin.replace('http', 'ws')}/socket`));
  await later(() => navigator.sendBeacon(`${origin}/beacon`));
  await later(() => Object.assign(new Image(), { src: `${origin}/image.png` }));
  await later(() => add(`<iframe src="${origin}/frame"></iframe>`));
  await later(() => (add(`<form action="${origin}/form" method="post"></form>`) as HTMLFormElement).submit());
  // Told last.
  while (!violations.has('#document form-action /form')) await new Promise((resolve) => addEventListener('securitypolicyviolation', resolve, { once: true }));
  return { thrown, violations: [...violations].toSorted(), title: document.title };
}

test('row 28: the page has nothing of Node or Electron, and no global beside the two of zod', async ({ page, app }) => {
  const globals = (): string[] => Object.getOwnPropertyNames(globalThis);
  await page.goto(new URL('/no-such-page', app.url).href);
  const ofEmpty = await page.evaluate(globals);
  await page.goto(app.url);
  await expect(host(page, 'web-1')).toBeVisible();
  const ours = await page.evaluate(globals);
  expect(ours.filter((name) => !ofEmpty.includes(name)).toSorted()).toEqual(['__zod_globalConfig', '__zod_globalRegistry']);
  expect(['process', 'require', 'module', 'exports', 'Buffer', 'global', '__dirname', 'electron', 'ipcRenderer'].filter((name) => ours.includes(name))).toEqual([]);
});

test('row 28: main denies navigation, new windows and permissions (the desktop only)', async ({ app }, testInfo) => {
  test.skip(testInfo.project.name === 'web', 'In a browser these are the browser\'s own to decide.');
  const ask = async (path: string): Promise<unknown> => (await fetch(new URL(path, app.url))).json();
  const decide = (kind: string, value: string) => ask(`/__stand-in/decide?kind=${kind}&value=${encodeURIComponent(value)}`);
  for (const permission of ['media', 'geolocation', 'midi', 'clipboard-read', 'display-capture', 'hid', 'serial', 'usb', 'fullscreen', 'openExternal', 'pointerLock', 'unknown']) {
    expect({ permission, ...((await decide('permission', permission)) as object) }).toEqual({ permission, allowed: false, opened: [] });
  }
  // Copying, and telling of a command that ended.
  for (const permission of ['clipboard-sanitized-write', 'notifications']) expect(await decide('permission', permission)).toEqual({ allowed: true, opened: [] });
  for (const url of ['https://example.com/', 'file:///etc/passwd', 'app://postern/index.html', 'javascript:alert(1)', 'data:text/html,x']) expect(await decide('navigate', url)).toEqual({ allowed: false, opened: [] });
  for (const url of ['file:///etc/passwd', 'javascript:alert(1)', 'data:text/html,x', 'ms-msdt:/id', 'smb://host/share', 'vscode://file/x', 'app://postern/index.html', 'not a URL']) expect(await decide('window-open', url)).toEqual({ allowed: false, opened: [] });
  // A tab of ours may move to a window of its own, and nothing that looks like one.
  const tab = 'app://postern/index.html?session=0f5c1a5e-6a2b-4c3d-9e8f-7a6b5c4d3e2f';
  for (const url of [`${tab}&x=1`, `${tab}#token=x`, 'app://postern/index.html?session=..', tab.replace('postern/', 'postern.example/'), tab.replace('index.html', 'other.html')]) expect(await decide('window-open', url)).toEqual({ allowed: false, opened: [] });
  expect(await decide('window-open', tab)).toEqual({ allowed: true, opened: [] });
  // A web address leaves the app for the browser, and no window opens for it here.
  expect(await decide('window-open', 'https://example.com/')).toEqual({ allowed: false, opened: ['https://example.com/'] });
  expect(await ask('/__stand-in/preferences')).toEqual({
    preload: expect.stringMatching(/\/out\/preload\/index\.cjs$/),
    sandbox: true,
    contextIsolation: true,
    nodeIntegration: false,
    nodeIntegrationInWorker: false,
    nodeIntegrationInSubFrames: false,
    webSecurity: true,
    webviewTag: false,
    spellcheck: false,
    devTools: true,
  });
});
