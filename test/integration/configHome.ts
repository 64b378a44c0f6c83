/** A person's ~/.ssh in a folder of the test's own, and the services that read it: the machine's own ~/.ssh is never touched. */
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { Forward } from '../../src/contract/forward.ts';
import type { Instance } from '../../src/contract/instance.ts';
import type { Question, StepName } from '../../src/contract/session.ts';
import { configHostId } from '../../src/contract/sshConfig.ts';
import { systemClock } from '../../src/services/base/clock.ts';
import { silentLog } from '../../src/services/base/log.ts';
import type { Shell } from '../../src/services/base/shell.ts';
import { openStore } from '../../src/services/base/store.ts';
import type { ConfigHostServices } from '../../src/services/configHostServices.ts';
import { createConfigHostServices } from '../../src/services/configHostServices.ts';
import type { Forwards } from '../../src/services/forwards/forwards.ts';
import { createForwards } from '../../src/services/forwards/forwards.ts';
import { toSessionTarget } from '../../src/services/sessions/configHostConnect.ts';
import type { ConnectRequest } from '../../src/services/sessions/connectRequest.ts';
import type { Connect, Progress, QuestionToAsk, Reply, ReplyTo } from '../../src/services/sessions/progress.ts';
import type { HostKeys } from '../../src/services/ssh/hostKeys.ts';
import { createHostKeys, HOST_KEY_DOCUMENT_VERSION, HostKeyDocument } from '../../src/services/ssh/hostKeys.ts';
import { createSharedConnections } from '../../src/services/ssh/sharedConnections.ts';

export interface ConfigHome {
  readonly home: string;
  readonly dataDir: string;
  readonly services: ConfigHostServices;
  readonly hostKeys: HostKeys;
  readonly forwards: Forwards;
  /** Settles when a forward is told of that has this. */
  forwardThat(fits: (forward: Forward) => boolean): Promise<Forward>;
  /** Writes a file of ~/.ssh. @returns its path */
  write(name: string, content: string): string;
  /** Connects to a host of the configuration, or to the instance that is given. */
  connect(name: string, request?: Partial<ConnectRequest>, instance?: Instance): Connecting;
  /** What a command prints on the host. */
  run(name: string, command: string, request?: Partial<ConnectRequest>): Promise<string>;
  remove(): Promise<void>;
}

export interface Connecting {
  readonly shell: Promise<Shell>;
  readonly steps: string[];
  readonly asked: QuestionToAsk[];
  readonly banners: string[];
}

export interface ConfigHomeOptions {
  /** Answers every question; by default nothing is allowed. */
  readonly answer?: (question: QuestionToAsk) => Reply;
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** The ways into instances. */
  readonly connectInstance?: Connect;
}

export function makeConfigHome({ answer = refuse, environment = {}, connectInstance = () => Promise.reject(new Error('no instances here')) }: ConfigHomeOptions = {}): ConfigHome {
  const home = mkdtempSync(join(tmpdir(), 'postern-config-home-'));
  const dataDir = join(home, 'data');
  mkdirSync(join(home, '.ssh'), { mode: 0o700 });
  mkdirSync(dataDir, { mode: 0o700 });
  const { username, uid } = userInfo();
  const clock = systemClock;
  const onNotice = (): void => {};
  const hostKeys = createHostKeys({ store: openStore({ path: join(dataDir, 'hostKeys.json'), version: HOST_KEY_DOCUMENT_VERSION, schema: HostKeyDocument, clock, onNotice }), clock, log: silentLog });
  const connections = createSharedConnections();
  const noInstances = (instanceId: string): Instance => {
    throw new Error(`${instanceId} is no instance here`);
  };
  const services = createConfigHostServices({
    platform: {
      dataDir,
      clock,
      log: silentLog,
      openSsh: {
        home,
        localUser: username,
        uid,
        localHostName: hostname(),
        environment: { PATH: process.env['PATH'], SHELL: '/bin/sh', HOME: home, ...environment },
        configFiles: { user: join(home, '.ssh', 'config') },
        systemFolder: join(home, 'etc'),
      },
    },
    signIn: {
      hostKeys,
      keys: { list: async () => [], privateKey: (keyPairId) => Promise.reject(new Error(`no key ${keyPairId}`)) },
      secrets: { status: async () => ({ kind: 'memory', label: 'memory', state: 'ready', fileExists: false }), useFile: async () => {} },
    },
    lentAgent: () => Promise.reject(new Error('no agent here')),
    connections,
    sharesConnections: async () => false,
    instanceOf: noInstances,
    isDemo: async () => false,
    onNotice,
    onChanged: () => {},
  });
  const waiting = new Set<(forward: Forward) => void>();
  const forwards = createForwards({
    openSession: () => Promise.reject(new Error('no Session Manager here')),
    instanceOf: (id) => toSessionTarget(id) ?? noInstances(id),
    clock,
    onChanged: (forward) => {
      for (const look of waiting) look(forward);
    },
    onRemoved: () => {},
  });
  const connectHost = services.connectWith(connectInstance, () => forwards);

  const connect: ConfigHome['connect'] = (name, request = {}, instance = undefined) => {
    const steps: string[] = [];
    const asked: QuestionToAsk[] = [];
    const banners: string[] = [];
    const instanceId = instance?.instanceId ?? configHostId(name);
    const target = instance ?? toSessionTarget(instanceId);
    if (target === undefined) throw new Error(`${instanceId} is no config host`);
    const shell = connectHost({ instanceId, size: { columns: 80, rows: 24 }, ...request }, target, recorder(answer, steps, asked, banners), new AbortController().signal);
    shell.catch(() => undefined);
    return { shell, steps, asked, banners };
  };

  return {
    home,
    dataDir,
    services,
    hostKeys,
    forwards,
    forwardThat: (fits) =>
      new Promise((resolve) => {
        const look = (forward: Forward): void => {
          if (!fits(forward)) return;
          waiting.delete(look);
          resolve(forward);
        };
        waiting.add(look);
        for (const forward of forwards.list()) look(forward);
      }),
    write(name, content) {
      const path = join(home, '.ssh', name);
      writeFileSync(path, content);
      chmodSync(path, 0o600);
      return path;
    },
    connect,
    async run(name, command, request = {}) {
      const shell = await connect(name, { command, ...request }).shell;
      shell.stderr?.resume();
      const [output] = await Promise.all([text(shell.stream), shell.exited]);
      return output;
    },
    async remove() {
      services.close();
      connections.closeAll();
      await forwards.closeAll();
      rmSync(home, { recursive: true, force: true });
    },
  };
}

export function recorder(answer: (question: QuestionToAsk) => Reply, steps: string[], asked: QuestionToAsk[], banners: string[]): Progress {
  return {
    step: (step: StepName, detail) => void steps.push(`${step}: ${detail ?? ''}`),
    failed: (detail) => void steps.push(`failed: ${detail}`),
    chosen: () => {},
    weak: () => {},
    ask: async <K extends Question['kind']>(question: Extract<QuestionToAsk, { kind: K }>) => {
      asked.push(question);
      return answer(question) as ReplyTo<K>;
    },
    banner: (shown) => void banners.push(shown),
    dropped: () => {},
    resumed: () => {},
    roundTrip: () => {},
    limits: () => {},
  };
}

function refuse(question: QuestionToAsk): Reply {
  switch (question.kind) {
    case 'host-key':
      return { kind: 'host-key', accept: false };
    case 'run-command':
      return { kind: 'run-command', allow: false };
    default:
      throw new Error(`nobody expected the question ${question.kind}`);
  }
}
