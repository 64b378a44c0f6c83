/** An HTTP server on loopback that answers as a test says, and a cloud whose config file points to it. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ProfileSource } from '../../src/services/aws/profiles.ts';

export interface ScriptedCall {
  /** `DescribeInstances`, `StartSession`, ... */
  readonly operation: string;
  /** Fields of an EC2 or STS query, or the members of a JSON body. */
  readonly input: Readonly<Record<string, unknown>>;
  readonly region: string;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

export interface ScriptedAnswer {
  readonly status?: number;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Absent: the test answers by `call.response`, or never. */
export type Script = (call: ScriptedCall) => ScriptedAnswer | undefined | Promise<ScriptedAnswer | undefined>;

export async function startScriptedAws(script: Script): Promise<{ url: string; calls: ScriptedCall[]; close(): Promise<void> }> {
  const calls: ScriptedCall[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((request, response) => void answer(request, response));
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks).toString();
    const target = request.headers['x-amz-target'];
    const input: Record<string, unknown> = typeof target === 'string' ? (JSON.parse(body) as Record<string, unknown>) : Object.fromEntries(new URLSearchParams(body));
    const operation = typeof target === 'string' ? (target.split('.')[1] ?? '') : String(input['Action']);
    const region = /Credential=[^/]+\/\d+\/([^/]+)\//.exec(request.headers.authorization ?? '')?.[1] ?? '';
    const call = { operation, input, region, request, response };
    calls.push(call);
    const scripted = await script(call);
    if (scripted === undefined) return;
    response.writeHead(scripted.status ?? 200, { 'content-type': typeof target === 'string' ? 'application/x-amz-json-1.1' : 'text/xml', 'x-amzn-requestid': 'request-1', ...scripted.headers });
    response.end(scripted.body);
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    calls,
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Nothing known of anything: each call's empty answer. */
export function emptyAnswer({ operation }: Pick<ScriptedCall, 'operation'>): ScriptedAnswer {
  return operation === 'DescribeInstanceInformation' ? { body: '{"InstanceInformationList":[]}' } : { body: `<${operation}Response/>` };
}

export function ec2Error(code: string, status = 400): ScriptedAnswer {
  return { status, body: `<?xml version="1.0" encoding="UTF-8"?>\n<Response><Errors><Error><Code>${code}</Code><Message>secret detail of ${code}</Message></Error></Errors><RequestID>8f7724cf-496f-496e</RequestID></Response>` };
}

export function jsonError(type: string, status = 400): ScriptedAnswer {
  return { status, body: JSON.stringify({ __type: type, message: `secret detail of ${type}` }) };
}

export function instancesAnswer(ids: readonly string[], nextToken?: string, extra = ''): ScriptedAnswer {
  const items = ids.map((id) => `<item><instanceId>${id}</instanceId><instanceState><name>running</name></instanceState>${extra}</item>`).join('');
  return { body: `<DescribeInstancesResponse><reservationSet><item><ownerId>111122223333</ownerId><instancesSet>${items}</instancesSet></item></reservationSet>${nextToken === undefined ? '' : `<nextToken>${nextToken}</nextToken>`}</DescribeInstancesResponse>` };
}

/** A cloud of one config file, in a folder of its own. */
export async function createCloud(config: string, options: { kind?: 'aws' | 'demo'; credentials?: string; environment?: Record<string, string> } = {}): Promise<ProfileSource & { folder: string; configFile: string; credentialsFile: string; remove(): Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'postern-aws-'));
  const configFile = join(folder, 'config');
  const credentialsFile = join(folder, 'credentials');
  await writeFile(configFile, config);
  if (options.credentials !== undefined) await writeFile(credentialsFile, options.credentials);
  return { kind: options.kind ?? 'demo', folder, configFile, credentialsFile, environment: options.environment ?? {}, remove: () => rm(folder, { recursive: true }) };
}

export function profileSection(name: string, endpoint: string, more = ''): string {
  return `[profile ${name}]\nregion = eu-west-1\naws_access_key_id = AKIDEXAMPLE\naws_secret_access_key = wJalrXUtnFEMI\nendpoint_url = ${endpoint}\n${more}\n`;
}
